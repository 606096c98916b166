/* SPDX-License-Identifier: Apache-2.0 */
package java.lang;

import java.lang.invoke.MethodHandle;
import java.util.Objects;
import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.ReservedStackAccess;
import jdk.internal.vm.annotation.Stable;

/**
 * The second hook class: what {@code io.rseq.internal.Commits} is woven to call, method by method. Defined into {@code java.base} when
 * the first class that calls it is woven, and opened by the first structure.
 *
 * <p><b>Committing.</b> Each sequence is a native function that takes and returns numbers, called without thread-state transition: by a
 * handle of the JDK's linker, where there is one, else by a native method that the JVM compiled as a critical one ({@link #openCritical}).
 * Handles are {@code @Stable}, so compiled code takes them for constants, and what is left of a commit is the check of its bounds and the
 * call. While a handle is null and {@code critical} false, nothing is open, and the answer is UNAVAILABLE.
 *
 * <p><b>After the call</b> of add, push and pop nothing is left to do, not even a second try for a thread that was not registered: what it would
 * need had to be kept across the call, a store and a load for each. Whoever gets UNAVAILABLE asks for the index, which registers the thread.
 *
 * <p><b>Bounds.</b> Any code can call this class. What it passes can spoil per-CPU memory, and never touches any other.
 *
 * <p><b>Statuses, fields, layouts</b>: as {@code Commits} and ops.h have them.
 */
public final class $RseqCommits {
    /** Committers, as in io.rseq.agent.engine.Committer. */
    private static final int CRITICAL_JNI = 3;

    private static final int ATOMIC = 4;

    private static final long COMMITTED = 0;
    private static final long UNAVAILABLE = 1;
    private static final long FULL = 2;
    private static final long STATUS = Long.MIN_VALUE;

    private static final long FIELD_CPU = 4;
    private static final long FIELD_CONCURRENCY_ID = 24;

    /** function0's numbers. */
    private static final int ADD = 0;

    private static final int COMPARE_AND_STORE = 1;
    private static final int PUSH = 2;
    private static final int POP = 3;
    private static final int PUSH_BATCH = 4;
    private static final int POP_BATCH = 5;
    private static final int RESERVE = 6;

    /** How many numbers each takes. */
    private static final int[] PARAMETERS = {3, 5, 4, 3, 5, 5, 4};

    private static final int REGION_SHIFT = 28;
    private static final long REGION = 1L << REGION_SHIFT;
    private static final long CELL = Long.BYTES;
    private static final long NONE = -1;

    /** The bits that no offset of a cell has: one test for alignment and range. Likewise capacity - 1. */
    private static final long NO_CELL = -REGION | CELL - 1;

    private static final long NO_COUNT = -(REGION / CELL);
    private static final long NO_STACK_CAPACITY = -(1L << 20);
    private static final long NO_BUFFER_CAPACITY = -(1L << 26);
    private static final long LEAST_BUFFER_CAPACITY = 64;
    private static final long STACK_VALUES = 16;
    private static final long BUFFER_DATA = 128;
    private static final long RECORD_DATA = 8;

    /** A record's header: its length, and above it this. */
    private static final long PADDING = 1L << Integer.SIZE;

    /** Up to here the compiler's own loop beats the call of a copying stub. */
    private static final int SHORT_COPY = 64;

    /** Additions of the check. */
    private static final int CHECKS = 64;

    /** Calls. HotSpot 17 makes the wrapper after some hundred. */
    private static final int WRAPPED_AFTER_AT_MOST = 20_000;

    private static final int LONGEST_PAUSE_MS = 256;

    private static final Unsafe U = Unsafe.getUnsafe();

    @Stable
    private static MethodHandle add;

    @Stable
    private static MethodHandle compareAndStore;

    @Stable
    private static MethodHandle push;

    @Stable
    private static MethodHandle pop;

    @Stable
    private static MethodHandle pushBatch;

    @Stable
    private static MethodHandle popBatch;

    @Stable
    private static MethodHandle reserve;

    @Stable
    private static boolean critical;

    /** The address of region 0. */
    @Stable
    private static long memory;

    /** Where a byte array's elements begin. */
    @Stable
    private static long bytes;

    /** Set last. */
    @Stable
    private static boolean opened;

    /** For good: asked by each operation that goes the atomic way, so without the lock. */
    @Stable
    private static boolean refused;

    private $RseqCommits() {}

    // ---- sequences
    // -----------------------------------------------------------------------------------------------------------

