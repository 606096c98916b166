/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import io.rseq.agent.engine.report.LineLogger;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Sees every class that is loaded or retransformed, and weaves those that are annotated. ByteBuddy is not loaded before the first one. */
public final class PerCpuTransformer implements ClassFileTransformer {
    private static final ClassLoader ENGINE = PerCpuTransformer.class.getClassLoader();

    /**
     * What the first weaving takes of the heap, at most, since it loads classes. It is asked for first: an OutOfMemoryError in the initialiser of one
     * of these would leave that class unusable for good.
     */
    private static final int HEAP_OF_FIRST = 1 << 20;

    /** Null: the user excludes none. */
    private final Exclusions exclusions;

    private final Postponed postponed;
    private final JdkServices services = new JdkServices();
    private volatile boolean first = true;
    private boolean sawMock;
    private final AtomicInteger woven = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();

    /** What {@link #shown} holds of a class that was left as it is. */
    private static final int NOT_WOVEN = -1;

    /**
     * While the loaded classes are retransformed: how many methods were woven of each annotated one. The JVM shows a class again after it refused
     * another of the same call.
     */
    private volatile Map<Class<?>, Integer> shown;

    /** {@code excluded}: patterns of the names of classes that are left as they are. */
    public PerCpuTransformer(Instrumentation instrumentation, List<String> excluded) {
        exclusions = excluded.isEmpty() ? null : new Exclusions(excluded);
        postponed = new Postponed(instrumentation);
    }

    @Override
    public byte[] transform(
            Module module, ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] file) {
        if (loader == null && module.isNamed()) { // the JDK's; an unnamed one has what -Xbootclasspath/a added
            services.saw(name);
            return null;
        }
        if (loader == ENGINE || !$Rseq.namesUs(file) || !Constants.concernUs(file)) return null;
        return weave(name, loader, redefined, file);
    }

    /** From here on a class that is shown again counts no more, and no line of it comes again. */
    void beginRetransformation() {
        shown = new ConcurrentHashMap<>();
    }

    void endRetransformation() {
        shown = null;
    }

    /** The JVM refused what was woven of this class. Returns false where nothing was. */
    boolean takeBack(Class<?> type) {
        Integer methods = shown.get(type);
        if (methods == null || methods == NOT_WOVEN) return false;
        woven.addAndGet(-methods);
        refused.incrementAndGet();
        return true;
    }

    /** What it saw of the JDK's. */
    public JdkServices services() {
        return services;
    }

    /** Methods woven so far; those of a class that is redefined, again. */
    public int woven() {
        return woven.get();
    }

    /** Annotated methods that could not be woven, and classes. */
    public int refused() {
        return refused.get() + postponed.count();
    }

    /** Weaves what could not be woven before for want of heap or stack. Called now and then. */
    public void weavePostponed() {
        postponed.weave();
    }

    /** {@code name} is null for a class that was defined without: only its file has it. */
    private byte[] weave(String name, ClassLoader loader, Class<?> redefined, byte[] file) {
        Map<Class<?>, Integer> before = redefined == null ? null : shown;
        boolean again = false;
        try {
            again = before != null && before.putIfAbsent(redefined, NOT_WOVEN) != null;
            if (isExcluded(name, file)) return null;
            ClassWeaver weaver = weaver(file);
            byte[] result = weaver.isAnnotation() || isMock(weaver) ? null : weave(weaver, loader, again);
            if (result != null && !again) {
                if (before != null) before.put(redefined, weaver.perCpuMethods().size());
                woven.addAndGet(weaver.perCpuMethods().size());
                for (String method : weaver.perCpuMethods()) LineLogger.LOG.debug("woven {}", method);
            }
            if (postponed.remove(name) && result != null)
                LineLogger.LOG.info("class " + name.replace('/', '.') + " is woven now");
            return result;
        } catch (OutOfMemoryError | StackOverflowError now) {
            if (!postponed.add(name, now)) refuse(name, file, now);
        } catch (Throwable failure) { // a class that we can't read is loaded as it is
            if (!again) refuse(name, file, failure);
        }
        return null;
    }

    private ClassWeaver weaver(byte[] file) {
        if (first && (Postponed.hasRoom() || new byte[HEAP_OF_FIRST].length > 0)) first = false;
        return new ClassWeaver(file);
    }

    private byte[] weave(ClassWeaver weaver, ClassLoader loader, boolean again) {
        int found = weaver.refusals().size();
        if (!again) refuse(weaver.refusals());
        if (weaver.isEmpty()) return null;
        if (!findsHook(loader))
            throw new IllegalStateException(
                    "its class loader does not find java.lang.$Rseq; let it ask its parent for java.*");
        if (weaver.callsCommits() && !CommitsHook.define()) return null; // the journal says why, once
        byte[] result = weaver.weave();
        if (!again) refuse(weaver.refusals().subList(found, weaver.refusals().size()));
        return result;
    }

    private void refuse(String name, byte[] file, Throwable failure) {
        postponed.remove(name);
        refused.incrementAndGet();
        String dotted = dotted(name, file);
        LineLogger.LOG.warn("refused class {}: {}; {}", dotted, reason(failure), Postponed.loss(dotted));
    }

    private static String dotted(String name, byte[] file) {
        String given = name == null ? Constants.className(file) : name;
        return given == null ? "?" : given.replace('/', '.');
    }

    /** Asked before the file is read whole, as the user may exclude a class because it can't be read. */
    private boolean isExcluded(String name, byte[] file) {
        if (exclusions == null) return false;
        String dotted = dotted(name, file);
        if (!exclusions.has(dotted)) return false;
        LineLogger.LOG.debug("excluded class {}", dotted);
        return true;
    }

    private boolean isMock(ClassWeaver weaver) {
        if (!weaver.isMock()) return false;
        if (isFirstMock())
            LineLogger.LOG.info(
                    "mocks and proxies are left as they are, such as class {}: they see what callers pass",
                    weaver.className());
        return true;
    }

    private synchronized boolean isFirstMock() {
        if (sawMock) return false;
        sawMock = true;
        return true;
    }

    /**
     * Whether woven code will: a loader may keep even {@code java.*} to itself, or let through only what it knows. This asks as the JVM does,
     * which asks the same loader for the superclass under the same locks, and remembers the answer.
     */
    private static boolean findsHook(ClassLoader loader) {
        try {
            return loader == null || Class.forName($Rseq.class.getName(), false, loader) == $Rseq.class;
        } catch (OutOfMemoryError | StackOverflowError now) {
            throw now;
        } catch (Throwable refusal) { // it is the application's code
            return false;
        }
    }

    private void refuse(List<String> methods) {
        for (String method : methods) LineLogger.LOG.warn("refused {}", method);
        refused.addAndGet(methods.size());
    }

    static String reason(Throwable failure) {
        String message = failure.getMessage();
        if (message == null && failure.getCause() != null) return reason(failure.getCause());
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
