/* SPDX-License-Identifier: Apache-2.0 */
package java.lang;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.nio.charset.Charset;
import jdk.internal.misc.Unsafe;
import jdk.internal.reflect.CallerSensitive;
import jdk.internal.reflect.Reflection;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Stable;

/**
 * The hook: the class that the agent defines into {@code java.base}, where every class loader sees it; {@code $RseqCommits} joins it when
 * the first structure needs sequences. Methods annotated {@code @PerCpu} are woven to call {@link #cpu()}, {@link #concurrencyId()} or
 * {@link #node()}; the agent's engine alone may call the rest.
 *
 * <p><b>Reading.</b> The index lies in the rseq area of the kernel thread that runs the caller. The {@code raw} reader gets there by
 * loads alone: {@code Thread.eetop} is the JavaThread, its {@code _osthread} holds {@code _pthread_id}, which is {@code
 * pthread_self()}, and the area lies at a constant distance from it. No native call, no thread-state transition.
 *
 * <p><b>Fresh.</b> {@code cpu_id} is read opaquely, so the JIT neither hoists it out of a loop nor reuses it. A virtual thread's own
 * {@code eetop} is 0, and {@code Thread.currentCarrierThread()} is no way out: C2 loads it from memory that it takes to be immutable
 * (library_call.cpp, {@code current_thread_helper}), so that a compiled loop may keep the previous carrier across a park, and its area
 * may be unmapped by then. The {@code carrierThread} field of the virtual thread itself is written at each mount, and read opaquely it
 * is the carrier of now. Between that read and the read of {@code cpu_id} nothing parks.
 *
 * <p><b>In range.</b> What does not lie in {@code [0, limit)} goes the slow way: a thread that is not registered yet ({@code cpu_id <
 * 0}) is registered there, and a value over the limit is folded.
 *
 * <p><b>Cost.</b> The fields that never change once set are {@code @Stable}: the JIT takes them for constants.
 */
public final class $Rseq {
    /** Readers, as in io.rseq.agent.engine.Reader; 0 is none yet. */
    private static final int RAW = 1;

    private static final int FFM = 2;
    private static final int JNI = 3;

    /** As in io.rseq.agent.engine.Committer. */
    private static final int COMMITTER_ATOMIC = 2;

    private static final String COMMITTER = "committer=";

    private static final int MIB_SHIFT = 20;

    /** What is read; as in rseq_jni.c. */
    private static final int KIND_CPU = 0;

    private static final int KIND_CONCURRENCY_ID = 1;
    private static final int KIND_NODE = 2;

    /** What start0 fills in; as in rseq_jni.c. */
    private static final int FACT_AREA_KNOWN = 0;

    private static final int FACT_AREA_OFFSET = 1;
    private static final int FACT_USABLE = 2;
    private static final int FACT_CPUS = 3;
    private static final int FACT_NODES = 4;
    private static final int FACT_CHAIN_KNOWN = 5;
    private static final int FACT_OSTHREAD = 6;
    private static final int FACT_PTHREAD_ID = 7;
    private static final int FACTS = 8;

    /** Offsets in struct rseq (include/uapi/linux/rseq.h), and how many bytes must be usable for a field to be there. */
    private static final int CPU_ID = 4;

    private static final int NODE_ID = 20;
    private static final int MM_CID = 24;
    private static final int USABLE_NODE_ID = 24;
    private static final int USABLE_MM_CID = 28;

    private static final Unsafe U = Unsafe.getUnsafe();

    @Stable
    private static int reader;

    @Stable
    private static int cpus;

    @Stable
    private static int nodes;

    @Stable
    private static int usable;

    @Stable
    private static long areaOffset;

    @Stable
    private static long eetop;

    @Stable
    private static long osthread;

    @Stable
    private static long pthreadId;

    @Stable
    private static long carrierThread;

    @Stable
    private static boolean virtualTrusted;

    @Stable
    private static MethodHandle ffm;

    private static volatile boolean virtualRefused;
    private static boolean areaConstant;
    private static boolean chainKnown;
    private static ClassLoader engine;
    private static volatile String description;
    private static volatile int committer;
    private static volatile boolean committed;
    private static volatile String commitsFailure;
    private static boolean direct;
    private static int wantedMemoryShift;
    private static int memoryShift;

    private $Rseq() {}

