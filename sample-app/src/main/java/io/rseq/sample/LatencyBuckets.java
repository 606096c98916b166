/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

/**
 * Log-linear buckets for nanoseconds: each power of two is cut into 32 equal parts, so a value is known to within 1/32 (3.1 %), from one
 * nanosecond, exact below 64, up to 18 minutes; what lies above falls into the last bucket.
 */
final class LatencyBuckets {
    private static final int PART_BITS = 5;
    private static final int PARTS = 1 << PART_BITS;
    private static final int HIGHEST_BIT = 39;
    private static final long LIMIT = 1L << HIGHEST_BIT + 1;

    static final int COUNT = (HIGHEST_BIT - PART_BITS + 2) * PARTS;

    private LatencyBuckets() {}

    /** The bucket of a value; a negative one, which a clock that steps back could give, counts as 0. */
    static int of(long nanos) {
        long value = Math.max(0, Math.min(nanos, LIMIT - 1));
        if (value < PARTS) return (int) value;
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - PART_BITS;
        return (shift << PART_BITS) + (int) (value >>> shift);
    }

    /** The highest value that falls into the bucket. */
    static long highest(int bucket) {
        if (bucket < 0 || bucket >= COUNT) throw new IndexOutOfBoundsException("bucket " + bucket + " of " + COUNT);
        if (bucket < PARTS) return bucket;
        int shift = (bucket >>> PART_BITS) - 1;
        long part = (bucket & PARTS - 1) + PARTS;
        return (part + 1 << shift) - 1;
    }
}
