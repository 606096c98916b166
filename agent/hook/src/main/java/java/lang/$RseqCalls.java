/* SPDX-License-Identifier: Apache-2.0 */
package java.lang;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import jdk.internal.access.SharedSecrets;
import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Stable;

/**
 * How compiled code calls a native sequence: numbers in, a number out, without thread-state transition. Opened once, by the first structure
 * ({@code $RseqCommits}), in one of three ways.
 *
 * <p><b>Direct</b> (21 and later). A handle of the JDK's linker ends in {@code MethodHandle.linkToNative}, which compiled code calls like a
 * Java method, and which jumps to the address that a {@code NativeEntryPoint} holds: there, a stub sets up a frame, moves the arguments to
 * where C wants them, calls the function, and returns. Here that address is the sequence's own (direct_x86_64.S, direct_aarch64.S), which
 * takes its arguments where Java has them. So stub, frame and second call are gone, and the linker need not be started, which costs the
 * first structure a tenth of a second. None of that is API: so the entry point's class must look as expected, and a function that touches no
 * memory is called first, which tells from its arguments whether they arrive where they should.
 *
 * <p><b>By the linker</b>, where the direct way is refused or not wanted ({@code entry=linker}): {@code Linker.Option.critical}, or on 21 {@code
 * isTrivial}.
 *
 * <p><b>17</b> has another {@code linkToNative}, and critical natives: {@code $RseqCalls17}.
 *
 * <p><b>Arrays</b> (22 and later, direct): a handle may take an object, whose address compiled code passes as it is; no collector moves it before the
 * call is back, since there is no safepoint in it. So one sequence can copy a record's bytes and commit it. Everywhere else {@code append} answers
 * UNAVAILABLE, and a record is reserved, then filled.
 *
 * <p>Handles, and what else is passed along, are {@code @Stable}, so compiled code takes them for constants; none is used before additions by
 * both fields passed their check. While a handle is null and this is not 17, nothing is open, and the answer is UNAVAILABLE. Those of which
 * there is one with {@code By} commit by {@code cpu_id}; they are told where the area is and how many CPUs there are, which the code that they
 * enter would have to load.
 */
final class $RseqCalls {
    private static final long COMMITTED = 0;
    private static final long UNAVAILABLE = 1;
    private static final long STATUS = Long.MIN_VALUE;

    private static final long FIELD_CPU = 4;
    private static final long FIELD_CONCURRENCY_ID = 24;

    /** address0's numbers. The first five are the next five by FIELD_CPU, with area and CPUs in the field's place. */
    private static final int ADD = 0;

    private static final int PUSH = 1;
    private static final int POP = 2;
    private static final int RESERVE = 3;
    private static final int TAKE = 4;
    private static final int ADD_BY = 5;
    private static final int PUSH_BY = 6;
    private static final int POP_BY = 7;
    private static final int RESERVE_BY = 8;
    private static final int TAKE_BY = 9;
    private static final int COMPARE_AND_STORE = 10;
    private static final int PUSH_BATCH = 11;
    private static final int POP_BATCH = 12;
    private static final int PROBE = 13;
    private static final int APPEND = 14;

    /** How many numbers each takes. */
    private static final int[] PARAMETERS = {4, 5, 4, 5, 4, 3, 4, 3, 4, 3, 5, 5, 5, 5};

    /** What append takes: offset, capacity, length, array, where in it. */
    private static final MethodType APPEND_TYPE =
            MethodType.methodType(long.class, long.class, long.class, long.class, Object.class, long.class);

    private static final int SEQUENCES = PROBE;

    /** Additions of the check. */
    private static final int CHECKS = 64;

    /** Bytes of data of the buffer that the check appends to. */
    private static final long CHECKED_CAPACITY = 64;

    private static final Unsafe U = Unsafe.getUnsafe();

    @Stable
    private static MethodHandle add;

    @Stable
    private static MethodHandle push;

