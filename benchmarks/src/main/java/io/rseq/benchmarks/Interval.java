/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import java.util.Arrays;

/**
 * Where the median of an effect lies that was measured in pairs: in 95 of 100 runs between these two. By ranks, so that it assumes nothing about
 * the noise but that pairs do not depend on each other; the noisier the machine, or the fewer the pairs, the wider it is.
 */
record Interval(double low, double high) {
    private static final double LEFT_OUT = 0.05;

    /** What a claim that something is unchanged comes to. */
    enum Verdict {
        HELD,
        MISSED,
        NOT_DECIDED
    }

    /** Of the differences within pairs. Few of them leave it without ends. */
    static Interval ofMedian(double... differences) {
        double[] sorted = differences.clone();
        Arrays.sort(sorted);
        int outside = outside(sorted.length);
        if (outside == 0) return new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
        return new Interval(sorted[outside - 1], sorted[sorted.length - outside]);
    }

    /* How many of so many sorted differences lie outside at either end, with the one that is the end: the most whose like has half of LEFT_OUT, or less. */
    private static int outside(int count) {
        double logarithm = -count * Math.log(2); // of the probability that this many of them are below the median
        double sum = 0;
        int outside = 0;
        for (; outside < count; outside++) {
            sum += Math.exp(logarithm);
            if (sum > LEFT_OUT / 2) break;
            logarithm += Math.log((double) (count - outside) / (outside + 1));
        }
        return outside;
    }

    /**
     * Whether nothing changed by more than {@code bound} either way. It holds where the whole interval lies within, and is missed where all of it
     * lies outside; between those, this run does not tell.
     */
    Verdict unchanged(double bound) {
        if (low >= -bound && high <= bound) return Verdict.HELD;
        return low > bound || high < -bound ? Verdict.MISSED : Verdict.NOT_DECIDED;
    }

    /** The least effect that this run could have told from none. */
    double seen() {
        return (high - low) / 2;
    }
}