    // ---- the fast paths: called by woven code
    // ------------------------------------------------------------------------------

    /** The CPU that the caller runs on, or ran on an instant ago: {@code 0 <= index < cpus()}. Any thread. Never fails. */
    @ForceInline
    public static int cpu() {
        if (reader == RAW) {
            long javaThread = javaThread();
            if (javaThread != 0) {
                int cpu = U.getIntOpaque(null, area(javaThread) + CPU_ID);
                if (cpu >= 0 && cpu < cpus) return cpu;
            }
        }
        return slow(KIND_CPU);
    }

    /** The kernel's {@code mm_cid}, dense in the threads that run: {@code 0 <= id < cpus()}. The CPU where the kernel has none. */
    @ForceInline
    public static int concurrencyId() {
        if (reader == RAW && usable >= USABLE_MM_CID) {
            long javaThread = javaThread();
            if (javaThread != 0) {
                long area = area(javaThread);
                int cpu = U.getIntOpaque(null, area + CPU_ID);
                int id = U.getIntOpaque(null, area + MM_CID);
                if (cpu >= 0 && id >= 0 && id < cpus) return id;
            }
        }
        return slow(KIND_CONCURRENCY_ID);
    }

    /** The NUMA node that the caller runs on: {@code 0 <= node < nodes()}. */
    @ForceInline
    public static int node() {
        if (reader == RAW && usable >= USABLE_NODE_ID) {
            long javaThread = javaThread();
            if (javaThread != 0) {
                long area = area(javaThread);
                int cpu = U.getIntOpaque(null, area + CPU_ID);
                int node = U.getIntOpaque(null, area + NODE_ID);
                if (cpu >= 0 && node >= 0 && node < nodes) return node;
            }
        }
        return slow(KIND_NODE);
    }

    /** 1 + the highest possible CPU id. */
    public static int cpus() {
        return cpus;
    }

    /** 1 + the highest possible NUMA node. */
    public static int nodes() {
        return nodes;
    }

    /** Whether a class file has the descriptor of one of our annotations in it, anywhere; false for null. Changes nothing, so anybody may ask. */
    public static boolean namesUs(byte[] file) {
        return namesUs0(file);
    }

    /** The facts of the start line, {@code key=value} each. */
    public static String description() {
        return description;
    }

    /** The JavaThread of the kernel thread that runs the caller; 0 when the chain must not be followed. Keep it across no call. */
    @ForceInline
    private static long javaThread() {
        long javaThread = U.getLong(Thread.currentThread(), eetop);
        if (javaThread != 0) return javaThread;
        if (!virtualTrusted) return 0;
        Object carrier = U.getReferenceOpaque(Thread.currentThread(), carrierThread);
        return carrier == null ? 0 : U.getLong(carrier, eetop);
    }

    /** The area of that thread. It is never 0, so no fast path asks: that would be an add, a test and a branch in each read. */
    @ForceInline
    private static long area(long javaThread) {
        return U.getLong(U.getLong(javaThread + osthread) + pthreadId) + areaOffset;
    }

    // ---- the slow way
    // --------------------------------------------------------------------------------------------------------

    @DontInline
    private static int slow(int kind) {
        int index = -1;
        if (reader == FFM) index = ffmRead(kind);
        if (index < 0) index = reader == 0 || reader > JNI ? getcpu0(kind) : read0(kind, carrier());
        if (reader == RAW && !virtualTrusted) trustVirtual();
        int limit = kind == KIND_NODE ? nodes : cpus;
        return index < limit ? index : index % limit;
    }

    private static int ffmRead(int kind) {
        try {
            return (int) ffm.invokeExact(kind);
        } catch (Throwable impossible) {
            return -1;
        }
    }

    /** The platform thread that runs the caller. Its address is not kept: a name for the journal is all that it is good for. */
    private static Thread carrier() {
        Thread thread = Thread.currentThread();
        if (U.getLong(thread, eetop) != 0 || carrierThread == 0) return thread;
        return (Thread) U.getReferenceVolatile(thread, carrierThread);
    }

    /** The way through a virtual thread's carrier is believed once it was followed to the right end, on the first one that comes. */
    private static void trustVirtual() {
        Thread thread = Thread.currentThread();
        if (virtualRefused || U.getLong(thread, eetop) != 0) return;
        Thread carrier = carrierThread == 0 ? null : carrier();
        if (carrier != null && checkChain0(U.getLong(carrier, eetop))) virtualTrusted = true;
        else virtualRefused = true;
    }

