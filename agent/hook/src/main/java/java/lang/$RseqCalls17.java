/* SPDX-License-Identifier: Apache-2.0 */
package java.lang;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Arrays;
import jdk.internal.access.SharedSecrets;
import jdk.internal.misc.Unsafe;
import jdk.internal.misc.VM;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Stable;

/**
 * {@code $RseqCalls} on JDK 17, whose linker is an incubator's, not to be had without an option on the command line. Two ways, the second over
 * the first:
 *
 * <p><b>Critical natives.</b> HotSpot 17 can compile a native method as a critical one, called without thread-state transition, if its library
 * exports a function {@code JavaCritical_NAME} and the flag CriticalJNINatives is on at the moment when it makes the method's wrapper. Here those
 * are three, by how many numbers they take; the address that comes first tells which sequence is meant. On x86-64 alone: on aarch64 HotSpot 17
 * aborts instead (sharedRuntime_aarch64.cpp), so there the flag is not touched, and the three are ordinary native methods.
 *
 * <p><b>Direct</b>, unless {@code entry=linker}. 17's {@code MethodHandle.linkToNative} takes an address, numbers, and a {@code NativeEntryPoint}
 * that names a register for each number. C2, where address and entry point are constants, makes of that a call of the address, as of a function
 * in C (callGenerator.cpp; graphKit.cpp, make_native_call): without wrapper, with registers kept across it. The interpreter and C1 call the
 * <i>fallback</i> that the handle was made with, here the native method. So the check at the opening sees the fallback only, and what C2 does
 * rests on the entry point's class being what it was when 17 was made: its fields' types are looked at, and registers are named by its own
 * encoder.
 *
 * <p>Addresses, and the registers that they want, are those of {@code $RseqCalls}: Java's, although it is C2 that calls. Handles and addresses are
 * {@code @Stable}: constants for C2.
 */
final class $RseqCalls17 {
    /** Not asked of the system's properties, which a security manager may keep from whoever makes the first structure. */
    private static final boolean ON_X86 = !"aarch64".equals(VM.getSavedProperty("os.arch"));

    /** Where Java's calling convention has its first five numbers, in HotSpot's numbering (register_x86.hpp, register_aarch64.hpp). */
    private static final int[] REGISTERS_X86_64 = {6, 2, 1, 8, 9};

    private static final int[] REGISTERS_AARCH64 = {1, 2, 3, 4, 5};

    /** Where the answer is, on both. */
    private static final int ANSWER = 0;

    /** The kind of register that numbers are in, on both (vmreg_x86.inline.hpp, vmreg_aarch64.inline.hpp). */
    private static final int INTEGER = 0;

    /** Calls. HotSpot 17 makes the wrapper after some hundred. */
    private static final int WRAPPED_AFTER_AT_MOST = 20_000;

    private static final Unsafe U = Unsafe.getUnsafe();

    /** By {@code $RseqCalls}' numbers. */
    @Stable
    private static long[] addresses;

    @Stable
    private static MethodHandle three;

    @Stable
    private static MethodHandle four;

    @Stable
    private static MethodHandle five;

    private $RseqCalls17() {}

    // ---- the calls
    // -----------------------------------------------------------------------------------------------------------

    @ForceInline
    static long call(int number, long a, long b, long c) throws Throwable {
        MethodHandle handle = three;
        long address = address(number);
        if (handle == null) return three1(address, a, b, c);
        return (long) handle.invokeExact(address, a, b, c);
    }

    @ForceInline
    static long call(int number, long a, long b, long c, long d) throws Throwable {
        MethodHandle handle = four;
        long address = address(number);
        if (handle == null) return four1(address, a, b, c, d);
        return (long) handle.invokeExact(address, a, b, c, d);
    }

    @ForceInline
    static long call(int number, long a, long b, long c, long d, long e) throws Throwable {
        MethodHandle handle = five;
        long address = address(number);
        if (handle == null) return five1(address, a, b, c, d, e);
        return (long) handle.invokeExact(address, a, b, c, d, e);
    }

    /** Who sees that {@code $RseqCalls} is open may yet see nothing here, but not behind a fence. */
    @ForceInline
    private static long address(int number) {
        long[] all = addresses;
        if (all == null) all = published();
        return all[number];
    }

    @DontInline
    private static long[] published() {
        U.loadFence();
        return addresses;
    }

    // ---- opening
    // -------------------------------------------------------------------------------------------------------------

    /** Before there is per-CPU memory. Returns null, or why sequences are not to be had. */
    static String prepare() {
        if (ON_X86) return compileCritical();
        if (!$Rseq.entersDirectly()) return "HotSpot 17 has no critical natives but on x86-64; leave out entry=linker";
        return onlyC1()
                ? "HotSpot 17 has no critical natives but on x86-64, and C2, which can do without, is switched off"
                : null;
    }

