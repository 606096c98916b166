/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.benchmarks.Interval.Verdict;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IntervalTest {
    private static final double BOUND = 3;

    /** The table of the sign test: of 6 pairs all, of 20 the inner 10, of 100 the inner 20. */
    @Test
    void its_ends_are_those_of_the_sign_test() {
        assertThat(ofCount(6)).isEqualTo(new Interval(1, 6));
        assertThat(ofCount(20)).isEqualTo(new Interval(6, 15));
        assertThat(ofCount(100)).isEqualTo(new Interval(40, 61));
        assertThat(ofCount(2000).high()).isBetween(1040.0, 1050.0);
    }

    @Test
    void five_pairs_decide_nothing() {
        for (int pairs = 0; pairs <= 5; pairs++) {
            Interval interval = ofCount(pairs);
            assertThat(interval.seen()).isInfinite();
            assertThat(interval.unchanged(BOUND)).isEqualTo(Verdict.NOT_DECIDED);
        }
    }

    @Test
    void it_holds_within_the_bound_is_missed_outside_and_between_it_is_not_decided() {
        assertThat(new Interval(-3, 3).unchanged(BOUND)).isEqualTo(Verdict.HELD);
        assertThat(new Interval(1, 2).unchanged(BOUND)).isEqualTo(Verdict.HELD); // an effect, and a small one
        assertThat(new Interval(3.1, 4).unchanged(BOUND)).isEqualTo(Verdict.MISSED);
        assertThat(new Interval(-9, -3.1).unchanged(BOUND)).isEqualTo(Verdict.MISSED);
        assertThat(new Interval(2, 4).unchanged(BOUND)).isEqualTo(Verdict.NOT_DECIDED);
        assertThat(new Interval(-4, 4).unchanged(BOUND)).isEqualTo(Verdict.NOT_DECIDED);
        assertThat(new Interval(-4, 3.5).seen()).isEqualTo(3.75);
    }

    /** Where the noise was the limit, the noisier of two machines held what the other missed. */
    @Test
    void noise_turns_what_is_missed_or_held_into_not_decided_and_never_into_the_other() {
        assertThat(measured(10, 1, 40)).isEqualTo(Verdict.MISSED);
        assertThat(measured(10, 90, 40)).isEqualTo(Verdict.NOT_DECIDED);
        assertThat(measured(0, 1, 40)).isEqualTo(Verdict.HELD);
        assertThat(measured(0, 90, 40)).isEqualTo(Verdict.NOT_DECIDED);
        assertThat(measured(0, 30, 4000)).isEqualTo(Verdict.HELD);
    }

    @Test
    void one_wild_pair_moves_nothing() {
        double[] calm = DoubleStream.generate(() -> 0.5).limit(20).toArray();
        calm[7] = 900;
        assertThat(Interval.ofMedian(calm)).isEqualTo(new Interval(0.5, 0.5));
        assertThat(calm[7]).isEqualTo(900);
    }

    private static Interval ofCount(int pairs) {
        return Interval.ofMedian(
                IntStream.rangeClosed(1, pairs).asDoubleStream().toArray());
    }

    /** An effect, in percent, under noise that is as often so much to either side. */
    private static Verdict measured(double effect, double noise, int pairs) {
        SplittableRandom random = new SplittableRandom(1);
        return Interval.ofMedian(
                        random.doubles(pairs, effect - noise, effect + noise).toArray())
                .unchanged(BOUND);
    }
}