    // ---- for the engine alone
    // ------------------------------------------------------------------------------------------------

    /** Loads the native library. The first caller is the engine, and its class loader the only one that is let in afterwards. */
    @CallerSensitive
    @SuppressWarnings("restricted") // java.base has native access
    public static void open(String path) {
        Class<?> caller = Reflection.getCallerClass();
        synchronized ($Rseq.class) {
            ClassLoader loader = caller.getClassLoader();
            if (loader == null || engine != null && engine != loader)
                throw new IllegalCallerException("rseq: opened already");
            engine = loader;
        }
        eetop = U.objectFieldOffset(Thread.class, "eetop");
        carrierThread = carrierThreadOffset();
        System.load(path);
        open0();
    }

    /** Decides who owns the registration. {@code forced} is an owner's number, or -1. True: the agent's own area is needed. */
    @CallerSensitive
    public static boolean decide(int forced) {
        check(Reflection.getCallerClass());
        return decide0(forced);
    }

    /** Opens the agent's own area; {@code visible} to libraries loaded later. A null path: there is no such file. */
    @CallerSensitive
    public static void openArea(String path, boolean visible) {
        check(Reflection.getCallerClass());
        openArea0(path == null ? null : bytes(path), visible);
    }

    /** As the operating system has it, which is not the modified UTF-8 that JNI hands out. It ends in a 0. */
    private static byte[] bytes(String path) {
        return (path + '\0').getBytes(Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")));
    }

    /**
     * Puts the decision in force. Returns the facts of the start line, why nothing better was found, why the chain of loads is not known,
     * and why the number of CPUs is a guess, a line each, the latter three empty where all is well.
     */
    @CallerSensitive
    public static String start(int cpusOtherwise, boolean verbose) {
        check(Reflection.getCallerClass());
        long[] facts = new long[FACTS];
        String text = start0(cpusOtherwise, verbose, facts);
        if (text == null) throw new OutOfMemoryError("rseq: no memory for the ledger");
        cpus = (int) facts[FACT_CPUS];
        nodes = (int) facts[FACT_NODES];
        usable = (int) facts[FACT_USABLE];
        areaOffset = facts[FACT_AREA_OFFSET];
        osthread = facts[FACT_OSTHREAD];
        pthreadId = facts[FACT_PTHREAD_ID];
        areaConstant = facts[FACT_AREA_KNOWN] == 1;
        chainKnown = areaConstant && facts[FACT_CHAIN_KNOWN] == 1;
        return text;
    }

    /** Whether there is an area to read in the calling thread. */
    @CallerSensitive
    public static boolean hasArea() {
        check(Reflection.getCallerClass());
        return area0() != 0;
    }

    /** Whether it lies at the same distance from the thread pointer in every thread. */
    @CallerSensitive
    public static boolean hasConstantArea() {
        check(Reflection.getCallerClass());
        return areaConstant;
    }

    /** Whether, on the calling platform thread, the chain of loads ends at the area that the C side finds. */
    @CallerSensitive
    public static boolean checkRaw() {
        check(Reflection.getCallerClass());
        long javaThread = U.getLong(Thread.currentThread(), eetop);
        return chainKnown && javaThread != 0 && checkChain0(javaThread) && area(javaThread) == area0();
    }

    /** Makes the handle of the {@code ffm} reader. Returns null, or why there is none. */
    @CallerSensitive
    public static String openFfm() {
        check(Reflection.getCallerClass());
        try {
            ffm = leaf(readFunction0(), "JAVA_INT", 1);
            return null;
        } catch (ReflectiveOperationException | RuntimeException | LinkageError failure) {
            return reason(failure);
        }
    }

    /**
     * Chooses the reader, and the committer that structures are to try, once, and describes what is in force: the committer last.
     * {@code entersDirectly}: whether compiled code may enter sequences without the stubs of the JDK's linker, or 17's wrappers. {@code
     * wantedShift}: the log2 of a region's bytes, 0 for none in particular.
     */
    @CallerSensitive
    public static void choose(
            int chosenReader, int chosenCommitter, boolean entersDirectly, int wantedShift, String facts) {
        check(Reflection.getCallerClass());
        reader = chosenReader;
        direct = entersDirectly;
        wantedMemoryShift = wantedShift;
        description = facts;
        committer = chosenCommitter;
    }

    /** Decides how large a region of per-CPU memory is: once, before the classes are defined that take that for a constant. */
    @CallerSensitive
    public static void sizeMemory() {
        check(Reflection.getCallerClass());
        memoryShift = memoryShift0(wantedMemoryShift);
        if (memoryShift < wantedMemoryShift)
            tell("memory=" + (1 << wantedMemoryShift - MIB_SHIFT)
                    + "m is too much of what limits leave (ulimit -v or -d)," + " using "
                    + (1 << memoryShift - MIB_SHIFT) + "m");
    }

    /** Structures commit atomically in this process, for a reason that was not known when the committer was chosen. */
    @CallerSensitive
    public static void refuseCommits(String reason) {
        check(Reflection.getCallerClass());
        commitAtomically(reason);
    }

    /** What structures do otherwise than was chosen, and why: once, then null, as where all is well. To be asked now and then. */
    @CallerSensitive
    public static synchronized String takeCommitsFailure() {
        check(Reflection.getCallerClass());
        if (committed) $RseqRecords.completeAbandoned();
        String failure = commitsFailure;
        commitsFailure = null;
        return failure;
    }

    /** How often a sequence was restarted in this process; -1 where no structure has committed by sequences. */
    @CallerSensitive
    public static long restarts() {
        check(Reflection.getCallerClass());
        return committed ? $RseqCommits.restarts() : -1;
    }

    /** Counts threads in at their start where others register them, and out at their end. */
    @CallerSensitive
    public static boolean watch() {
        check(Reflection.getCallerClass());
        return watch0();
    }

    /** Whether virtual threads came whose carrier's area could not be found by loads, so that they go the slow way. */
    @CallerSensitive
    public static boolean virtualRefused() {
        check(Reflection.getCallerClass());
        return virtualRefused;
    }

    /** Whether the journal holds everyday transitions, and names, from now on. */
    @CallerSensitive
    public static void recordEveryday(boolean wanted) {
        check(Reflection.getCallerClass());
        recordEveryday0(wanted);
    }

    /** Copies journal events, 128 bytes each (journal.h), into {@code out}; returns how many. One thread at a time. */
    @CallerSensitive
    public static int drain(byte[] out) {
        check(Reflection.getCallerClass());
        return drain0(out);
    }

    /** Fills in the totals, in the order of io.rseq.agent.engine.ownership.Totals. */
    @CallerSensitive
    public static void totals(long[] out) {
        check(Reflection.getCallerClass());
        totals0(out);
    }

    /** The address of {@code dlsym}. */
    @CallerSensitive
    public static long dlsymFunction() {
        check(Reflection.getCallerClass());
        return dlsymFunction0();
    }

    /** The address of {@code ledger_snapshot} (ledger.h). */
    @CallerSensitive
    public static long snapshotFunction() {
        check(Reflection.getCallerClass());
        return snapshotFunction0();
    }

    /** Gives a module of the engine's own loader native access, and no other. */
    @CallerSensitive
    public static void enableNativeAccess(Module module) throws ReflectiveOperationException {
        check(Reflection.getCallerClass());
        if (module.getClassLoader() != engine || !module.isNamed())
            throw new IllegalCallerException("rseq: not the engine's module");
        for (Method method :
                Module.class.getDeclaredMethods()) { // none before JDK 17, another return type in each since
            if (method.getName().equals("implAddEnableNativeAccess") && method.getParameterCount() == 0)
                method.invoke(module);
        }
    }

    // ---- for $RseqOpening
    // ----------------------------------------------------------------------------------------------------

    /** The committer that was chosen; 0 before that. */
    static int committer() {
        return committer;
    }

    /** Whether the area has the field of the concurrency id. */
    @ForceInline
    static boolean hasConcurrencyId() {
        return usable >= USABLE_MM_CID;
    }

    /** Sees to the registration of the kernel thread that runs the caller. False: it was refused, and no sequence commits on it. */
    static boolean register() {
        read0(KIND_CPU, carrier());
        return isRegistered0();
    }

    /** The chosen committer passed its check. */
    static void commitsOpened() {
        committed = true;
    }

    /** It did not, or is not available. */
    static synchronized void commitAtomically(String reason) {
        if (committer == COMMITTER_ATOMIC) return;
        int at = description.lastIndexOf(COMMITTER) + COMMITTER.length();
        String failure = COMMITTER + description.substring(at) + " is not available here, using atomic: " + reason;
        tell(failure);
        description = description.substring(0, at) + "atomic";
        committer = COMMITTER_ATOMIC;
    }

    /** Why something failed: the cause that reflection and initialisers wrap. Where heap or stack ended, it is thrown: a while later it may be otherwise. */
    static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) cause = cause.getCause();
        if (cause instanceof OutOfMemoryError || cause instanceof StackOverflowError) throw (VirtualMachineError) cause;
        return cause.getMessage() == null
                ? cause.getClass().getSimpleName()
                : cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }

    /** The log2 of a region's bytes. */
    static int memoryShift() {
        return memoryShift;
    }

    static boolean entersDirectly() {
        return direct;
    }

    /** They go another way instead. */
    static void enterOtherwise(String way, String reason) {
        direct = false;
        tell("entry=direct is not available here, using " + way + ": " + reason);
    }

    /** The engine logs it as a warning. */
    static synchronized void tell(String line) {
        commitsFailure = commitsFailure == null ? line : commitsFailure + "; " + line;
    }

    private static void check(Class<?> caller) {
        if (engine == null || caller.getClassLoader() != engine)
            throw new IllegalCallerException("rseq: for the agent's engine alone");
    }

    private static long carrierThreadOffset() {
        try {
            return U.objectFieldOffset(Class.forName("java.lang.VirtualThread", false, null), "carrierThread");
        } catch (ClassNotFoundException | InternalError none) {
            return 0; // JDK 17 to 20, or a JDK whose virtual threads are made otherwise: those go the slow way
        }
    }

    /**
     * A downcall without thread-state transition, all its parameters and its result of one type: {@code critical} on 22 and later, {@code
     * isTrivial} on 21, where the API is a preview that reflection may use.
     */
    static MethodHandle leaf(long address, String type, int parameters) throws ReflectiveOperationException {
        String foreign = "java.lang.foreign.";
        Class<?> linker = Class.forName(foreign + "Linker");
        Class<?> segment = Class.forName(foreign + "MemorySegment");
        Class<?> layout = Class.forName(foreign + "MemoryLayout");
        Class<?> descriptor = Class.forName(foreign + "FunctionDescriptor");
        Class<?> option = Class.forName(foreign + "Linker$Option");
        Object leaf;
        try {
            leaf = option.getMethod("critical", boolean.class).invoke(null, false);
        } catch (NoSuchMethodException before22) {
            leaf = option.getMethod("isTrivial").invoke(null);
        }
        Object options = Array.newInstance(option, 1);
        Array.set(options, 0, leaf);
        Object value = Class.forName(foreign + "ValueLayout").getField(type).get(null);
        Object arguments = Array.newInstance(layout, parameters);
        for (int i = 0; i < parameters; i++) Array.set(arguments, i, value);
        Object function =
                descriptor.getMethod("of", layout, arguments.getClass()).invoke(null, value, arguments);
        Object target = segment.getMethod("ofAddress", long.class).invoke(null, address);
        Object nativeLinker = linker.getMethod("nativeLinker").invoke(null);
        return (MethodHandle) linker.getMethod("downcallHandle", segment, descriptor, options.getClass())
                .invoke(nativeLinker, target, function, options);
    }

    private static native void open0();

    private static native boolean decide0(int forced);

    private static native void openArea0(byte[] path, boolean visible);

    private static native String start0(int cpusOtherwise, boolean verbose, long[] facts);

    private static native int memoryShift0(int wanted);

    private static native boolean watch0();

    private static native boolean checkChain0(long javaThread);

    private static native int read0(int kind, Thread thread);

    private static native int getcpu0(int kind);

    private static native long readFunction0();

    private static native long dlsymFunction0();

    private static native long snapshotFunction0();

    private static native long area0();

    private static native boolean isRegistered0();

    private static native void recordEveryday0(boolean wanted);

    private static native int drain0(byte[] out);

    private static native boolean namesUs0(byte[] file);

    private static native void totals0(long[] out);
}