    /**
     * HotSpot makes a method's wrapper in the caller's own thread, after some calls that the interpreter counted. So the flag is on for that long
     * alone, and each method is called as often as {@code critical1}, which says whether it is one, and as much again; with no sequence's address,
     * they do nothing.
     */
    private static String compileCritical() {
        int needed = 0;
        boolean before = criticalFlag0(true);
        try {
            while (needed < WRAPPED_AFTER_AT_MOST && critical1() == 0) needed++;
            if (needed == WRAPPED_AFTER_AT_MOST)
                return "this JVM does not make critical natives; try -XX:+CriticalJNINatives";
            for (int i = 0; i < 2 * needed + 1024; i++) {
                three1(0, 0, 0, 0);
                four1(0, 0, 0, 0, 0);
                five1(0, 0, 0, 0, 0, 0);
            }
            return null;
        } finally {
            if (!before) criticalFlag0(false);
        }
    }

    /** {@code sequences}: how many there are. Returns null, or why they can't be called. */
    static String open(int sequences) {
        long[] all = new long[sequences];
        for (int i = 0; i < sequences; i++) all[i] = $RseqCalls.address0(i, true);
        addresses = all;
        if (!$Rseq.entersDirectly() || onlyC1()) return null;
        String refusal = openDirect();
        if (refusal == null || !ON_X86) return refusal;
        $Rseq.enterOtherwise("critical natives alone", refusal);
        return null;
    }

    /** As with -XX:TieredStopAtLevel=1: there a handle leads to the critical native all the same, by a longer way. */
    private static boolean onlyC1() {
        return System.getProperty("java.vm.info", "").contains("emulated-client");
    }

    /** Returns null, or why C2 must call critical natives. */
    private static String openDirect() {
        String vm = $RseqCalls.otherVm();
        if (vm != null) return vm;
        try {
            MethodHandle[] handles = handles();
            U.storeFence(); // who sees a handle sees what it refers to
            three = handles[0];
            four = handles[1];
            five = handles[2];
            return null;
        } catch (Throwable another) {
            return $Rseq.reason(another);
        }
    }

    /** Of three to five numbers, behind an address. */
    private static MethodHandle[] handles() throws ReflectiveOperationException {
        Class<?> entry = Class.forName("jdk.internal.invoke.NativeEntryPoint");
        Class<?> access = Class.forName("jdk.internal.access.JavaLangInvokeAccess");
        Method make = access.getMethod("nativeMethodHandle", entry, MethodHandle.class);
        long[] registers = registers(entry);
        String[] fallbacks = {"three1", "four1", "five1"};
        MethodHandle[] handles = new MethodHandle[fallbacks.length];
        for (int i = 0; i < handles.length; i++) {
            int numbers = 3 + i;
            Class<?>[] parameters = new Class<?>[1 + numbers];
            Arrays.fill(parameters, long.class);
            MethodType type = MethodType.methodType(long.class, parameters);
            Object made = U.allocateInstance(entry); // no transition, no shadow space: false and 0
            put(entry, made, "methodType", MethodType.class, type);
            put(entry, made, "argMoves", long[].class, Arrays.copyOfRange(registers, 1, 1 + numbers));
            put(entry, made, "returnMoves", long[].class, Arrays.copyOf(registers, 1));
            put(entry, made, "name", String.class, "rseq");
            if (entry.getDeclaredField("needTransition").getType() != boolean.class)
                throw new NoSuchFieldException("needTransition is not what it was");
            U.storeFence();
            MethodHandle fallback = MethodHandles.lookup().findStatic($RseqCalls17.class, fallbacks[i], type);
            handles[i] = (MethodHandle) make.invoke(SharedSecrets.getJavaLangInvokeAccess(), made, fallback);
        }
        return handles;
    }

    private static void put(Class<?> entry, Object made, String field, Class<?> type, Object value)
            throws NoSuchFieldException {
        if (entry.getDeclaredField(field).getType() != type)
            throw new NoSuchFieldException(field + " is not what it was");
        U.putReference(made, U.objectFieldOffset(entry, field), value);
    }

    /** That of the answer, then those of the numbers, as the VM numbers them. */
    private static long[] registers(Class<?> entry) throws ReflectiveOperationException {
        Method encode = entry.getDeclaredMethod("vmStorageToVMReg", int.class, int.class);
        encode.setAccessible(true);
        int[] numbers = ON_X86 ? REGISTERS_X86_64 : REGISTERS_AARCH64;
        long[] registers = new long[1 + numbers.length];
        registers[0] = (long) encode.invoke(null, INTEGER, ANSWER);
        for (int i = 0; i < numbers.length; i++) registers[1 + i] = (long) encode.invoke(null, INTEGER, numbers[i]);
        return registers;
    }

    // ---- natives: calls17_jni.c; those that end in 1 may be critical
    // ---------------------------------------------------------------------------------------------------------------

    private static native boolean criticalFlag0(boolean on);

    private static native long critical1();

    private static native long three1(long address, long a, long b, long c);

    private static native long four1(long address, long a, long b, long c, long d);

    private static native long five1(long address, long a, long b, long c, long d, long e);
}
