/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import java.util.Locale;

/**
 * What a {@link PerCpuHistogram} held at one time. Immutable.
 *
 * <p>Values are known to the bucket that they fell into: {@link #max()} and {@link #percentile} answer the highest value of theirs,
 * {@link #min()} the lowest, {@link #sum()}, {@link #mean()} and {@link #standardDeviation()} reckon with the middle. All of it is as HdrHistogram
 * answers.
 *
 * <p>To go on with HdrHistogram itself, of which this library is independent:
 *
 * <pre>{@code
 * Histogram hdr = new Histogram(highestTrackableValue, digits);
 * histogram.snapshotThenReset().forEach(hdr::recordValueWithCount);
 * }</pre>
 *
 * @since 0.1.0
 */
public final class HistogramSnapshot {
    private final LogLinearBuckets buckets;
    private final long[] counts;
    private final long saturated;
    private final long count;
    private final int first;
    private final int last;

    /** {@code counts} is kept, not copied, and gets the saturated ones added to its last. */
    HistogramSnapshot(LogLinearBuckets buckets, long[] counts, long saturated) {
        counts[counts.length - 1] += saturated;
        long sum = 0;
        int lowest = -1;
        int highest = -1;
        for (int bucket = 0; bucket < counts.length; bucket++) {
            if (counts[bucket] == 0) continue;
            sum += counts[bucket];
            if (lowest < 0) lowest = bucket;
            highest = bucket;
        }
        this.buckets = buckets;
        this.counts = counts;
        this.saturated = saturated;
        this.count = sum;
        this.first = lowest;
        this.last = highest;
    }

    /**
     * Takes a value, and how often it was recorded.
     *
     * @since 0.1.0
     */
    @FunctionalInterface
    public interface ValueConsumer {
        /** {@code count} is positive. */
        void accept(long value, long count);
    }

    /**
     * Takes a bucket's bounds, both of them in it, and how many values it holds.
     *
     * @since 0.1.0
     */
    @FunctionalInterface
    public interface BucketConsumer {
        /** {@code count} is positive. */
        void accept(long lowest, long highest, long count);
    }

    /** How many values were recorded. */
    public long count() {
        return count;
    }

    /** How many of them were above the highest that the buckets cover. They are counted in the highest bucket. */
    public long saturated() {
        return saturated;
    }

    /** The lowest value of the lowest bucket in use; 0 when nothing was recorded. */
    public long min() {
        return first < 0 ? 0 : buckets.lowest(first);
    }

    /** The highest value of the highest bucket in use; 0 when nothing was recorded. */
    public long max() {
        return last < 0 ? 0 : buckets.highest(last);
    }

    /** The mean; 0 when nothing was recorded. */
    public double mean() {
        return count == 0 ? 0 : sum() / count;
    }

    /** Returns the sum of all values, as near as their buckets tell: each counts as the middle of its bucket; 0 when nothing was recorded. */
    public double sum() {
        double sum = 0;
        for (int bucket = Math.max(0, first); bucket <= last; bucket++)
            sum += buckets.median(bucket) * (double) counts[bucket];
        return sum;
    }

    /** The standard deviation; 0 when nothing was recorded. */
    public double standardDeviation() {
        if (count == 0) return 0;
        double mean = mean();
        double squares = 0;
        for (int bucket = first; bucket <= last; bucket++) {
            double deviation = buckets.median(bucket) - mean;
            squares += deviation * deviation * counts[bucket];
        }
        return Math.sqrt(squares / count);
    }

    /**
     * The value that {@code percent} of all recorded ones do not exceed: the highest of its bucket, for 0 the lowest of the first; 0 when
     * nothing was recorded.
     *
     * @throws IllegalArgumentException if it is not in 0..100
     */
    public long percentile(double percent) {
        if (!(percent >= 0 && percent <= 100)) throw new IllegalArgumentException("percent=" + percent);
        if (count == 0) return 0;
        if (percent == 0) return min();
        // A step down: 100 * 3 / 7 percent of 7 values are 3 of them, and must not become 4 by the rounding on the way
        // here.
        long rank = Math.max(1, (long) Math.ceil(Math.nextDown(percent) * count / 100));
        long below = 0;
        for (int bucket = first; bucket < last; bucket++) {
            below += counts[bucket];
            if (below >= rank) return buckets.highest(bucket);
        }
        return max();
    }

    /** Returns how many values were at most {@code bound}, and others that share its bucket; 0 for a negative one. */
    public long countUpTo(long bound) {
        if (bound < 0) return 0;
        long sum = 0;
        for (int bucket = Math.max(0, first); bucket <= last && buckets.lowest(bucket) <= bound; bucket++)
            sum += counts[bucket];
        return sum;
    }

    /**
     * Returns {@link #percentile} of each of them, in their order.
     *
     * @throws IllegalArgumentException if one is not in 0..100
     */
    public long[] percentiles(double... percents) {
        long[] values = new long[percents.length];
        for (int i = 0; i < percents.length; i++) values[i] = percentile(percents[i]);
        return values;
    }

    /** Each bucket in use, from the lowest, by its lowest value: what an HdrHistogram's {@code recordValueWithCount} takes. */
    public void forEach(ValueConsumer consumer) {
        forEachBucket((lowest, highest, times) -> consumer.accept(lowest, times));
    }

    /** Each bucket in use, from the lowest. */
    public void forEachBucket(BucketConsumer consumer) {
        for (int bucket = Math.max(0, first); bucket <= last; bucket++) {
            if (counts[bucket] != 0) consumer.accept(buckets.lowest(bucket), buckets.highest(bucket), counts[bucket]);
        }
    }

    /**
     * Both together.
     *
     * @throws IllegalArgumentException if the other one's histogram has other buckets
     */
    public HistogramSnapshot plus(HistogramSnapshot other) {
        if (!buckets.equals(other.buckets))
            throw new IllegalArgumentException("the other snapshot has other buckets: " + other.buckets.count() + " of "
                    + other.buckets.digits() + " digits, not " + buckets.count() + " of " + buckets.digits());
        long[] sums = counts.clone();
        for (int bucket = 0; bucket < sums.length; bucket++) sums[bucket] += other.counts[bucket];
        sums[sums.length - 1] -= saturated + other.saturated;
        return new HistogramSnapshot(buckets, sums, saturated + other.saturated);
    }

    /** {@code count=3 min=1 p50=2 p99=3 max=3 mean=2.0 saturated=0}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "count=%d min=%d p50=%d p99=%d max=%d mean=%.1f saturated=%d",
                count,
                min(),
                percentile(50),
                percentile(99),
                max(),
                mean(),
                saturated);
    }
}
