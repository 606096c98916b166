/* SPDX-License-Identifier: Apache-2.0 */
package java.lang;

import java.util.Objects;
import jdk.internal.misc.Unsafe;
import jdk.internal.ref.CleanerFactory;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Stable;

/**
 * Per-CPU memory, as {@code io.rseq.internal.Commits} is woven to ask for it, and to read and write it where that takes no sequence. There is
 * none until {@code $RseqCommits} has opened it.
 *
 * <p><b>Bounds.</b> Any code can call this class. What it passes can spoil per-CPU memory, and never touches any other.
 *
 * <p><b>Offsets</b>: as {@code Commits} has them.
 */
public final class $RseqMemory {
    static final int REGION_SHIFT = 28;
    static final long REGION = 1L << REGION_SHIFT;
    static final long CELL = Long.BYTES;
    static final long NONE = Long.MIN_VALUE;

    /** The bits that no offset of a cell has: one test for alignment and range. */
    static final long NO_CELL = -REGION | CELL - 1;

    private static final int LONGEST_PAUSE_MS = 256;

    /** Whether somebody waits for memory that others no longer use. */
    private static volatile boolean waiting;

    /** How often somebody did in vain. */
    private static volatile int failures;

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

    public static long allocate(long bytes) {
        if (bytes <= 0) throw new IllegalArgumentException("rseq: " + bytes + " bytes of per-CPU memory");
        if (!$RseqCommits.available()) return NONE;
        long offset = waiting ? NONE : tryAllocate(bytes); // nobody passes who waits
        return offset == NONE ? allocateWhenOthersAreFreed(bytes) : offset;
    }

    public static long tryAllocate(long bytes) {
        long offset = $RseqCommits.available() ? allocate0(bytes) : NONE;
        return offset < 0 ? NONE : offset;
    }

    public static void freeWith(Object owner, long offset, long bytes) {
        if (memory != 0 && offset != NONE) CleanerFactory.cleaner().register(owner, new $RseqAllocation(offset, bytes));
    }

    public static void free(long offset, long bytes) {
        if (memory == 0 || offset == NONE) return;
        if ((offset & NO_CELL) != 0 || bytes <= 0 || bytes > REGION - offset) throw outsideOf(offset, bytes);
        free0(offset, bytes);
    }

    public static long allocated() {
        return memory == 0 ? 0 : allocated0();
    }

    /**
     * What is no longer used is freed by cleaners, after a collection: as for direct buffers, ask for one before giving up. One thread at a time:
     * what was freed is for the first that waits, and who comes later may find enough without another collection. Who waits while another
     * gives up does not find more in half a second of its own.
     */
    @DontInline
    private static long allocateWhenOthersAreFreed(long bytes) {
        long offset = inTurn(bytes, failures);
        if (offset == NONE) throw full(bytes);
        return offset;
    }

    /** A monitor, which is given up even where the stack overflows. */
    private static synchronized long inTurn(long bytes, int failuresBefore) {
        long offset = tryAllocate(bytes);
        if (offset != NONE || failures != failuresBefore || bytes > REGION) return offset;
        waiting = true;
        try {
            offset = collectAndAllocate(bytes);
        } finally {
            waiting = false;
        }
        if (offset == NONE) failures++;
        return offset;
    }

    /** More than once: what was let go of after the first collection is no less free. */
    private static long collectAndAllocate(long bytes) {
        boolean interrupted = false;
        long offset = NONE;
        for (int pause = 1; offset == NONE && pause <= LONGEST_PAUSE_MS; pause *= 2) {
            if (pause == 1 || pause == LONGEST_PAUSE_MS / 16 || pause == LONGEST_PAUSE_MS) System.gc();
            interrupted |= interruptedIn(pause);
            offset = tryAllocate(bytes);
        }
        if (interrupted) Thread.currentThread().interrupt();
        return offset;
    }

    private static OutOfMemoryError full(long bytes) {
        return new OutOfMemoryError("rseq: per-CPU memory is full: " + (allocated0() >> 20) + " of " + (REGION >> 20)
                + " MiB per CPU in use, " + bytes
                + " bytes more asked for; make structures smaller or fewer, or let go of those that are done with");
    }

    private static boolean interruptedIn(long pause) {
        try {
            Thread.sleep(pause);
            return false;
        } catch (InterruptedException later) {
            return true;
        }
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
        if (regions == 0 || place >>> REGION_SHIFT > $Rseq.cpus()) return false;
        U.putByteRelease(null, regions + place, (byte) (full ? 1 : 0));
        return true;
    }

    public static void copyOut(int cpu, long offset, byte[] target, int from, int length) {
        Objects.checkFromIndexSize(from, length, target.length);
        long regions = memory;
        if (regions == 0) return;
        if (offset < 0 || offset > REGION - length || noRegion(cpu)) throw outsideOf(offset, length);
        long start = regions + ((long) cpu << REGION_SHIFT) + offset;
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
        return ((long) cpu << REGION_SHIFT) + offset;
    }

    @DontInline
    private static IndexOutOfBoundsException outsideOf(long offset, long bytes) {
        return new IndexOutOfBoundsException(
                "rseq: " + bytes + " bytes at " + offset + " lie outside of a region of per-CPU memory");
    }

    // ---- for $RseqCommits
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
}
