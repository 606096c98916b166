/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

/** What a histogram held at one time. */
final class LatencySnapshot {
    private final long[] counts;
    private final long count;
    private final long max;

    /** {@code counts} by {@link LatencyBuckets}; it is kept, not copied. */
    LatencySnapshot(long[] counts, long max) {
        long sum = 0;
        for (long each : counts) sum += each;
        this.counts = counts;
        this.count = sum;
        this.max = max;
    }

    static LatencySnapshot merged(Iterable<LatencySnapshot> all) {
        long[] counts = new long[LatencyBuckets.COUNT];
        long max = 0;
        for (LatencySnapshot each : all) {
            for (int bucket = 0; bucket < counts.length; bucket++) counts[bucket] += each.counts[bucket];
            max = Math.max(max, each.max);
        }
        return new LatencySnapshot(counts, max);
    }

    long count() {
        return count;
    }

    /** The highest value recorded, exactly; 0 when there is none. */
    long max() {
        return max;
    }

    /**
     * The value that {@code percent} of the recorded values do not exceed: the upper end of its bucket, never above {@link #max()}; 0 when
     * there is none.
     */
    long percentile(double percent) {
        if (!(percent > 0 && percent <= 100)) throw new IllegalArgumentException("percent=" + percent);
        long rank = (long) Math.ceil(count * percent / 100);
        long below = 0;
        for (int bucket = 0; bucket < counts.length; bucket++) {
            below += counts[bucket];
            if (counts[bucket] > 0 && below >= rank) return Math.min(LatencyBuckets.highest(bucket), max);
        }
        return 0;
    }
}