    @Stable
    private static MethodHandle pop;

    @Stable
    private static MethodHandle reserve;

    @Stable
    private static MethodHandle take;

    @Stable
    private static MethodHandle addBy;

    @Stable
    private static MethodHandle pushBy;

    @Stable
    private static MethodHandle popBy;

    @Stable
    private static MethodHandle reserveBy;

    @Stable
    private static MethodHandle takeBy;

    @Stable
    private static MethodHandle compareAndStore;

    @Stable
    private static MethodHandle pushBatch;

    @Stable
    private static MethodHandle popBatch;

    /** Null also where arrays can't be passed. */
    @Stable
    private static MethodHandle append;

    /** The thread's area - its thread pointer, bytes; never 0. Read by {@link #area()} and {@link #cpus()}. */
    @Stable
    private static long area;

    @Stable
    private static long cpus;

    /** How to call. 0 while nothing is open; not 0, it is a constant for compiled code, which a flag that is false would not be. */
    @Stable
    private static int way;

    private static final int BY_HANDLES = 1;
    private static final int AS_ON_17 = 2;

    private $RseqCalls() {}

    // ---- the calls
    // -----------------------------------------------------------------------------------------------------------

    @ForceInline
    static long add(long offset, long delta) throws Throwable {
        if (way == AS_ON_17) return $RseqCalls17.call(ADD, offset, delta, area(), cpus());
        MethodHandle handle = add;
        return handle == null ? UNAVAILABLE : (long) handle.invokeExact(offset, delta, area(), cpus());
    }

    @ForceInline
    static long push(long offset, long capacity, long value) throws Throwable {
        if (way == AS_ON_17) return $RseqCalls17.call(PUSH, offset, capacity, value, area(), cpus());
        MethodHandle handle = push;
        return handle == null ? UNAVAILABLE : (long) handle.invokeExact(offset, capacity, value, area(), cpus());
    }

    @ForceInline
    static long pop(long offset, long capacity) throws Throwable {
        if (way == AS_ON_17) return $RseqCalls17.call(POP, offset, capacity, area(), cpus());
        MethodHandle handle = pop;
        return handle == null ? STATUS + UNAVAILABLE : (long) handle.invokeExact(offset, capacity, area(), cpus());
    }

    @ForceInline
    static long reserve(long offset, long capacity, long length) throws Throwable {
        if (way == AS_ON_17) return $RseqCalls17.call(RESERVE, offset, capacity, length, area(), cpus());
        MethodHandle handle = reserve;
        return handle == null
                ? STATUS + UNAVAILABLE
                : (long) handle.invokeExact(offset, capacity, length, area(), cpus());
    }

    @ForceInline
    static long take(long offset, long places) throws Throwable {
        if (way == AS_ON_17) return $RseqCalls17.call(TAKE, offset, places, area(), cpus());
        MethodHandle handle = take;
        return handle == null ? STATUS + UNAVAILABLE : (long) handle.invokeExact(offset, places, area(), cpus());
    }

    @ForceInline
    static long addBy(long offset, long delta, long field) throws Throwable {
        if (way == AS_ON_17) return $RseqCalls17.call(ADD_BY, offset, delta, field);
        MethodHandle handle = addBy;
        return handle == null ? UNAVAILABLE : (long) handle.invokeExact(offset, delta, field);
    }

    @ForceInline
    static long pushBy(long offset, long capacity, long value, long field) throws Throwable {
        if (way == AS_ON_17) return $RseqCalls17.call(PUSH_BY, offset, capacity, value, field);
        MethodHandle handle = pushBy;
        return handle == null ? UNAVAILABLE : (long) handle.invokeExact(offset, capacity, value, field);
    }

    @ForceInline
    static long popBy(long offset, long capacity, long field) throws Throwable {
        if (way == AS_ON_17) return $RseqCalls17.call(POP_BY, offset, capacity, field);
        MethodHandle handle = popBy;
        return handle == null ? STATUS + UNAVAILABLE : (long) handle.invokeExact(offset, capacity, field);
    }

