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
 * How Java code enters a sequence: numbers in, a number out, without thread-state transition. This is the form for JDK 21 and later. The one for 17 has
 * the same name (src/jdk17), and the agent defines one of them. Opened once, by the first structure ({@code $RseqOpening}).
 *
 * <p><b>Directly.</b> A handle of the JDK's linker ends in {@code MethodHandle.linkToNative}, which compiled code calls like a
 * Java method, and which jumps to the address that a {@code NativeEntryPoint} holds: there, a stub sets up a frame, moves the arguments to
 * where C wants them, calls the function, and returns. Here that address is the sequence's own (sequences_x86_64.S, sequences_aarch64.S), which
 * takes its arguments where Java has them. So stub, frame and second call are gone, and the linker need not be started, which costs the
 * first structure a tenth of a second. None of that is API: so the entry point's class must look as expected, and a function that touches no
 * memory is called first. Its answer says whether its arguments arrived where they should.
 *
 * <p><b>By the linker</b>, where the direct way is refused or not wanted ({@code entry=linker}): {@code Linker.Option.critical}, or on 21 {@code
 * isTrivial}. The linker's handle calls one function of C, which moves on to the sequence whose address is its first argument.
 *
 * <p><b>Arrays</b> (22 and later, directly): a handle may take an object, whose address compiled code passes as it is; no collector moves it before the
 * call is back, since there is no safepoint in it. So one sequence can copy a record's bytes and commit it. Everywhere else {@code append} answers
 * UNAVAILABLE, and a record is reserved, then filled.
 *
 * <p>The handles, and what is passed along, are {@code @Stable}, so compiled code takes them for constants. While there are none, the answer is
 * UNAVAILABLE.
 */
final class $RseqCalls {
    /** What append takes: offset, capacity, length, array, where in it. */
    private static final MethodType APPEND_TYPE =
            MethodType.methodType(long.class, long.class, long.class, long.class, Object.class, long.class);

    /** As many numbers as a sequence takes at most; so does the probe. */
    private static final int MOST = 6;

    /** Records that the check appends at most. */
    private static final int CHECKS = 64;

    /** Bytes of data of the buffer that the check appends to. */
    private static final long CHECKED_CAPACITY = 64;

    private static final Unsafe U = Unsafe.getUnsafe();

    /** By {@code $RseqSequences}' numbers. */
    @Stable
    private static MethodHandle[] handles;

    /** Null also where arrays can't be passed. */
    @Stable
    private static MethodHandle append;

    /** The thread's area - its thread pointer, bytes; never 0. Read by {@link #area()} and {@link #cpus()}. */
    @Stable
    private static long area;

    @Stable
    private static long cpus;

    private $RseqCalls() {}

    // ---- the calls
    // -----------------------------------------------------------------------------------------------------------

    @ForceInline
    static long call(int sequence, long a, long b) throws Throwable {
        MethodHandle[] all = handles;
        return all == null ? $RseqSequences.UNAVAILABLE : (long) all[sequence].invokeExact(a, b, area(), cpus());
    }

    @ForceInline
    static long call(int sequence, long a, long b, long c) throws Throwable {
        MethodHandle[] all = handles;
        return all == null ? $RseqSequences.UNAVAILABLE : (long) all[sequence].invokeExact(a, b, c, area(), cpus());
    }

    @ForceInline
    static long call(int sequence, long a, long b, long c, long d) throws Throwable {
        MethodHandle[] all = handles;
        return all == null ? $RseqSequences.UNAVAILABLE : (long) all[sequence].invokeExact(a, b, c, d, area(), cpus());
    }

    /** {@code from}: where in the array, in bytes from the object's begin. UNAVAILABLE also where a reservation is what is left to try. */
    @ForceInline
    static long append(long offset, long capacity, long length, Object source, long from) throws Throwable {
        MethodHandle handle = append;
        return handle == null
                ? $RseqSequences.UNAVAILABLE
                : (long) handle.invokeExact(offset, capacity, length, source, from);
    }

    /**
     * A thread may see the handles before it sees this field. A load fence makes the field visible. In compiled code the field is a constant, and
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

    /** Makes what {@link #tryAdd} calls, and {@link #publish} publishes; a String says why there is nothing. */
    static Object make() throws Throwable {
        area = area0();
        cpus = cpus0();
        if ($Rseq.entersDirectly()) {
            Object made = makeDirect();
            if (made instanceof MethodHandle[]) return made;
            $Rseq.enterOtherwise("linker", (String) made);
        }
        return makeByLinker();
    }

    /** Adds, by what was made and is not published yet. */
    static long tryAdd(Object made, int sequence, long cell, long delta) throws Throwable {
        return (long) ((MethodHandle[]) made)[sequence].invokeExact(cell, delta, area, cpus);
    }

