/* SPDX-License-Identifier: Apache-2.0 */
package java.lang;

import static java.lang.$RseqSequences.*;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.lang.reflect.Array;
import java.util.concurrent.atomic.LongAdder;
import jdk.internal.misc.Unsafe;
import jdk.internal.ref.CleanerFactory;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;

/**
 * What the JDK's {@code LongAdder} calls once it is rerouted ({@code adopt=adders}); the engine's {@code Adders} says where.
 *
 * <p><b>Promoted.</b> An adder whose first stage failed, or that has cells, gets 8 bytes of per-CPU memory. Their offset is put into {@code
 * cellsBusy}, from 0, by compare-and-set: to code that is not rerouted that is a lock that somebody holds, so it makes no cells and adds to {@code
 * base}. 0 and 1 are the lock's own and no offsets here. {@code cells}, if it was null, becomes an empty array, so that the first stage leads here from
 * then on. Cells that were there stay and are summed. Until sequences are open, and where there is no room, an adder stays as the JDK made it.
 *
 * <p><b>What it promises.</b> Its value is {@code base}, the JDK's cells and the CPUs' cells together. An add goes to exactly one of them: by a sequence; after TRIES
 * aborts, or where the thread has no area, to {@code base} by compare-and-set. {@code sum} reads {@code base} first. {@code reset} and {@code
 * sumThenReset} set no CPU's cell back, since nobody writes another CPU's. They put {@code base} from {@code b} to minus the total {@code t} that they
 * read, by one compare-and-set. That takes {@code b + t} off the value, whatever was added or reset since {@code t} was read, so each add is in exactly one result. Migration, preemption and the
 * death of threads: as {@code io.rseq.PerCpuCounter}. An add
 * publishes nothing and orders nothing, where the JDK's compare-and-set is a full fence: of a thread that adds and then reads a flag, and another that sets the
 * flag and then sums, both may miss the other.
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
        if ($RseqCommits.available()) open = true;
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
        if (busy <= LOCKED) return mayPromote(busy) && promote(adder) && addAgain(adder, x);
        if ($RseqCommits.add(busy, x) != COMMITTED) addAgain(adder, x);
        Reference.reachabilityFence(adder);
        return true;
    }

    /** Out of line: after an abort, on a thread without an area, or when just promoted. */
    @DontInline
    private static boolean addAgain(LongAdder adder, long x) throws Throwable {
        boolean registered = false;
        for (int tries = 1; tries < TRIES; tries++) {
            int busy = U.getIntVolatile(adder, BUSY);
            if (busy <= LOCKED) break;
            long status = $RseqCommits.add(busy, x);
            Reference.reachabilityFence(adder);
            if (status == COMMITTED) return true;
            if (status == RESTARTED) continue;
            if (registered || !$RseqOpening.register()) break;
            registered = true;
        }
        long now;
        do now = U.getLongVolatile(adder, BASE);
        while (!U.compareAndSetLong(adder, BASE, now, now + x));
        return true;
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
    private static boolean promote(Object adder) {
        if (adder instanceof Cloneable) return false;
        try {
            return putOffset(adder) || U.getIntVolatile(adder, BUSY) > LOCKED;
        } catch (OutOfMemoryError | StackOverflowError shortage) {
            paused = true;
            return false;
        }
    }

    /** Puts the offset of memory of its own into {@code cellsBusy}, if that is still 0. */
    private static boolean putOffset(Object adder) {
        long offset = allocate();
        if (offset == $RseqMemory.NONE) {
            paused = true;
            return false;
        }
        $RseqAllocation allocation = new $RseqAllocation(offset, Long.BYTES);
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
    private static long allocate() {
        long offset = $RseqMemory.allocate(Long.BYTES);
        return offset == 0 ? $RseqMemory.allocate(Long.BYTES) : offset;
    }
}