    @ForceInline
    public static long add(long offset, long delta, long field) throws Throwable {
        if ((offset & NO_CELL) != 0) return outside(offset);
        return callAdd(offset, delta, field(field));
    }

    @ForceInline
    public static long compareAndStore(long offset, long index, long expected, long value, long field)
            throws Throwable {
        if ((offset & NO_CELL) != 0) return outside(offset);
        long status = callCompareAndStore(offset, index, expected, value, field(field));
        return status == UNAVAILABLE ? compareAndStoreAgain(offset, index, expected, value, field) : status;
    }

    @ForceInline
    public static long push(long offset, long capacity, long value, long field) throws Throwable {
        if (noStack(offset, capacity)) return outside(offset);
        return callPush(offset, capacity, value, field(field));
    }

    @ForceInline
    public static long pop(long offset, long capacity, long field) throws Throwable {
        if (noStack(offset, capacity)) return STATUS + outside(offset);
        return callPop(offset, capacity, field(field));
    }

    @ForceInline
    public static long pushBatch(long offset, long capacity, long shared, long count, long field) throws Throwable {
        if (noStack(offset, capacity) || noBatch(shared, count)) return STATUS + outside(offset);
        long number = callPushBatch(offset, capacity, shared, count, field(field));
        return number == STATUS + UNAVAILABLE ? pushBatchAgain(offset, capacity, shared, count, field) : number;
    }

    @ForceInline
    public static long popBatch(long offset, long capacity, long shared, long count, long field) throws Throwable {
        if (noStack(offset, capacity) || noBatch(shared, count)) return STATUS + outside(offset);
        long number = callPopBatch(offset, capacity, shared, count, field(field));
        return number == STATUS + UNAVAILABLE ? popBatchAgain(offset, capacity, shared, count, field) : number;
    }

    /**
     * Once a place is reserved, readers wait until its record is complete. Nothing from there on allocates; should the stack overflow all the
     * same, the JVM lends what it reserves for such code, and where that does not suffice the record becomes padding.
     */
    @ForceInline
    @ReservedStackAccess
    public static long append(long offset, long capacity, byte[] source, int from, int length, long field)
            throws Throwable {
        Objects.checkFromIndexSize(from, length, source.length);
        if (noBuffer(offset, capacity)) return outside(offset);
        if (length > capacity - RECORD_DATA) return FULL;
        long regions = memory;
        if (regions == 0) return UNAVAILABLE;
        long place = callReserve(offset, capacity, length, field(field));
        if (place == STATUS + UNAVAILABLE) place = reserveAgain(offset, capacity, length, field);
        if (place < 0) return place - STATUS;
        long region = regions + (place >>> Integer.SIZE << REGION_SHIFT);
        long record = region + offset + BUFFER_DATA + (place & 0xFFFFFFFFL);
        try {
            fill(record + RECORD_DATA, source, from, length);
            U.putIntRelease(null, record, length);
        } catch (Throwable failure) {
            if (U.getInt(null, record) < 0) U.putLong(null, record, PADDING | length);
            throw failure;
        }
        return COMMITTED;
    }

    // ---- memory
    // --------------------------------------------------------------------------------------------------------------

    public static boolean available() {
        return opened || !refused && open();
    }

    public static long allocate(long bytes) {
        if (bytes <= 0) throw new IllegalArgumentException("rseq: " + bytes + " bytes of per-CPU memory");
        if (!available()) return NONE;
        long offset = bytes > REGION ? NONE : allocate0(bytes);
        if (offset < 0) offset = allocateWhenOthersAreFreed(bytes);
        return offset;
    }

    public static void free(long offset, long bytes) {
        if (!opened || offset == NONE) return;
        if ((offset & NO_CELL) != 0 || bytes <= 0 || bytes > REGION - offset) throw outsideOf(offset, bytes);
        free0(offset, bytes);
    }

    @ForceInline
    public static long get(int cpu, long offset) {
        long regions = memory;
        return regions == 0 ? 0 : U.getLongAcquire(null, regions + cell(cpu, offset));
    }

    @ForceInline
    public static void put(int cpu, long offset, long value) {
        long regions = memory;
        if (regions != 0) U.putLongRelease(null, regions + cell(cpu, offset), value);
    }

