/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import java.util.Arrays;

/**
 * What a {@link PerCpuBucketHistogram} held at one time: count, sum, lowest, highest and buckets of the same values. Immutable.
 *
 * @since 0.1.0
 */
public final class BucketHistogramSnapshot {
    private final double[] bounds;
    private final long[] counts;
    private final long count;
    private final double sum;
    private final double min;
    private final double max;

    /** {@code bounds} and {@code counts} are kept, not copied. */
    BucketHistogramSnapshot(double[] bounds, long[] counts, double sum, double min, double max) {
        long all = 0;
        for (long each : counts) all += each;
        this.bounds = bounds;
        this.counts = counts;
        this.count = all;
        this.sum = sum;
        this.min = min;
        this.max = max;
    }

    /** Returns how many buckets there are: one more than bounds. */
    public int buckets() {
        return counts.length;
    }

    /** Returns the bound of a bucket, which is in it; of the last one positive infinity. */
    public double upperBound(int bucket) {
        return bucket == bounds.length ? Double.POSITIVE_INFINITY : bounds[bucket];
    }

    /** Returns how many values lie in a bucket: at most its bound, and above the bound of the one before. */
    public long count(int bucket) {
        return counts[bucket];
    }

    /** Returns how many values lie in each bucket. */
    public long[] counts() {
        return counts.clone();
    }

    /** Returns how many values were recorded: the sum of what the buckets hold. */
    public long count() {
        return count;
    }

    /** Returns the sum of all values, rounded as doubles are, in no certain order; 0 when nothing was recorded. */
    public double sum() {
        return sum;
    }

    /** Returns the lowest value; not a number when nothing was recorded. */
    public double min() {
        return min;
    }

    /** Returns the highest value; not a number when nothing was recorded. */
    public double max() {
        return max;
    }

    /**
     * Returns both together.
     *
     * @throws IllegalArgumentException if the other one has other bounds
     */
    public BucketHistogramSnapshot plus(BucketHistogramSnapshot other) {
        if (!Arrays.equals(bounds, other.bounds))
            throw new IllegalArgumentException("the other snapshot has other bounds: " + Arrays.toString(other.bounds)
                    + ", not " + Arrays.toString(bounds));
        long[] sums = counts.clone();
        for (int bucket = 0; bucket < sums.length; bucket++) sums[bucket] += other.counts[bucket];
        if (count == 0) return new BucketHistogramSnapshot(bounds, sums, other.sum, other.min, other.max);
        if (other.count == 0) return new BucketHistogramSnapshot(bounds, sums, sum, min, max);
        return new BucketHistogramSnapshot(
                bounds, sums, sum + other.sum, Math.min(min, other.min), Math.max(max, other.max));
    }

    /** {@code count=3 sum=6.0 min=1.0 max=3.0 buckets=[1, 2, 0]}. */
    @Override
    public String toString() {
        return "count=" + count + " sum=" + sum + " min=" + min + " max=" + max + " buckets=" + Arrays.toString(counts);
    }
}
