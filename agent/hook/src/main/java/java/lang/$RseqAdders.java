/* SPDX-License-Identifier: Apache-2.0 */
package java.lang;

import static java.lang.$RseqSequences.*;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.lang.reflect.Array;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import jdk.internal.misc.Unsafe;
import jdk.internal.ref.CleanerFactory;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;

/**
 * What the JDK's {@code LongAdder} and {@code DoubleAdder} call once they are rerouted ({@code adopt=adders}); the engine's {@code Adders} says where.
 *
 * <p><b>Promoted.</b> An adder whose first stage failed, or that has cells, gets per-CPU memory: a cell of 8 bytes, for doubles a closable one of 16.
 * The offset is put into {@code cellsBusy}, from 0, by compare-and-set: to code that is not rerouted that is a lock that somebody holds, so it makes no
 * cells and adds to {@code base}. 0 and 1 are the lock's own and no offsets here. {@code cells}, if it was null, becomes an empty array, so that the
 * first stage leads here from then on. Cells that were there stay and are summed. Until sequences are open, and where there is no room, an adder stays as
 * the JDK made it.
 *
 * <p><b>What it promises.</b> An adder's value is {@code base}, the JDK's cells and the CPUs' cells together. An add goes to exactly one of them: by a
 * sequence; after TRIES aborts, where the thread has no area, or where the CPU's cell is closed, to {@code base} by compare-and-set. {@code sum} reads
 * {@code base} first. Adds and sums are wait-free but for that compare-and-set, and nobody waits for a reset. Migration, preemption and the death of
 * threads: as {@code io.rseq.PerCpuCounter}. An add publishes nothing and orders nothing, where the JDK's compare-and-set is a full fence: of a thread
 * that adds and then reads a flag, and another that sets the flag and then sums, both may miss the other.
 *
 * <p><b>Resets of longs</b> set no CPU's cell back, since nobody writes another CPU's. They put {@code base} from {@code b} to minus the total {@code t}
 * that they read, by one compare-and-set. That takes {@code b + t} off the value, whatever was added or reset since {@code t} was read, so each add is
 * in exactly one result.
 *
 * <p><b>Resets of doubles</b> can't subtract: a cell that has seen 1e300 would swallow what is small, and one that has seen an infinity, everything.
 * They take what is in the CPUs' cells, each of which is closed meanwhile, for the time of a membarrier(2), and exchange {@code base} for 0. Each add is
 * in exactly one result, up to the rounding of the additions, also where several reset at once ({@code closable_cells.h} says how). A cell is closed
 * and opened inside of one native call, so no error of the VM leaves one closed; what a resetter had taken when its frame went is lost with it, as the
 * JDK's is. Where the kernel has no such membarrier (before 5.10), {@code DoubleAdder}s stay as the JDK made them.
 *
 * <p><b>Memory.</b> It is given back by the JDK's cleaner when the adder is unreachable; while an add runs, it is reachable. A subclass that can be cloned is
 * left alone: its clone would have the same memory, and outlive it.
 *
 * <p>Any code can call this class. The types of adders are what guards memory: what else is passed can spoil per-CPU memory, and touches no other.
 */
public final class $RseqAdders {
    private static final int LOCKED = 1;

    private static final Unsafe U = Unsafe.getUnsafe();
    private static final Class<?> STRIPED = striped("");
    private static final long BASE = U.objectFieldOffset(STRIPED, "base");
    private static final long CELLS = U.objectFieldOffset(STRIPED, "cells");
    private static final long BUSY = U.objectFieldOffset(STRIPED, "cellsBusy");
    private static final Object NO_CELLS = Array.newInstance(striped("$Cell"), 0);

    /** Whether adders may be promoted: sequences are open. Volatile, so that who sees an offset sees the memory. */
    private static volatile boolean open;

    /** Whether adders of doubles may be: the kernel has the fence that their resets need. */
    private static volatile boolean fenced;

    /** There was no room, of whatever kind, just now. Cleared a while later: not each add may ask. */
    private static volatile boolean paused;

    private $RseqAdders() {}

    // ---- for the engine
    // ------------------------------------------------------------------------------------------------------

    /** Initialises this class, as long as there are heap and stack for it, and checks that the fields are of the types expected. */
    public static void prepare() throws ReflectiveOperationException {
        if (STRIPED.getDeclaredField("base").getType() != long.class
                || STRIPED.getDeclaredField("cellsBusy").getType() != int.class
                || STRIPED.getDeclaredField("cells").getType() != NO_CELLS.getClass())
            throw new NoSuchFieldException("Striped64's fields are not what they were");
        CleanerFactory.cleaner();
    }

    /** Opens sequences if nobody has, and lets adders be promoted, again. */
    public static void open() {
        if (!open && $RseqCommits.available()) {
            fenced = $RseqCommits.fence();
            if (!fenced)
                $Rseq.tell(
                        "adopt=adders leaves DoubleAdders as they are: this kernel has no membarrier(2) for sequences"
                                + " (Linux 5.10 has)");
            open = true;
        }
        paused = false;
    }

    private static Class<?> striped(String nested) {
        try {
            return Class.forName("java.util.concurrent.atomic.Striped64" + nested, false, null);
        } catch (ClassNotFoundException another) {
            throw new NoClassDefFoundError(another.getMessage());
        }
    }

    // ---- adding
    // --------------------------------------------------------------------------------------------------------------

    /** Whether it was added: otherwise the JDK's way is what is left. {@code busy}: the field, just now. */
    @ForceInline
    public static boolean add(LongAdder adder, int busy, long x) throws Throwable {
        if (busy <= LOCKED) return mayPromote(busy) && promote(adder, $RseqMemory.CELL) && addAgain(adder, false, x);
        if ($RseqCommits.add(busy, x) != COMMITTED) addAgain(adder, false, x);
        Reference.reachabilityFence(adder);
        return true;
    }