    @ForceInline
    static long reserveBy(long offset, long capacity, long length, long field) throws Throwable {
        if (way == AS_ON_17) return $RseqCalls17.call(RESERVE_BY, offset, capacity, length, field);
        MethodHandle handle = reserveBy;
        return handle == null ? STATUS + UNAVAILABLE : (long) handle.invokeExact(offset, capacity, length, field);
    }

    @ForceInline
    static long takeBy(long offset, long places, long field) throws Throwable {
        if (way == AS_ON_17) return $RseqCalls17.call(TAKE_BY, offset, places, field);
        MethodHandle handle = takeBy;
        return handle == null ? STATUS + UNAVAILABLE : (long) handle.invokeExact(offset, places, field);
    }

    @ForceInline
    static long compareAndStore(long offset, long index, long expected, long value, long field) throws Throwable {
        if (way == AS_ON_17) return $RseqCalls17.call(COMPARE_AND_STORE, offset, index, expected, value, field);
        MethodHandle handle = compareAndStore;
        return handle == null ? UNAVAILABLE : (long) handle.invokeExact(offset, index, expected, value, field);
    }

    @ForceInline
    static long pushBatch(long offset, long capacity, long shared, long count, long field) throws Throwable {
        if (way == AS_ON_17) return $RseqCalls17.call(PUSH_BATCH, offset, capacity, shared, count, field);
        MethodHandle handle = pushBatch;
        return handle == null
                ? STATUS + UNAVAILABLE
                : (long) handle.invokeExact(offset, capacity, shared, count, field);
    }

    @ForceInline
    static long popBatch(long offset, long capacity, long shared, long count, long field) throws Throwable {
        if (way == AS_ON_17) return $RseqCalls17.call(POP_BATCH, offset, capacity, shared, count, field);
        MethodHandle handle = popBatch;
        return handle == null
                ? STATUS + UNAVAILABLE
                : (long) handle.invokeExact(offset, capacity, shared, count, field);
    }

    /** {@code from}: where in the array, in bytes from the object's begin. UNAVAILABLE also where a reservation is what is left to try. */
    @ForceInline
    static long append(long offset, long capacity, long length, Object source, long from) throws Throwable {
        if (way == AS_ON_17) return UNAVAILABLE;
        MethodHandle handle = append;
        return handle == null ? UNAVAILABLE : (long) handle.invokeExact(offset, capacity, length, source, from);
    }

    /**
     * A thread may see a handle before it sees this field. A load fence makes the field visible. In compiled code the field is a constant, and
     * there is no check.
     */
    @ForceInline
    private static long area() {
        long known = area;
        return known != 0 ? known : published(true);
    }

    @ForceInline
    private static long cpus() {
        long known = cpus;
        return known != 0 ? known : published(false);
    }

    @DontInline
    private static long published(boolean wantsArea) {
        U.loadFence();
        return wantsArea ? area : cpus;
    }

    // ---- opening
    // -------------------------------------------------------------------------------------------------------------

    /** Returns null when the sequences can be called, or why they can't. {@code regions}: where the per-CPU memory lies, already made. */
    static String open(boolean on17, long regions) throws Throwable {
        area = area0();
        cpus = cpus0();
        MethodHandle[] handles = new MethodHandle[SEQUENCES];
        String refusal = null;
        boolean directly = !on17 && openHandles(handles);
        if (on17) refusal = $RseqCalls17.open(SEQUENCES);
        if (refusal == null) refusal = check(handles, regions);
        if (refusal != null) return refusal;
        MethodHandle appending = directly ? directAppend(regions) : null;
        if (directly && appending == null && Runtime.version().feature() >= 22)
            $Rseq.tell("records are reserved before they are copied here: an array does not arrive as expected");
        U.storeFence(); // who sees a handle, or that this is 17, sees what belongs to it
        append = appending;
        addBy = handles[ADD_BY];
        pushBy = handles[PUSH_BY];
        popBy = handles[POP_BY];
        compareAndStore = handles[COMPARE_AND_STORE];
        pushBatch = handles[PUSH_BATCH];
        popBatch = handles[POP_BATCH];
        reserveBy = handles[RESERVE_BY];
        takeBy = handles[TAKE_BY];
        take = handles[TAKE];
        reserve = handles[RESERVE];
        push = handles[PUSH];
        pop = handles[POP];
        add = handles[ADD];
        way = on17 ? AS_ON_17 : BY_HANDLES;
        return null;
    }

