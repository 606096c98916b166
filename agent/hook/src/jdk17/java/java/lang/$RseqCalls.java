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
 * How Java code enters a sequence on JDK 17, whose linker is an incubator's and needs an option on the command line. The form for later ones
 * (src/main) has the same name, and says what else there is to say.
 *
 * <p><b>Directly.</b> 17's {@code MethodHandle.linkToNative} takes an address, numbers, and a {@code NativeEntryPoint}
 * that names a register for each number. C2, where address and entry point are constants, makes of that a call of the address, as of a function
 * in C (callGenerator.cpp; graphKit.cpp, make_native_call), with registers kept across it. The interpreter and C1 call the
 * <i>fallback</i> that the handle was made with. So the check at the opening sees the fallback only, and what C2 does
 * rests on the entry point's class being what it was when 17 was made: its fields' types are looked at, and registers are named by its own
 * encoder. The registers are those where Java's convention has its arguments, although it is C2 that calls.
 *
 * <p><b>By native methods</b>, which are the fallback: they leave and enter Java's state, and are all that there is with {@code entry=linker}, where
 * only C1 compiles, and where the entry point's class looks otherwise.
 */
final class $RseqCalls {
    /** Not asked of the system's properties, which a security manager may keep from the caller that makes the first structure. */
    private static final boolean ON_X86 = !"aarch64".equals(VM.getSavedProperty("os.arch"));

    /** Where Java's calling convention has its first six numbers, in HotSpot's numbering (register_x86.hpp, register_aarch64.hpp). */
    private static final int[] REGISTERS_X86_64 = {6, 2, 1, 8, 9, 7};

    private static final int[] REGISTERS_AARCH64 = {1, 2, 3, 4, 5, 6};

    /** Where the answer is, on both. */
    private static final int ANSWER = 0;

    /** The kind of register that numbers are in, on both (vmreg_x86.inline.hpp, vmreg_aarch64.inline.hpp). */
    private static final int INTEGER = 0;

    private static final Unsafe U = Unsafe.getUnsafe();

    /** By {@code $RseqSequences}' numbers. */
    @Stable
    private static long[] addresses;

    /** Of so many numbers, behind an address. Null where native methods are all that there is. */
    @Stable
    private static MethodHandle four;

    @Stable
    private static MethodHandle five;

    @Stable
    private static MethodHandle six;

    /** The thread's area - its thread pointer, bytes; never 0. */
    @Stable
    private static long area;

    @Stable
    private static long cpus;

    private $RseqCalls() {}

    // ---- the calls
    // -----------------------------------------------------------------------------------------------------------

    @ForceInline
    static long call(int sequence, long a, long b) throws Throwable {
        long[] all = addresses;
        if (all == null) return $RseqSequences.UNAVAILABLE;
        MethodHandle handle = four;
        return handle == null
                ? four0(all[sequence], a, b, area(), cpus())
                : (long) handle.invokeExact(all[sequence], a, b, area(), cpus());
    }

    @ForceInline
    static long call(int sequence, long a, long b, long c) throws Throwable {
        long[] all = addresses;
        if (all == null) return $RseqSequences.UNAVAILABLE;
        MethodHandle handle = five;
        return handle == null
                ? five0(all[sequence], a, b, c, area(), cpus())
                : (long) handle.invokeExact(all[sequence], a, b, c, area(), cpus());
    }

    @ForceInline
    static long call(int sequence, long a, long b, long c, long d) throws Throwable {
        long[] all = addresses;
        if (all == null) return $RseqSequences.UNAVAILABLE;
        MethodHandle handle = six;
        return handle == null
                ? six0(all[sequence], a, b, c, d, area(), cpus())
                : (long) handle.invokeExact(all[sequence], a, b, c, d, area(), cpus());
    }

    /** No array can be passed. */
    @ForceInline
    static long append(long offset, long capacity, long length, Object source, long from) {
        return $RseqSequences.UNAVAILABLE;
    }

    /** A thread may see the addresses before it sees this field. A load fence makes the field visible. */
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

    /** Makes what {@link #tryAdd} calls, and {@link #publish} publishes. */
    static Object make() {
        area = area0();
        cpus = cpus0();
        long[] all = new long[$RseqSequences.SEQUENCES.length];
        for (int i = 0; i < all.length; i++) all[i] = address0($RseqSequences.SEQUENCES[i]);
        return all;
    }

    /** Adds, by what was made and is not published yet. */
    static long tryAdd(Object made, int sequence, long cell, long delta) {
        return four0(((long[]) made)[sequence], cell, delta, area, cpus);
    }

    static void publish(Object made, long regions) {
        if ($Rseq.entersDirectly() && !onlyC1()) openDirect();
        U.storeFence(); // who sees the addresses sees what belongs to them
        addresses = (long[]) made;
    }

    /** As with -XX:TieredStopAtLevel=1: there a handle leads to the native method all the same, by a longer way. */
    private static boolean onlyC1() {
        return System.getProperty("java.vm.info", "").contains("emulated-client");
    }

    private static void openDirect() {
        String refusal;
        try {
            String vm = System.getProperty("java.vm.name", "");
            MethodHandle[] handles = vm.contains("Server VM") ? handles() : null;
            if (handles != null) {
                U.storeFence(); // who sees a handle sees what it refers to
                four = handles[0];
                five = handles[1];
                six = handles[2];
                return;
            }
            refusal = "this is " + vm;
        } catch (Throwable another) {
            refusal = $Rseq.reason(another);
        }
        $Rseq.enterOtherwise("native methods", refusal);
    }

    /** Of four to six numbers, behind an address. */
    private static MethodHandle[] handles() throws ReflectiveOperationException {
        Class<?> entry = Class.forName("jdk.internal.invoke.NativeEntryPoint");
        Class<?> access = Class.forName("jdk.internal.access.JavaLangInvokeAccess");
        Method make = access.getMethod("nativeMethodHandle", entry, MethodHandle.class);
        long[] registers = registers(entry);
        String[] fallbacks = {"four0", "five0", "six0"};
        MethodHandle[] handles = new MethodHandle[fallbacks.length];
        for (int i = 0; i < handles.length; i++) {
            int numbers = 4 + i;
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
            MethodHandle fallback = MethodHandles.lookup().findStatic($RseqCalls.class, fallbacks[i], type);
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

    // ---- natives: calls_jni.c
    // ------------------------------------------------------------------------------------------------

    private static native long address0(String sequence);

    private static native long area0();

    private static native long cpus0();

    private static native long four0(long address, long a, long b, long c, long d);

    private static native long five0(long address, long a, long b, long c, long d, long e);

    private static native long six0(long address, long a, long b, long c, long d, long e, long f);
}