    public static void copyOut(int cpu, long offset, byte[] target, int from, int length) {
        Objects.checkFromIndexSize(from, length, target.length);
        long regions = memory;
        if (regions == 0) return;
        if (offset < 0 || offset > REGION - length || noRegion(cpu)) throw outsideOf(offset, length);
        long start = regions + ((long) cpu << REGION_SHIFT) + offset;
        U.copyMemory(null, start, target, bytes + from, length);
    }

    public static boolean fence() {
        return opened && fence0();
    }

    public static long allocated() {
        return opened ? allocated0() : 0;
    }

    public static long restarts() {
        return opened ? restarts0() : 0;
    }

    // ---- bounds
    // --------------------------------------------------------------------------------------------------------------

    @ForceInline
    private static boolean noStack(long offset, long capacity) {
        return (offset & NO_CELL) != 0
                || (capacity - 1 & NO_STACK_CAPACITY) != 0
                || offset + STACK_VALUES + CELL * capacity > REGION;
    }

    @ForceInline
    private static boolean noBatch(long shared, long count) {
        return (shared & NO_CELL) != 0 || (count & NO_COUNT) != 0 || shared + CELL * count > REGION;
    }

    @ForceInline
    private static boolean noBuffer(long offset, long capacity) {
        return (offset & NO_CELL) != 0
                || (capacity - 1 & (NO_BUFFER_CAPACITY | capacity)) != 0
                || capacity < LEAST_BUFFER_CAPACITY
                || offset + BUFFER_DATA + capacity > REGION;
    }

    /** There is one region more than CPUs. */
    @ForceInline
    private static boolean noRegion(int cpu) {
        return cpu < 0 || cpu > $Rseq.cpus();
    }

    /** Where it lies, from region 0 on. */
    @ForceInline
    private static long cell(int cpu, long offset) {
        if (noRegion(cpu) || (offset & NO_CELL) != 0) throw outsideOf(offset, CELL);
        return ((long) cpu << REGION_SHIFT) + offset;
    }

    /** What any other than the two fields is taken for: an offset that does not lie in the area must not be read. */
    @ForceInline
    private static long field(long field) {
        return field == FIELD_CONCURRENCY_ID && $Rseq.hasConcurrencyId() ? FIELD_CONCURRENCY_ID : FIELD_CPU;
    }

    /** Structures that were made before there were sequences pass what allocate answered them. */
    @DontInline
    private static long outside(long offset) {
        if (!opened || offset == NONE) return UNAVAILABLE;
        throw new IndexOutOfBoundsException("rseq: nothing of that size can lie at " + offset + " in per-CPU memory");
    }

    @DontInline
    private static IndexOutOfBoundsException outsideOf(long offset, long bytes) {
        return new IndexOutOfBoundsException(
                "rseq: " + bytes + " bytes at " + offset + " lie outside of a region of per-CPU memory");
    }

    // ---- the calls
    // -----------------------------------------------------------------------------------------------------------

    @ForceInline
    private static long callAdd(long offset, long delta, long field) throws Throwable {
        MethodHandle handle = add;
        if (handle != null) return (long) handle.invokeExact(offset, delta, field);
        return critical ? add1(offset, delta, field) : UNAVAILABLE;
    }

    @ForceInline
    private static long callCompareAndStore(long offset, long index, long expected, long value, long field)
            throws Throwable {
        MethodHandle handle = compareAndStore;
        if (handle != null) return (long) handle.invokeExact(offset, index, expected, value, field);
        return critical ? compareAndStore1(offset, index, expected, value, field) : UNAVAILABLE;
    }

    @ForceInline
    private static long callPush(long offset, long capacity, long value, long field) throws Throwable {
        MethodHandle handle = push;
        if (handle != null) return (long) handle.invokeExact(offset, capacity, value, field);
        return critical ? push1(offset, capacity, value, field) : UNAVAILABLE;
    }

    @ForceInline
    private static long callPop(long offset, long capacity, long field) throws Throwable {
        MethodHandle handle = pop;
        if (handle != null) return (long) handle.invokeExact(offset, capacity, field);
        return critical ? pop1(offset, capacity, field) : STATUS + UNAVAILABLE;
    }

    @ForceInline
    private static long callPushBatch(long offset, long capacity, long shared, long count, long field)
            throws Throwable {
        MethodHandle handle = pushBatch;
        if (handle != null) return (long) handle.invokeExact(offset, capacity, shared, count, field);
        return critical ? pushBatch1(offset, capacity, shared, count, field) : STATUS + UNAVAILABLE;
    }