    /** Returns whether calls go directly. */
    private static boolean openHandles(MethodHandle[] handles) throws ReflectiveOperationException {
        if ($Rseq.entersDirectly()) {
            String refusal = openDirect(handles);
            if (refusal == null) return true;
            $Rseq.enterOtherwise("linker", refusal);
        }
        for (int i = ADD_BY; i < SEQUENCES; i++)
            handles[i] = $Rseq.leaf(address0(i, false), "JAVA_LONG", PARAMETERS[i]);
        for (int i = ADD; i < ADD_BY; i++) {
            int field = PARAMETERS[ADD_BY + i] - 1;
            MethodHandle byCpu = MethodHandles.insertArguments(handles[ADD_BY + i], field, FIELD_CPU);
            handles[i] = MethodHandles.dropArguments(byCpu, field, long.class, long.class); // area and CPUs
        }
        return false;
    }

    /** Returns null, or why calls must go by the linker. */
    private static String openDirect(MethodHandle[] handles) {
        String vm = otherVm();
        if (vm != null) return vm;
        try {
            MethodHandle probe = direct(PROBE, numbers(PARAMETERS[PROBE]));
            long expected = probe0(1, 1L << 12, 1L << 24, 1L << 36, 1L << 48);
            long answer = (long) probe.invokeExact(1L, 1L << 12, 1L << 24, 1L << 36, 1L << 48);
            if (answer != expected) return "arguments do not arrive as expected";
            for (int i = 0; i < SEQUENCES; i++) handles[i] = direct(i, numbers(PARAMETERS[i]));
            return null;
        } catch (Throwable another) {
            return $Rseq.reason(another);
        }
    }

    /** Null, or what this is if it is not HotSpot with its compilers: on HotSpot's Zero even the probe would be its end. */
    static String otherVm() {
        String vm = System.getProperty("java.vm.name", "");
        return vm.contains("Server VM") ? null : "this is " + vm;
    }

    /** A handle that makes compiled code jump to the address. What is looked up was the same from 21 to 28. */
    private static MethodHandle direct(int number, MethodType type) throws ReflectiveOperationException {
        Class<?> entry = Class.forName("jdk.internal.foreign.abi.NativeEntryPoint");
        Class<?> access = Class.forName("jdk.internal.access.JavaLangInvokeAccess");
        if (entry.getDeclaredField("downcallStubAddress").getType() != long.class
                || entry.getDeclaredField("methodType").getType() != MethodType.class)
            throw new NoSuchFieldException("downcallStubAddress and methodType are not what they were");
        Object made = U.allocateInstance(entry); // not by its factory: that makes a stub, and frees it
        U.putReference(made, U.objectFieldOffset(entry, "methodType"), type);
        U.putLong(made, U.objectFieldOffset(entry, "downcallStubAddress"), address0(number, true));
        U.storeFence();
        return (MethodHandle)
                access.getMethod("nativeMethodHandle", entry).invoke(SharedSecrets.getJavaLangInvokeAccess(), made);
    }

    private static MethodType numbers(int count) {
        Class<?>[] parameters = new Class<?>[count];
        Arrays.fill(parameters, long.class);
        return MethodType.methodType(long.class, parameters);
    }

