/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import io.rseq.agent.engine.report.LineLogger;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.List;

/** Weaves the classes that were loaded before the agent: few at the start, all of them at a dynamic attach. */
public final class LoadedClasses {
    private static final ClassLoader PLATFORM = ClassLoader.getPlatformClassLoader();
    private static final ClassLoader ENGINE = LoadedClasses.class.getClassLoader();
    private static final String LAUNCHER = "io.rseq.agent";

    private LoadedClasses() {}

    /** Retransforms those loaded classes that our annotations can concern. */
    public static void weave(Instrumentation instrumentation, PerCpuTransformer transformer) {
        List<Class<?>> concerned = new ArrayList<>();
        for (Class<?> type : instrumentation.getAllLoadedClasses()) {
            ClassLoader loader = type.getClassLoader();
            if (loader == null) {
                transformer.sawLoaded(type);
                if (type.getModule().isNamed()) continue; // the JDK's; an unnamed one has what -Xbootclasspath/a added
            }
            if (loader == PLATFORM || loader == ENGINE || type.getPackageName().equals(LAUNCHER)) continue;
            if (type.isArray() || type.isPrimitive() || type.isHidden() || !instrumentation.isModifiableClass(type))
                continue;
            if (mayConcernUs(type, loader)) concerned.add(type);
        }
        for (Class<?> type : concerned) retransform(instrumentation, type);
    }

    /**
     * Read from where the class came from. One that was generated has no file there, one that was encrypted has no class file there, and a loader
     * that renames classes has another there: those are shown to the transformer to be sure.
     */
    private static boolean mayConcernUs(Class<?> type, ClassLoader loader) {
        String name = type.getName().replace('.', '/');
        try (InputStream in = resource(name + ".class", loader)) {
            if (in == null) return true;
            byte[] file = in.readAllBytes();
            return Prefilter.concernsUs(file) || !name.equals(ClassName.in(file));
        } catch (Throwable unreadable) { // the loader is an application's own
            return true;
        }
    }

    private static InputStream resource(String name, ClassLoader loader) {
        return loader == null ? ClassLoader.getSystemResourceAsStream(name) : loader.getResourceAsStream(name);
    }

    private static void retransform(Instrumentation instrumentation, Class<?> type) {
        try {
            instrumentation.retransformClasses(type);
        } catch (Throwable failure) {
            LineLogger.LOG.warn(
                    "refused class {}, loaded before the agent: {}; give the agent on the command line",
                    type.getName(),
                    failure.toString());
        }
    }
}
