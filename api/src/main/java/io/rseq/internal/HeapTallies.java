/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Tallies on the Java heap, one for each index: where values are counted when no sequence commits them. What a bucket holds is one immutable object:
 * how many values, their sum, the lowest and the highest. To record is to replace it by a compare-and-set, to take is to exchange it for null. So a
 * value is in what one taker gets, whole, and in no other's, at whatever instruction a thread is stopped. Recording is lock-free; a value allocates
 * one small object, and one more for each time that another thread was faster.
 */
public final class HeapTallies {
    /* On both sides of a row, in references: two cache lines of eight bytes each, as lines are fetched in pairs. */
    private static final int PAD = 16;

    private final int buckets;
    private final long[] moved;
    private final AtomicReferenceArray<AtomicReferenceArray<Values>> rows;

    public HeapTallies(int indexes, int buckets) {
        this.buckets = buckets;
        this.rows = new AtomicReferenceArray<>(indexes);
        this.moved = new long[indexes];
    }

    /** Counts a value. */
    public void record(int index, int bucket, double value) {
        AtomicReferenceArray<Values> row = rows.get(index);
        if (row == null) row = make(index);
        while (true) {
            Values before = row.get(PAD + bucket);
            Values after = before == null ? new Values(1, value, value, value) : before.plus(value);
            if (row.compareAndSet(PAD + bucket, before, after)) return;
        }
    }

    /** Adds how many values of each index {@link #giveTo} has moved. */
    public void addCounts(long[] counts) {
        for (int index = 0; index < moved.length; index++) counts[index] += moved[index];
    }

    /** Moves all values to {@code all}, for one thread at a time. Allocates nothing. */
    public void giveTo(Tally all) {
        for (int index = 0; index < rows.length(); index++) {
            AtomicReferenceArray<Values> row = rows.get(index);
            for (int bucket = 0; row != null && bucket < buckets; bucket++) {
                if (row.get(PAD + bucket) == null) continue;
                Values taken = row.getAndSet(PAD + bucket, null);
                if (taken == null) continue;
                all.counts[bucket] += taken.count;
                moved[index] += taken.count;
                all.add(taken.sum, taken.min, taken.max);
            }
        }
    }

    private AtomicReferenceArray<Values> make(int index) {
        AtomicReferenceArray<Values> made = new AtomicReferenceArray<>(buckets + 2 * PAD);
        AtomicReferenceArray<Values> there = rows.compareAndExchange(index, null, made);
        return there == null ? made : there;
    }

    private static final class Values {
        private final long count;
        private final double sum;
        private final double min;
        private final double max;

        Values(long count, double sum, double min, double max) {
            this.count = count;
            this.sum = sum;
            this.min = min;
            this.max = max;
        }

        Values plus(double value) {
            return new Values(count + 1, sum + value, Math.min(min, value), Math.max(max, value));
        }
    }
}