    /** {@code regions}: where the per-CPU memory lies. */
    static void publish(Object made, long regions) throws Throwable {
        if ($Rseq.entersDirectly()) {
            append = makeAppend(regions);
            if (append == null && Runtime.version().feature() >= 22)
                $Rseq.tell("records are reserved before they are copied here: an array does not arrive as expected");
        }
        U.storeFence(); // who sees the handles sees what belongs to them
        handles = (MethodHandle[]) made;
    }

    /** Returns the handles, or why sequences must be entered by the linker. */
    private static Object makeDirect() {
        String vm = System.getProperty("java.vm.name", "");
        if (!vm.contains("Server VM")) return "this is " + vm; // on HotSpot's Zero even the probe would be the end
        try {
            MethodHandle probe = direct("probe", numbers(MOST));
            if ((long) probe.invokeExact(1L, 1L << 10, 1L << 20, 1L << 30, 1L << 40, 1L << 50)
                    != 1L + (2L << 10) + (4L << 20) + (8L << 30) + (16L << 40) + (32L << 50))
                return "arguments do not arrive as expected";
            MethodHandle[] made = new MethodHandle[$RseqSequences.SEQUENCES.length];
            for (int i = 0; i < made.length; i++)
                made[i] = direct($RseqSequences.SEQUENCES[i], numbers($RseqSequences.arguments(i)));
            return made;
        } catch (Throwable another) {
            return $Rseq.reason(another);
        }
    }

    /** The linker calls {@code enter}, whose first argument is the sequence's address. What a sequence does not take is 0. */
    private static MethodHandle[] makeByLinker() throws ReflectiveOperationException {
        MethodHandle enter = $Rseq.leaf(address0("enter"), "JAVA_LONG", 1 + MOST);
        MethodHandle[] made = new MethodHandle[$RseqSequences.SEQUENCES.length];
        for (int i = 0; i < made.length; i++) {
            int taken = $RseqSequences.arguments(i);
            Object[] others = new Object[MOST - taken];
            Arrays.fill(others, 0L);
            MethodHandle handle = MethodHandles.insertArguments(enter, 1 + taken, others);
            made[i] = MethodHandles.insertArguments(handle, 0, address0($RseqSequences.SEQUENCES[i]));
        }
        return made;
    }

    /** A handle that makes compiled code jump to the address. What is looked up was the same from 21 to 28. */
    private static MethodHandle direct(String sequence, MethodType type) throws ReflectiveOperationException {
        Class<?> entry = Class.forName("jdk.internal.foreign.abi.NativeEntryPoint");
        Class<?> access = Class.forName("jdk.internal.access.JavaLangInvokeAccess");
        if (entry.getDeclaredField("downcallStubAddress").getType() != long.class
                || entry.getDeclaredField("methodType").getType() != MethodType.class)
            throw new NoSuchFieldException("downcallStubAddress and methodType are not what they were");
        Object made = U.allocateInstance(entry); // not by its factory: that makes a stub, and frees it
        U.putReference(made, U.objectFieldOffset(entry, "methodType"), type);
        U.putLong(made, U.objectFieldOffset(entry, "downcallStubAddress"), address0(sequence));
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
    private static MethodHandle makeAppend(long regions) throws Throwable {
        MethodHandle probe;
        MethodHandle appending;
        try {
            probe = direct("probe", APPEND_TYPE.appendParameterTypes(long.class));
            appending = direct("append", APPEND_TYPE);
        } catch (ReflectiveOperationException before22) {
            return null;
        }
        if ((long) probe.invokeExact(1L, 1L << 10, 1L << 20, (Object) null, 1L << 40, 1L << 50)
                != 1L + (2L << 10) + (4L << 20) + (16L << 40) + (32L << 50)) return null;
        long bytes = $RseqSequences.BUFFER_DATA + CHECKED_CAPACITY;
        long buffer = $RseqMemory.allocate0(bytes);
        if (buffer < 0) return null;
        byte[] source = {0, 1, 2, 3, 4, 5, 6, 7, 8};
        long from = $RseqMemory.bytes() + 1;
        long status = $RseqSequences.UNAVAILABLE;
        for (int i = 0; i < CHECKS && status != $RseqSequences.COMMITTED; i++)
            status = (long) appending.invokeExact(buffer, CHECKED_CAPACITY, 8L, (Object) source, from);
        long arrived = 0;
        for (int cpu = 0; cpu < $Rseq.cpus(); cpu++) {
            long at = regions + ((long) cpu << $RseqMemory.STRIDE_SHIFT) + buffer;
            if (U.getLongVolatile(null, at) != 0)
                arrived = U.getLong(null, at + $RseqSequences.BUFFER_DATA + Long.BYTES);
        }
        $RseqMemory.free0(buffer, bytes);
        return status == $RseqSequences.COMMITTED && arrived == U.getLongUnaligned(source, from) ? appending : null;
    }

    // ---- natives: calls_jni.c
    // ------------------------------------------------------------------------------------------------

    private static native long address0(String sequence);

    private static native long area0();

    private static native long cpus0();
}