    @ForceInline
    private static long callPopBatch(long offset, long capacity, long shared, long count, long field) throws Throwable {
        MethodHandle handle = popBatch;
        if (handle != null) return (long) handle.invokeExact(offset, capacity, shared, count, field);
        return critical ? popBatch1(offset, capacity, shared, count, field) : STATUS + UNAVAILABLE;
    }

    @ForceInline
    private static long callReserve(long offset, long capacity, long length, long field) throws Throwable {
        MethodHandle handle = reserve;
        if (handle != null) return (long) handle.invokeExact(offset, capacity, length, field);
        return critical ? reserve1(offset, capacity, length, field) : STATUS + UNAVAILABLE;
    }

    // ---- once more, for a thread that was not registered yet
    // ----------------------------------------------------------------

    @DontInline
    private static long compareAndStoreAgain(long offset, long index, long expected, long value, long field)
            throws Throwable {
        return isRegistered() ? callCompareAndStore(offset, index, expected, value, field(field)) : UNAVAILABLE;
    }

    @DontInline
    private static long pushBatchAgain(long offset, long capacity, long shared, long count, long field)
            throws Throwable {
        return isRegistered() ? callPushBatch(offset, capacity, shared, count, field(field)) : STATUS + UNAVAILABLE;
    }

    @DontInline
    private static long popBatchAgain(long offset, long capacity, long shared, long count, long field)
            throws Throwable {
        return isRegistered() ? callPopBatch(offset, capacity, shared, count, field(field)) : STATUS + UNAVAILABLE;
    }

    @DontInline
    private static long reserveAgain(long offset, long capacity, long length, long field) throws Throwable {
        return isRegistered() ? callReserve(offset, capacity, length, field(field)) : STATUS + UNAVAILABLE;
    }

    /** Whether a second try makes sense: a virtual thread may have moved on by then, to a carrier that is not registered either. */
    private static boolean isRegistered() {
        if (!opened) return false;
        $Rseq.register();
        return true;
    }

    // ---- copying in
    // ----------------------------------------------------------------------------------------------------------

    @ForceInline
    private static void fill(long to, byte[] source, int from, int length) {
        long at = bytes + from;
        if (length > SHORT_COPY) {
            U.copyMemory(source, at, null, to, length);
            return;
        }
        int done = 0;
        for (; done <= length - Long.BYTES; done += Long.BYTES)
            U.putLong(null, to + done, U.getLongUnaligned(source, at + done));
        if ((length & Integer.BYTES) != 0) {
            U.putInt(null, to + done, U.getIntUnaligned(source, at + done));
            done += Integer.BYTES;
        }
        for (; done < length; done++) U.putByte(null, to + done, U.getByte(source, at + done));
    }

    // ---- opening
    // -------------------------------------------------------------------------------------------------------------

    /** The chosen committer, if it passes its check. Refused once is refused for good, but for want of stack or memory just now. */
    @DontInline
    private static synchronized boolean open() {
        if (opened || refused) return opened;
        int committer = $Rseq.committer();
        if (committer == 0) return false; // the agent is about to choose
        String failure;
        try {
            failure = committer == ATOMIC ? "" : open(committer == CRITICAL_JNI);
        } catch (VirtualMachineError now) {
            throw now;
        } catch (Throwable reason) {
            failure = reason.getClass().getSimpleName() + ": " + reason.getMessage();
        }
        if (failure != null) {
            refused = true;
            $Rseq.commitAtomically(failure);
            return false;
        }
        $Rseq.commitsOpened();
        return true;
    }

    /** Returns null when all is open, or why it is not. Nothing {@code @Stable} is set before the check. */
    private static String open(boolean jni) throws Throwable {
        if (jni) {
            String failure = openCritical();
            if (failure != null) return failure;
        }
        long regions = open0();
        if (regions == 0) return reason0();
        MethodHandle[] handles = new MethodHandle[PARAMETERS.length];
        if (!jni) {
            for (int i = 0; i < handles.length; i++) handles[i] = $Rseq.leaf(function0(i), "JAVA_LONG", PARAMETERS[i]);
        }
        String failure = check(handles[ADD], regions);
        if (failure != null) return failure;
        U.storeFence(); // who sees a handle sees what it refers to
        bytes = Unsafe.class.getField("ARRAY_BYTE_BASE_OFFSET").getLong(null); // an int until JDK 24, then a long
        memory = regions;
        critical = jni;
        compareAndStore = handles[COMPARE_AND_STORE];
        push = handles[PUSH];
        pop = handles[POP];
        pushBatch = handles[PUSH_BATCH];
        popBatch = handles[POP_BATCH];
        reserve = handles[RESERVE];
        add = handles[ADD];
        U.storeFence();
        opened = true;
        return null;
    }

