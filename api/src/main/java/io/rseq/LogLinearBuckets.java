/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

/**
 * Which bucket a value falls into: HdrHistogram's own division (org.HdrHistogram.AbstractHistogram, with a lowest discernible value of
 * 1), so that counts can be carried over one to one. Each power of two is cut into {@code half} buckets of one width, wide enough for so
 * many significant decimal digits; below {@code 2 * half} a bucket is a single value.
 *
 * <p>With {@code exponent} = what a value must be shifted right by to be below {@code 2 * half}, its bucket is {@code exponent * half +
 * (value >>> exponent)}. A negative value, unsigned, comes out above the bucket of the highest long: one comparison finds it and those
 * that are too high.
 */
final class LogLinearBuckets {
    private static final int MAX_DIGITS = 5;

    private final int digits;
    private final int halfShift;
    private final int count;

    LogLinearBuckets(long highest, int digits) {
        if (highest < 2) throw new IllegalArgumentException("highestTrackableValue=" + highest + " is below 2");
        if (digits < 0 || digits > MAX_DIGITS)
            throw new IllegalArgumentException(
                    "numberOfSignificantValueDigits=" + digits + " is not in 0.." + MAX_DIGITS);
        long single = 2 * (long) Math.pow(10, digits); // up to here each value has a bucket of its own
        this.digits = digits;
        this.halfShift = Long.SIZE - Long.numberOfLeadingZeros(single - 1) - 1;
        // The whole power of two that the highest value lies in.
        this.count = (exponentOf(highest, mask(), halfShift) + 2) << halfShift;
    }

    int digits() {
        return digits;
    }

    int count() {
        return count;
    }

    /** For {@link #bucket}. */
    long mask() {
        return (2L << halfShift) - 1;
    }

    /** For {@link #bucket}. */
    int halfShift() {
        return halfShift;
    }

    /**
     * The bucket of a value, given what the buckets are by those who keep that at hand: loads on the way to a cell show. At least {@link #count()}
     * for a value that is negative or too high, and then perhaps far from it.
     */
    static int bucket(long value, long mask, int halfShift) {
        int exponent = exponentOf(value, mask, halfShift);
        return (exponent << halfShift) + (int) (value >>> exponent);
    }

    private static int exponentOf(long value, long mask, int halfShift) {
        return Long.SIZE - 1 - halfShift - Long.numberOfLeadingZeros(value | mask);
    }

    /** The lowest value in a bucket. */
    long lowest(int bucket) {
        int exponent = exponent(bucket);
        return (long) (bucket - (exponent << halfShift)) << exponent;
    }

    /** The highest value in a bucket. */
    long highest(int bucket) {
        return lowest(bucket) + (1L << exponent(bucket)) - 1;
    }

    /** The one that stands for a bucket in a mean. */
    long median(int bucket) {
        return lowest(bucket) + ((1L << exponent(bucket)) >> 1);
    }

    private int exponent(int bucket) {
        return Math.max(0, (bucket >> halfShift) - 1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LogLinearBuckets that && that.digits == digits && that.count == count;
    }

    @Override
    public int hashCode() {
        return 31 * digits + count;
    }
}
