/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import io.rseq.agent.engine.report.LineLogger;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Weaves the classes that were loaded before the agent: few at the start, all of them behind another agent and at a dynamic attach. */
public final class LoadedClasses {
    private static final ClassLoader PLATFORM = ClassLoader.getPlatformClassLoader();
    private static final ClassLoader ENGINE = LoadedClasses.class.getClassLoader();
    private static final Module BASE = Object.class.getModule();
    private static final String LAUNCHER = "io.rseq.agent";
    private static final String ANNOTATION = "io.rseq.PerCpu";

    private final Instrumentation instrumentation;
    private final PerCpuTransformer transformer;

    private LoadedClasses(Instrumentation instrumentation, PerCpuTransformer transformer) {
        this.instrumentation = instrumentation;
        this.transformer = transformer;
    }

    /** Retransforms those loaded classes that our annotations can concern. */
    public static void weave(Instrumentation instrumentation, PerCpuTransformer transformer) {
        List<Class<?>> concerned = concerned(instrumentation, transformer);
        if (concerned.isEmpty()) return;
        transformer.beginRetransformation();
        try {
            new LoadedClasses(instrumentation, transformer).retransform(concerned);
        } finally {
            transformer.endRetransformation();
        }
    }

    private static List<Class<?>> concerned(Instrumentation instrumentation, PerCpuTransformer transformer) {
        List<Class<?>> concerned = new ArrayList<>();
        Map<ClassLoader, Boolean> seeing = new IdentityHashMap<>(); // a loader's own equals is the application's code
        for (Class<?> type : instrumentation.getAllLoadedClasses()) {
            Module module = type.getModule();
            if (module == BASE) continue; // nearly all
            ClassLoader loader = type.getClassLoader();
            if (loader == null) {
                transformer.services().saw(type.getName().replace('.', '/'));
                if (module.isNamed()) continue; // the JDK's; an unnamed one has what -Xbootclasspath/a added
            }
            if (loader == PLATFORM || loader == ENGINE || type.getPackageName().equals(LAUNCHER)) continue;
            if (type.isArray() || type.isPrimitive() || type.isHidden() || !instrumentation.isModifiableClass(type))
                continue;
            Boolean sees = seeing.get(loader);
            if (sees == null) {
                sees = seesAnnotation(loader);
                seeing.put(loader, sees);
            }
            if (sees && mayConcernUs(type, loader)) concerned.add(type);
        }
        return concerned;
    }

    /**
     * Asks once for each loader. Most loaders of another agent do not see the API, and theirs are most of the classes without a file. A stopped
     * web application's loader logs a stack trace each time that it is asked.
     */
    private static boolean seesAnnotation(ClassLoader loader) {
        try {
            Class.forName(ANNOTATION, false, loader);
            return true;
        } catch (ClassNotFoundException | LinkageError none) {
            return false;
        } catch (Throwable unknown) { // the loader is an application's own
            return true;
        }
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
            return Constants.concernUs(file) || !name.equals(Constants.className(file));
        } catch (Throwable unreadable) { // the loader is an application's own
            return true;
        }
    }

    private static InputStream resource(String name, ClassLoader loader) {
        return loader == null ? ClassLoader.getSystemResourceAsStream(name) : loader.getResourceAsStream(name);
    }

    /** In one call, since each stops the world. The JVM takes all classes of a call or none: where it throws, halves find those that it refuses. */
    private void retransform(List<Class<?>> types) {
        int size = types.size();
        try {
            instrumentation.retransformClasses(types.toArray(new Class<?>[0]));
            return;
        } catch (Throwable failure) {
            if (size == 1) {
                refuse(types.get(0), failure);
                return;
            }
        }
        retransform(types.subList(0, size / 2));
        retransform(types.subList(size / 2, size));
    }

    /** Says nothing of a class that has nothing to weave: it was shown to be sure. */
    private void refuse(Class<?> type, Throwable failure) {
        if (!transformer.takeBack(type)) return;
        LineLogger.LOG.warn(
                "refused class {}, loaded before the agent: {}; give the agent on the command line",
                type.getName(),
                failure.toString());
    }
}