    /** Adds to a cell that nobody else has, by both fields, and looks whether exactly that arrived. Returns null, or what is wrong. */
    private static String check(MethodHandle handle, long regions) throws Throwable {
        long cell = allocate0(CELL);
        if (cell < 0) return "no per-CPU memory for the check";
        $Rseq.register();
        long expected = 0;
        long answer = UNAVAILABLE;
        for (int i = 1; i <= CHECKS; i++) {
            long field = field((i & 1) == 0 ? FIELD_CPU : FIELD_CONCURRENCY_ID);
            long status = handle == null ? add1(cell, i, field) : (long) handle.invokeExact(cell, (long) i, field);
            if (status == COMMITTED) expected += i;
            else answer = status;
        }
        long sum = 0;
        for (int cpu = 0; cpu < $Rseq.cpus(); cpu++)
            sum += U.getLongVolatile(null, regions + ((long) cpu << REGION_SHIFT) + cell);
        free0(cell, CELL);
        if (expected == 0) return "the sequences answer " + answer + " on this thread";
        return sum == expected ? null : "additions of " + expected + " summed to " + sum;
    }

    /**
     * JDK 17 can compile a native method as a critical one, called without thread-state transition, if its library exports a function {@code
     * JavaCritical_NAME} and the flag CriticalJNINatives is on at the moment when the JVM makes the method's wrapper. It does that in the
     * caller's own thread, after some calls that the interpreter counted. So the flag is on for that long alone, and each method is called as
     * often as {@code critical1}, which says whether it is one, and as much again. What they are told to do changes nothing.
     */
    private static String openCritical() {
        int needed = 0;
        boolean before = criticalFlag0(true);
        try {
            while (needed < WRAPPED_AFTER_AT_MOST && critical1() == 0) needed++;
            if (needed == WRAPPED_AFTER_AT_MOST)
                return "this JVM does not make critical natives; try -XX:+CriticalJNINatives";
            for (int i = 0; i < 2 * needed + 1024; i++) {
                add1(0, 0, FIELD_CPU);
                compareAndStore1(0, -1, 0, 0, FIELD_CPU);
                push1(0, 0, 0, FIELD_CPU);
                pop1(0, 0, FIELD_CPU);
                pushBatch1(0, 0, 0, 0, FIELD_CPU);
                popBatch1(0, 0, 0, 0, FIELD_CPU);
                reserve1(0, 0, 0, FIELD_CPU);
            }
            return null;
        } finally {
            if (!before) criticalFlag0(false);
        }
    }

    /** What is no longer used is freed by cleaners, after a collection: as for direct buffers, ask for one before giving up. */
    @DontInline
    private static long allocateWhenOthersAreFreed(long bytes) {
        if (bytes <= REGION) {
            System.gc();
            for (long pause = 1; pause <= LONGEST_PAUSE_MS; pause *= 2) {
                try {
                    Thread.sleep(pause);
                } catch (InterruptedException later) {
                    Thread.currentThread().interrupt();
                    break;
                }
                long offset = allocate0(bytes);
                if (offset >= 0) return offset;
            }
        }
        throw new OutOfMemoryError("rseq: per-CPU memory is full: " + (allocated0() >> 20) + " of " + (REGION >> 20)
                + " MiB per CPU in use, " + bytes
                + " bytes more asked for; make structures smaller or fewer, or let go of those that are done with");
    }

    // ---- natives: commits_jni.c; those that end in 1 may be critical
    // ---------------------------------------------------------

    private static native long open0();

    private static native String reason0();

    private static native long function0(int number);

    private static native long allocate0(long bytes);

    private static native void free0(long offset, long bytes);

    private static native boolean fence0();

    private static native long allocated0();

    private static native long restarts0();

    private static native boolean criticalFlag0(boolean on);

    private static native long critical1();

    private static native long add1(long offset, long delta, long field);

    private static native long compareAndStore1(long offset, long index, long expected, long value, long field);

    private static native long push1(long offset, long capacity, long value, long field);

    private static native long pop1(long offset, long capacity, long field);

    private static native long pushBatch1(long offset, long capacity, long shared, long count, long field);

    private static native long popBatch1(long offset, long capacity, long shared, long count, long field);

    private static native long reserve1(long offset, long capacity, long length, long field);
}
