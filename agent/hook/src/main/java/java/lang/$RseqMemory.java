/* SPDX-License-Identifier: Apache-2.0 */
package java.lang;

import java.util.Objects;
import jdk.internal.misc.Unsafe;
import jdk.internal.ref.CleanerFactory;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Stable;

/**
 * Per-CPU memory, as {@code io.rseq.internal.Commits} is woven to read and write it where that takes no sequence. There is none until {@code
 * $RseqOpening} has opened it.
 *
 * <p><b>Bounds.</b> Any code can call this class. What it passes can spoil per-CPU memory, and never touches any other.
 *
 * <p><b>Offsets</b>: as {@code Commits} has them.
 */
public final class $RseqMemory {
    /** From a place in one region to the same in the next; what lies between two regions is somebody else's. */
    static final int STRIDE_SHIFT = 28;

    static final long STRIDE = 1L << STRIDE_SHIFT;

    /** Of a region's bytes: decided before this class is defined, so that bounds are constants for compiled code. */
    static final int SHIFT = $Rseq.memoryShift();

    static final long REGION = 1L << SHIFT;
    static final long CELL = Long.BYTES;
    static final long CLOSABLE = 2 * CELL;
    static final long NONE = Long.MIN_VALUE;

    /** The bits that no offset of a cell has: one test for alignment and range. */
    static final long NO_CELL = -REGION | CELL - 1;

    private static final int CPUS = $Rseq.cpus();

    /** Whether {@link #NO_PLACE} is all that there is to ask about a place's CPU. */
    private static final boolean EVEN = Integer.bitCount(CPUS) == 1;

    /** The bits that no place has: above the CPUs' numbers, and between what is in a region and those. One test, as a lease feels each. */
    private static final long NO_PLACE = -(Long.highestOneBit(2L * CPUS - 1) << STRIDE_SHIFT) | STRIDE - REGION;

    /** Whether the log was told that the regions are full: once says it all. */
    private static volatile boolean toldFull;

    private static final Unsafe U = Unsafe.getUnsafe();

    /** Where a byte array's elements begin. */
    @Stable
    private static long bytes;

    /** The address of region 0; 0 until there is one. Set last. */
    @Stable
    private static long memory;

    private $RseqMemory() {}

    // ---- allocating
    // ----------------------------------------------------------------------------------------------------------

    /** Once they are open. NONE: the regions are full. */
    static long allocate(long bytes) {
        long offset = allocate0(bytes);
        if (offset >= 0) return offset;
        if (!toldFull) tellFull(bytes);
        return NONE;
    }

    static void free(long offset, long bytes) {
        if (memory == 0 || offset == NONE) return;
        if ((offset & NO_CELL) != 0 || bytes <= 0 || bytes > REGION - offset) throw outsideOf(offset, bytes);
        free0(offset, bytes);
    }

    public static long allocated() {
        return memory == 0 ? 0 : allocated0();
    }

    private static synchronized void tellFull(long bytes) {
        if (toldFull) return;
        $Rseq.tell("per-CPU memory is full: " + (allocated0() >> 10) + " of " + (REGION >> 10) + " KiB per CPU in use, "
                + bytes + " bytes more asked for; structures that find no room work on the heap, atomically and slower;"
                + (REGION == STRIDE ? "" : " set memory= to more than " + (REGION >> 20) + "m, or")
                + " make them smaller or fewer");
        toldFull = true;
    }

    // ---- reading and writing
    // -------------------------------------------------------------------------------------------------

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

    @ForceInline
    public static boolean setPlace(long place, boolean full) {
        long regions = memory;
        if (regions == 0 || (place & NO_PLACE) != 0 || !EVEN && place >>> STRIDE_SHIFT >= CPUS) return false;
        U.putByteRelease(null, regions + place, (byte) (full ? 1 : 0));
        return true;
    }

    /** The sum of what the closable cells of all CPUs held, which hold 0 then. */
    public static double takeDoubles(long offset) {
        if (memory == 0) return 0;
        long taken = takeDoubles0(closable(offset));
        tellOfRefusedFence();
        return Double.longBitsToDouble(taken);
    }

    /** The highest of what they held, unsigned. */
    public static long takeMax(long offset) {
        if (memory == 0) return 0;
        long taken = takeMax0(closable(offset));
        tellOfRefusedFence();
        return taken;
    }

    /* What was taken is in nobody else's hands: a shortage of heap or stack must not lose it. */
    private static void tellOfRefusedFence() {
        try {
            $RseqOpening.tellOfRefusedFence();
        } catch (VirtualMachineError shortage) {
            // the next fence tells of it
        }
    }

    private static long closable(long offset) {
        if (noClosable(offset)) throw outsideOf(offset, CLOSABLE);
        return offset;
    }

    /** Two words side by side, both with the bits of a cell: one test. */
    @ForceInline
    static boolean noClosable(long offset) {
        return ((offset | offset + CELL) & NO_CELL) != 0;
    }

    public static void copyOut(int cpu, long offset, byte[] target, int from, int length) {
        Objects.checkFromIndexSize(from, length, target.length);
        long regions = memory;
        if (regions == 0) return;
        if (offset < 0 || offset > REGION - length || noRegion(cpu)) throw outsideOf(offset, length);
        long start = regions + ((long) cpu << STRIDE_SHIFT) + offset;
        U.copyMemory(null, start, target, bytes + from, length);
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
        return ((long) cpu << STRIDE_SHIFT) + offset;
    }

    @DontInline
    private static IndexOutOfBoundsException outsideOf(long offset, long bytes) {
        return new IndexOutOfBoundsException(
                "rseq: " + bytes + " bytes at " + offset + " lie outside of a region of per-CPU memory");
    }

    // ---- for $RseqOpening
    // ----------------------------------------------------------------------------------------------------

    /** What must be there before any sequence can be called. */
    static void prepare() throws ReflectiveOperationException {
        bytes = Unsafe.class.getField("ARRAY_BYTE_BASE_OFFSET").getLong(null); // an int until JDK 24, then a long
        CleanerFactory.cleaner(); // what frees must be there before there is anything to free
    }

    static void open(long regions) {
        U.storeFence(); // who sees it sees what was prepared
        memory = regions;
    }

    /** Where a byte array's elements begin. */
    @ForceInline
    static long bytes() {
        return bytes;
    }

    // ---- natives: memory_jni.c
    // ------------------------------------------------------------------------------------------------

    static native long allocate0(long bytes);

    static native void free0(long offset, long bytes);

    private static native long allocated0();

    private static native long takeDoubles0(long offset);

    private static native long takeMax0(long offset);
}
