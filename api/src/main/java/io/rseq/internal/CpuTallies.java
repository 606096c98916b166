/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

/**
 * Tallies in per-CPU memory: what the values that were recorded on each CPU come to, in count, sum, lowest, highest and buckets. A sequence can commit
 * one store, and a value changes five words, so a tally has two <em>states</em>, and the count says by its lowest bit which of them is in force. A
 * sequence writes the other state, and commits by the count. A bucket's word would be a sixth. So the state names the bucket of the last value, and
 * says how many values that holds; the next sequence, or the thread that takes all, writes this number to the bucket's word, before all else. It writes
 * the same number however often it has to begin again.
 *
 * <p>Layout: a word that is not 0 while the tally is closed, the count, two states from byte 64 on, 64 bytes each (sum, lowest, highest, the bucket and
 * its number), and the buckets' words from byte 192 on. All is 0 where nothing was recorded.
 *
 * <p><b>Taking.</b> No other CPU can read a tally, let alone set it back, while values come. The thread that takes closes the tallies and fences, as
 * {@link CpuStacks} does. Then it has them for itself, adds up what they hold, leaves them all 0 and opens them by a store with release order. Doubles
 * can't be set back by subtracting a base, as counts can: 1e300 would take all digits of what follows, and what is infinite all of it. Meanwhile
 * sequences answer CLOSED.
 *
 * <p><b>Frames that vanish</b> ({@link LockedStack} says how). A tally is closed under the monitor of this object alone. The thread that has the monitor
 * and finds one closed finishes the work: what was only read is still whole there. What was already being emptied had been read, and goes with the frame
 * of the thread that had it in hand.
 */
public final class CpuTallies extends Turn {
    private static final long CLOSED = 0;
    private static final long COUNT = 8;
    private static final long STATES = 64;
    private static final long STATE = 64;
    private static final long BUCKETS = 192;

    private static final long SUM = 0;
    private static final long MIN = 8;
    private static final long MAX = 16;
    private static final long BUCKET = 24;
    private static final long TIMES = 32;

    /* What the closed word says. */
    private static final long OPEN = 0;
    private static final long READ = 1;
    private static final long EMPTIED = 2;

    /* Whether the kernel has the fence, without which nobody could take what is here. */
    private static final int UNKNOWN = 0;
    private static final int FENCED = 1;
    private static final int UNFENCED = 2;

    private final int buckets;
    private final long by;
    private final PerCpuMemory memory;
    private int fence;

    /* How many values were taken from each CPU. */
    private final long[] counted = new long[Limits.CPUS];

    /** {@code by}: added to what sequences are told. */
    public CpuTallies(int buckets, long by) {
        this.buckets = buckets;
        this.by = by;
        this.memory = new PerCpuMemory(BUCKETS + (long) Long.BYTES * buckets);
    }

    /** Returns what {@link Commits#tally} is told; of {@link PerCpuMemory#NONE} while there are no sequences, and where the kernel has no fence. */
    public long told() {
        long at = memory.acquire();
        if (at != PerCpuMemory.NONE && fence == UNKNOWN) fence = Commits.fence() ? FENCED : UNFENCED;
        return (fence == UNFENCED ? PerCpuMemory.NONE : at) + by;
    }

    /** Adds how many values were recorded on each CPU by a sequence. For the thread that has the monitor, after {@link #lockedGiveTo}. */
    public void lockedAddCounts(long[] counts) {
        for (int cpu = 0; cpu < counted.length; cpu++) counts[cpu] += counted[cpu];
    }

    /** Moves all values of all CPUs to {@code all}. For the thread that has the monitor. */
    public void lockedGiveTo(Tally all) {
        long at = memory.acquired();
        if (at == PerCpuMemory.NONE) return;
        int regions = Hook.regions();
        for (int cpu = 0; cpu < regions; cpu++) {
            if (Commits.get(cpu, at + CLOSED) == EMPTIED) empty(cpu, at);
            // nor is the memory of a CPU that never ran touched
            if (Commits.get(cpu, at + COUNT) != 0) Commits.put(cpu, at + CLOSED, READ);
        }
        boolean fenced = Commits.fenceAgain();
        for (int cpu = 0; cpu < regions; cpu++) {
            if (Commits.get(cpu, at + CLOSED) == OPEN) continue;
            if (fenced) giveClosedTo(all, cpu, at);
            else Commits.put(cpu, at + CLOSED, OPEN);
        }
    }

    private void giveClosedTo(Tally all, int cpu, long at) {
        long count = Commits.get(cpu, at + COUNT);
        if (count != 0) {
            long state = at + STATES + STATE * (count & 1);
            long last = Commits.get(cpu, state + BUCKET);
            Commits.put(cpu, at + BUCKETS + Long.BYTES * last, Commits.get(cpu, state + TIMES));
            for (int bucket = 0; bucket < buckets; bucket++)
                all.counts[bucket] += Commits.get(cpu, at + BUCKETS + (long) Long.BYTES * bucket);
            all.add(number(cpu, state + SUM), number(cpu, state + MIN), number(cpu, state + MAX));
            if (cpu < counted.length) counted[cpu] += count;
            Commits.put(cpu, at + CLOSED, EMPTIED);
        }
        empty(cpu, at);
    }

    private void empty(int cpu, long at) {
        for (long word = at + memory.bytes(); (word -= Long.BYTES) > at + CLOSED; ) {
            if (Commits.get(cpu, word) != 0) Commits.put(cpu, word, 0);
        }
        Commits.put(cpu, at + CLOSED, OPEN);
    }

    private static double number(int cpu, long offset) {
        return Double.longBitsToDouble(Commits.get(cpu, offset));
    }
}
