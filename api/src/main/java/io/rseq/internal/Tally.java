/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

/** How many values each bucket holds, and the sum, the lowest and the highest of them all. For one thread at a time. */
public final class Tally {
    /** By bucket. */
    public final long[] counts;

    public double sum;

    /** Not a number where there is no value. */
    public double min = Double.NaN;

    /** Not a number where there is no value. */
    public double max = Double.NaN;

    public Tally(int buckets) {
        counts = new long[buckets];
    }

    /** Adds what other values came to. */
    void add(double otherSum, double otherMin, double otherMax) {
        sum += otherSum;
        if (!(min <= otherMin) && otherMin == otherMin) min = otherMin;
        if (!(max >= otherMax) && otherMax == otherMax) max = otherMax;
    }

    /** Adds what another one holds. */
    public void add(Tally other) {
        for (int bucket = 0; bucket < counts.length; bucket++) counts[bucket] += other.counts[bucket];
        add(other.sum, other.min, other.max);
    }
}