    /** The same. */
    @ForceInline
    public static boolean add(DoubleAdder adder, int busy, double x) throws Throwable {
        if (busy <= LOCKED)
            return mayPromote(busy) && fenced && promote(adder, $RseqMemory.CLOSABLE) && addAgain(adder, true, bits(x));
        if ($RseqCommits.addDouble(busy, x) != COMMITTED) addAgain(adder, true, bits(x));
        Reference.reachabilityFence(adder);
        return true;
    }

    /** Out of line: after an abort, on a thread without an area, where the cell is closed, or when just promoted. {@code x}: a double's bits. */
    @DontInline
    private static boolean addAgain(Object adder, boolean isDouble, long x) throws Throwable {
        boolean registered = false;
        for (int tries = 1; tries < TRIES; tries++) {
            int busy = U.getIntVolatile(adder, BUSY);
            if (busy <= LOCKED) break;
            long status = isDouble ? $RseqCommits.addDouble(busy, number(x)) : $RseqCommits.add(busy, x);
            Reference.reachabilityFence(adder);
            if (status == COMMITTED) return true;
            if (status == RESTARTED) continue;
            if (status == CLOSED || registered || !$RseqOpening.register()) break;
            registered = true;
        }
        long now;
        do now = U.getLongVolatile(adder, BASE);
        while (!U.compareAndSetLong(adder, BASE, now, isDouble ? bits(number(now) + number(x)) : now + x));
        return true;
    }

    private static double number(long bits) {
        return Double.longBitsToDouble(bits);
    }

    private static long bits(double number) {
        return Double.doubleToRawLongBits(number);
    }

    // ---- summing
    // -------------------------------------------------------------------------------------------------------------

    /** {@code base}, and what the CPUs have. */
    public static long base(LongAdder adder) {
        long base = U.getLongVolatile(adder, BASE);
        return base + total(adder, U.getIntVolatile(adder, BUSY));
    }

    /** Takes from the value what {@code base} and the CPUs have, and says how much that was. */
    public static long takeBase(LongAdder adder) {
        while (true) {
            long base = U.getLongVolatile(adder, BASE);
            long total = total(adder, U.getIntVolatile(adder, BUSY));
            if (U.compareAndSetLong(adder, BASE, base, -total)) return base + total;
        }
    }

    /** For {@code reset}. */
    public static void reset(LongAdder adder) {
        takeBase(adder);
    }

    /** {@code base}, and what the CPUs have: the bits of the sum, as {@code base} has bits. */
    public static long base(DoubleAdder adder) {
        double sum = number(U.getLongVolatile(adder, BASE));
        int busy = U.getIntVolatile(adder, BUSY);
        for (int cpu = $Rseq.cpus() - 1; busy > LOCKED && cpu >= 0; cpu--) sum += number($RseqMemory.get(cpu, busy));
        Reference.reachabilityFence(adder);
        return bits(sum);
    }

    /** The same, of which nothing is left. */
    public static long takeBase(DoubleAdder adder) {
        int busy = U.getIntVolatile(adder, BUSY);
        double taken = busy <= LOCKED ? 0 : $RseqMemory.takeDoubles(busy);
        Reference.reachabilityFence(adder);
        return bits(number(U.getAndSetLong(adder, BASE, 0)) + taken);
    }

    /** For {@code reset}. */
    public static void reset(DoubleAdder adder) {
        takeBase(adder);
    }

    private static long total(LongAdder adder, int busy) {
        if (busy <= LOCKED) return 0;
        long total = 0;
        for (int cpu = $Rseq.cpus() - 1; cpu >= 0; cpu--) total += $RseqMemory.get(cpu, busy);
        Reference.reachabilityFence(adder);
        return total;
    }

    // ---- promoting
    // -----------------------------------------------------------------------------------------------------------

    @ForceInline
    private static boolean mayPromote(int busy) {
        return busy == 0 && open && !paused;
    }

    /**
     * Whether the adder is promoted by now. Throws nothing for want of heap or stack: the JDK's way is still there. The adder is an Object here, so that
     * to verify this class loads no adder: it may be the class that is being loaded.
     */
    @DontInline
    private static boolean promote(Object adder, long bytes) {
        if (adder instanceof Cloneable) return false;
        try {
            return putOffset(adder, bytes) || U.getIntVolatile(adder, BUSY) > LOCKED;
        } catch (OutOfMemoryError | StackOverflowError shortage) {
            paused = true;
            return false;
        }
    }

    /** Puts the offset of memory of its own into {@code cellsBusy}, if that is still 0. */
    private static boolean putOffset(Object adder, long bytes) {
        long offset = allocate(bytes);
        if (offset == $RseqMemory.NONE) {
            paused = true;
            return false;
        }
        $RseqAllocation allocation = new $RseqAllocation(offset, bytes);
        Cleaner.Cleanable cleanable = null;
        boolean put = false;
        try {
            cleanable = CleanerFactory.cleaner().register(adder, allocation);
            put = U.compareAndSetInt(adder, BUSY, 0, (int) offset);
        } finally {
            if (cleanable != null && !put) cleanable.clean();
            else if (!put) allocation.run(); // once: an exception may have come when the cleaner had it already
        }
        if (put) U.compareAndSetReference(adder, CELLS, null, NO_CELLS);
        return put;
    }

    /** Offsets 0 and 1 mean something else: who gets the former keeps it for good. */
    private static long allocate(long bytes) {
        long offset = $RseqMemory.allocate(bytes);
        return offset == 0 ? $RseqMemory.allocate(bytes) : offset;
    }
}
