/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.Commits;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * A histogram of non-negative values, such as latencies, that many threads record into: log-linear buckets, the same ones as
 * HdrHistogram's, counted for each CPU as a {@link PerCpuCounter} counts. Its percentiles are equal to those of an HdrHistogram of the
 * same configuration that was given the same values.
 *
 * <p><b>How.</b> The bucket of a value is a shift and an addition; to record is one add to that bucket's cell of the CPU that runs. It is
 * by a restartable sequence, or by an atomic add on the heap where there are none. No count of all values is kept beside the buckets, no
 * minimum and no maximum: they follow from the buckets, so a snapshot never disagrees with itself.
 *
 * <p><b>Progress.</b> {@code record} is wait-free, but for the memory that first calls may allocate. {@code snapshot} is wait-free;
 * {@code snapshotThenReset} is lock-free: it reads again only if another reset was done meanwhile.
 *
 * <p><b>Memory ordering.</b> To record publishes nothing. What was recorded <em>before</em> a snapshot (by a join, a lock, a future) is
 * in it.
 *
 * <p><b>While writers run,</b> a snapshot has of each bucket what it held at some time during the call: a value that is recorded
 * meanwhile is wholly in it or not at all, for a value is in one bucket alone. {@code snapshotThenReset} may be called at any time, from
 * several threads. It sets no cell back (nobody writes another CPU's cell); what it read is the base of the next: each value is in
 * exactly one of the snapshots.
 *
 * <p><b>Out of range.</b> A negative value is refused. One above the highest that the buckets cover is counted apart from them: snapshots
 * have it in {@link HistogramSnapshot#count()}, in the place of the highest bucket, and tell {@linkplain HistogramSnapshot#saturated()
 * how many} those were. Nothing is lost. Counts are added up as longs and wrap around, which takes recording with {@code times}: keep their
 * sum below {@link Long#MAX_VALUE}.
 *
 * <p><b>Migration and preemption</b> restart the add, on the CPU that the thread is then on, and hold nobody up. <b>Dying threads</b>
 * leave nothing behind, <b>virtual threads</b> record on their carrier's CPU, an agent that arrives later is made use of from the next
 * value on.
 *
 * <p><b>Cost.</b> An add and a few instructions. 8 bytes a bucket are reserved on each possible CPU (270 kB with 3 digits up to an hour
 * of nanoseconds), and only the pages of those buckets that were counted in on that CPU are ever used; they are given back after the
 * histogram is unreachable. A snapshot reads every bucket of every CPU, 2 million cells with 64 CPUs and the above: for once a second,
 * not for once a request. Where one thread records, HdrHistogram's plain one does.
 *
 * <p><b>Sources.</b> rseq(2); {@code kernel/rseq.c} in Linux; Gil Tene's HdrHistogram for the division into buckets and the definition of
 * a percentile.
 *
 * @since 0.1.0
 */
public final class PerCpuHistogram {
    private static final VarHandle BASE;

    static {
        try {
            BASE = MethodHandles.lookup().findVarHandle(PerCpuHistogram.class, "base", long[].class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final LogLinearBuckets buckets;
    private final PerCpuCells cells;

    /* The cell after the buckets counts what lies above them. */
    private final int above;

    /* The buckets' and the cells', so that recording begins with loads from here alone. */
    private final long mask;
    private final int halfShift;
    private long told;

    /* What the cells held at the last reset; null when there was none. Its content never changes, and each reset makes another: no array is used twice, so a compare-and-set never meets an old one. */
    private volatile long @Nullable [] base;

    /**
     * With a row of buckets for each CPU.
     *
     * @param highestTrackableValue 2 or more; buckets reach at least as far, and what is above the last of them is counted as saturated
     * @param numberOfSignificantValueDigits 0 to 5: to how many decimal digits a value is told from its neighbours
     */
    public PerCpuHistogram(long highestTrackableValue, int numberOfSignificantValueDigits) {
        this(highestTrackableValue, numberOfSignificantValueDigits, Index.CPU);
    }

    /**
     * With a row of buckets for each {@code index}.
     *
     * @throws IllegalArgumentException for {@link Index#NUMA_NODE}: several CPUs run with the same one
     */
    public PerCpuHistogram(long highestTrackableValue, int numberOfSignificantValueDigits, Index index) {
        buckets = new LogLinearBuckets(highestTrackableValue, numberOfSignificantValueDigits);
        above = buckets.count();
        mask = buckets.mask();
        halfShift = buckets.halfShift();
        cells = new PerCpuCells(above + 1, index);
        told = cells.told();
    }

    /**
     * Counts {@code value}.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public void record(long value) {
        add(cellOf(value), 1);
    }

    /**
     * Counts {@code value} so many times, at once.
     *
     * @throws IllegalArgumentException if either is negative
     */
    public void record(long value, long times) {
        if (times < 0) throw new IllegalArgumentException("times=" + times);
        add(cellOf(value), times);
    }

    /** All that was recorded since the last reset. */
    public HistogramSnapshot snapshot() {
        long[] before = base; // first: so that no cell is read earlier than for the base
        return since(before, cells.totals());
    }

    /** All that was recorded since the last reset. This call is a reset: what is recorded later is in a later snapshot, and in no other. */
    public HistogramSnapshot snapshotThenReset() {
        while (true) {
            long[] before = base;
            long[] now = cells.totals();
            if (BASE.compareAndSet(this, before, now)) return since(before, now);
        }
    }

    /** Forgets what was recorded. */
    public void reset() {
        snapshotThenReset();
    }

    /** What {@link #snapshot()} prints. */
    @Override
    public String toString() {
        return snapshot().toString();
    }

    /** How many values were recorded at each index since this was made. */
    long[] byIndex() {
        return cells.byIndex();
    }

    private void add(int cell, long times) {
        if (Commits.add(told + (long) cell * Long.BYTES, times) != Commits.COMMITTED) addSlowly(cell, times);
        Reference.reachabilityFence(this);
    }

    private void addSlowly(int cell, long times) {
        long now = cells.addSlowly(cell, times);
        if (now != told) told = now; // as in PerCpuCounter
    }

    private int cellOf(long value) {
        int bucket = LogLinearBuckets.bucket(value, mask, halfShift);
        return bucket < above ? bucket : outOfRange(value);
    }

    private int outOfRange(long value) {
        if (value < 0) throw new IllegalArgumentException("value=" + value + " is negative");
        return above;
    }

    private HistogramSnapshot since(long @Nullable [] before, long[] now) {
        long[] counts = new long[above];
        for (int bucket = 0; bucket < above; bucket++)
            counts[bucket] = now[bucket] - (before == null ? 0 : before[bucket]);
        return new HistogramSnapshot(buckets, counts, now[above] - (before == null ? 0 : before[above]));
    }
}