    /**
     * The handle that appends, if a record of a buffer that nobody else has arrives by it; null where the JDK passes no objects, or passes them
     * otherwise. The probe, which follows no address, is called with null first.
     */
    private static MethodHandle directAppend(long regions) throws Throwable {
        MethodHandle probe;
        MethodHandle appending;
        try {
            probe = direct(PROBE, APPEND_TYPE);
            appending = direct(APPEND, APPEND_TYPE);
        } catch (ReflectiveOperationException before22) {
            return null;
        }
        if ((long) probe.invokeExact(1L, 1L << 12, 1L << 24, (Object) null, 1L << 48)
                != probe0(1, 1L << 12, 1L << 24, 0, 1L << 48)) return null;
        long bytes = $RseqCommits.BUFFER_DATA + CHECKED_CAPACITY;
        long buffer = $RseqMemory.allocate0(bytes);
        if (buffer < 0) return null;
        byte[] source = {0, 1, 2, 3, 4, 5, 6, 7, 8};
        long from = $RseqMemory.bytes() + 1;
        long status = UNAVAILABLE;
        for (int i = 0; i < CHECKS && status != COMMITTED; i++)
            status = (long) appending.invokeExact(buffer, CHECKED_CAPACITY, 8L, (Object) source, from);
        long arrived = 0;
        for (int cpu = 0; cpu < $Rseq.cpus(); cpu++) {
            long at = regions + ((long) cpu << $RseqMemory.STRIDE_SHIFT) + buffer;
            if (U.getLongVolatile(null, at) != 0) arrived = U.getLong(null, at + $RseqCommits.BUFFER_DATA + Long.BYTES);
        }
        $RseqMemory.free0(buffer, bytes);
        return status == COMMITTED && arrived == U.getLongUnaligned(source, from) ? appending : null;
    }

    /** Adds to a cell that nobody else has, by both fields, and looks whether exactly that arrived. Returns null, or what is wrong. */
    private static String check(MethodHandle[] handles, long regions) throws Throwable {
        long cell = $RseqMemory.allocate0(Long.BYTES);
        if (cell < 0) return "no per-CPU memory for the check";
        $Rseq.register(); // a virtual thread that waited for the lock may run on another carrier by now
        long expected = 0;
        long answer = UNAVAILABLE;
        for (int i = 1; i <= CHECKS; i++) {
            long field = $Rseq.hasConcurrencyId() && (i & 1) == 0 ? FIELD_CONCURRENCY_ID : FIELD_CPU;
            long status = checkedAdd(handles, cell, i, field);
            if (status == COMMITTED) expected += i;
            else answer = status;
        }
        long sum = 0;
        for (int cpu = 0; cpu < $Rseq.cpus(); cpu++)
            sum += U.getLongVolatile(null, regions + ((long) cpu << $RseqMemory.STRIDE_SHIFT) + cell);
        $RseqMemory.free0(cell, Long.BYTES);
        if (expected == 0)
            return "the sequences answer " + answer + " on this thread"
                    + (answer == UNAVAILABLE ? ": " + $RseqCommits.unavailable0() : "");
        return sum == expected ? null : "additions of " + expected + " summed to " + sum;
    }

    private static long checkedAdd(MethodHandle[] handles, long cell, long delta, long field) throws Throwable {
        boolean byCpu = field == FIELD_CPU;
        if (handles[ADD] == null)
            return byCpu
                    ? $RseqCalls17.call(ADD, cell, delta, area, cpus)
                    : $RseqCalls17.call(ADD_BY, cell, delta, field);
        return byCpu
                ? (long) handles[ADD].invokeExact(cell, delta, area, cpus)
                : (long) handles[ADD_BY].invokeExact(cell, delta, field);
    }

    // ---- natives: calls_jni.c
    // ------------------------------------------------------------------------------------------------

    static native long address0(int number, boolean direct);

    private static native long area0();

    private static native long cpus0();

    private static native long probe0(long a, long b, long c, long d, long e);
}
