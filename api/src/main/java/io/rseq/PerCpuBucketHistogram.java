/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.Commits;
import io.rseq.internal.CpuTallies;
import io.rseq.internal.HeapTallies;
import io.rseq.internal.StackRoom;
import io.rseq.internal.Tally;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * A histogram of doubles with the bounds that its user names, that many threads record into, and whose count, sum, minimum, maximum and buckets are
 * always those of the same values: what Prometheus calls a classic histogram, and OpenTelemetry one with explicit buckets.
 *
 * <p><b>Progress.</b> {@code record} is wait-free under sequences, but for the memory that first calls may allocate; where there are none it is
 * lock-free. It never waits for a snapshot. Snapshots wait for each other: one at a time reads the CPUs.
 *
 * <p><b>Memory ordering.</b> To record publishes nothing. What was recorded <em>before</em> a snapshot (by a join, a lock, a future) is in it, or in one
 * that took it earlier.
 *
 * <p><b>While writers run,</b> a value is wholly in a snapshot or not at all: in its bucket, in the sum, in the minimum and maximum. Each value is in
 * exactly one of the results of {@link #snapshotThenReset}, which may be called at any time, from several threads. Values that are recorded meanwhile
 * may be in it or in the next, in no order among threads.
 *
 * <p><b>Migration and preemption</b> restart the sequence, on the CPU that the thread is then on; nothing of a value was counted. <b>Dying threads</b>
 * leave nothing behind, <b>virtual threads</b> record on their carrier's CPU, an agent that arrives later is made use of from the next value on.
 *
 * <p><b>How.</b> To record is one sequence, which counts the value on the CPU that runs, and commits by one store all that a value changes ({@link
 * CpuTallies}). For a snapshot a thread closes what the CPUs have, fences by membarrier(2), takes it all, leaves zeros and opens again; it keeps the
 * total on the heap. Values that come meanwhile, for some microseconds, and all values where there are no sequences, go to the heap ({@link
 * HeapTallies}). Kernels before 5.10 have no such fence: there all values go to the heap. Why not what is obvious: one counter for each figure, as
 * {@link PerCpuHistogram} has, reads of count and sum never the same values; and a double can't be set back by subtracting.
 *
 * <p><b>Values.</b> One that is not a number is ignored, as client_java and OpenTelemetry's SDK ignore it. An infinite one is counted in the first or
 * last bucket and in the sum, the minimum and the maximum; the sum stays infinite, or becomes not a number, until the reset. A negative one counts like
 * others; a sum that may fall is no counter to Prometheus. Sums are rounded to doubles in no certain order.
 *
 * <p><b>What it does not promise.</b> No order across threads, and no cheap snapshot: one costs a membarrier(2), some microseconds, and a read of each
 * CPU's buckets. It is for once a second, not for once a request.
 *
 * <p><b>Sources.</b> rseq(2), membarrier(2); OpenTelemetry's data model, "Histogram"; Prometheus, "Metric types".
 *
 * @since 0.1.0
 */
public final class PerCpuBucketHistogram {
    /** So many bounds are gone through one by one, which is the fastest; of more, half are left out at a time. */
    private static final int FEW = 16;

    private final double[] bounds;
    private final Index index;
    private final CpuTallies cpus;

    /* Of the CPUs, so that recording begins with loads from here alone. */
    private long told;

    private volatile @Nullable HeapTallies heap;

    /* What was taken since the last reset; replaced, and never changed, under the monitor of the CPUs'. */
    private Tally total;

    /**
     * Constructs one with a row of buckets for each CPU.
     *
     * @param bounds the highest value of each bucket but the last, ascending and finite; there may be none
     */
    public PerCpuBucketHistogram(double... bounds) {
        this(Index.CPU, bounds);
    }

    /**
     * Constructs one with a row of buckets for each {@code index}.
     *
     * @throws IllegalArgumentException for {@link Index#NUMA_NODE}, since several CPUs run with the same one; and for bounds that do not ascend, or are
     *     not finite
     */
    public PerCpuBucketHistogram(Index index, double... bounds) {
        this.bounds = checked(bounds.clone());
        this.index = index;
        cpus = new CpuTallies(bounds.length + 1, index.by());
        total = new Tally(bounds.length + 1);
        told = cpus.told();
    }

    private static double[] checked(double[] bounds) {
        for (int i = 0; i < bounds.length; i++) {
            if (!Double.isFinite(bounds[i]))
                throw new IllegalArgumentException("bound " + bounds[i] + " is not finite");
            if (i > 0 && bounds[i] <= bounds[i - 1])
                throw new IllegalArgumentException("bound " + bounds[i] + " is not above " + bounds[i - 1]);
        }
        return bounds;
    }

    /** Counts {@code value} in the first bucket whose bound is not below it. Ignores what is not a number. */
    public void record(double value) {
        if (Double.isNaN(value)) return;
        int bucket = bucketOf(value);
        if (Commits.tally(told, bounds.length + 1, bucket, value) != Commits.COMMITTED) recordSlowly(bucket, value);
        Reference.reachabilityFence(this);
    }

    /** Returns all that was recorded since the last reset. */
    public BucketHistogramSnapshot snapshot() {
        return take(false);
    }

    /** Returns all that was recorded since the last reset. This call is a reset: what is recorded later is in a later snapshot, and in no other. */
    public BucketHistogramSnapshot snapshotThenReset() {
        return take(true);
    }

    /** Forgets what was recorded. */
    public void reset() {
        take(true);
    }

    /** Returns the bounds. */
    public double[] bounds() {
        return bounds.clone();
    }

    /** What {@link #snapshot()} prints. */
    @Override
    public String toString() {
        return snapshot().toString();
    }

    private int bucketOf(double value) {
        int bucket = 0;
        int end = bounds.length;
        while (end - bucket > FEW) {
            int middle = bucket + end >>> 1;
            if (value > bounds[middle]) bucket = middle + 1;
            else end = middle;
        }
        while (bucket < end && value > bounds[bucket]) bucket++;
        return bucket;
    }

    private void recordSlowly(int bucket, double value) {
        long now = cpus.told();
        if (now != told) told = now; // as in PerCpuCounter
        int own = index.own(); // registers a thread that has no area yet: its first value is a sequence, too
        if (Commits.tallyAgain(now, bounds.length + 1, bucket, value) != Commits.COMMITTED)
            heap().record(own, bucket, value);
    }

    /** How many values were recorded at each index since this was made, until the last snapshot. */
    long[] byIndex() {
        long[] counts = Structures.oneForEachIndex();
        StackRoom.check();
        cpus.takeTurn();
        try {
            addCounts(counts);
        } finally {
            cpus.taken = false;
        }
        return counts;
    }

    private void addCounts(long[] counts) {
        synchronized (cpus) {
            cpus.lockedAddCounts(counts);
            if (heap != null) heap.addCounts(counts);
        }
    }

    private BucketHistogramSnapshot take(boolean reset) {
        StackRoom.check();
        cpus.takeTurn();
        try {
            return takeInTurn(reset);
        } finally {
            cpus.taken = false;
        }
    }

    private BucketHistogramSnapshot takeInTurn(boolean reset) {
        synchronized (cpus) {
            Tally all = new Tally(bounds.length + 1);
            Tally none = reset ? new Tally(bounds.length + 1) : null;
            all.add(total);
            cpus.lockedGiveTo(all);
            HeapTallies values = heap;
            if (values != null) values.giveTo(all);
            total = all; // before what may fail for want of memory
            BucketHistogramSnapshot snapshot =
                    new BucketHistogramSnapshot(bounds, all.counts, all.sum, all.min, all.max);
            if (reset) total = none;
            return snapshot;
        }
    }

    private HeapTallies heap() {
        HeapTallies made = heap;
        return made == null ? makeHeap() : made;
    }

    private synchronized HeapTallies makeHeap() {
        if (heap == null) heap = new HeapTallies(Cpus.count(), bounds.length + 1);
        return heap;
    }
}
