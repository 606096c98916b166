/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.benchmarks.Claim.Result;
import io.rseq.benchmarks.Scores.Key;
import org.junit.jupiter.api.Test;

class ClaimTest {
    private static final String JDK = "JDK 25.0.3";
    private static final Key COUNTER = new Key("CounterBenchmark", "perCpu", 1);

    private final Scores scores = new Scores();

    @Test
    void one_thread_is_held_against_the_same_sequence_in_c() {
        measured(COUNTER, 3);
        measured(COUNTER.of("limitCFunction"), 2);
        assertThat(judged("counter against the same in C, 1 thread")).isEqualTo(Result.HELD);
    }

    @Test
    void more_than_16_tenths_of_it_is_missed() {
        measured(COUNTER, 3.3);
        measured(COUNTER.of("limitCFunction"), 2);
        assertThat(judged("counter against the same in C, 1 thread")).isEqualTo(Result.MISSED);
    }

    @Test
    void where_atomics_are_cheap_what_a_long_adder_takes_is_not_decided() {
        adders(2.4);
        assertThat(judged("counter against LongAdder, 2 threads")).isEqualTo(Result.NOT_DECIDED);
    }

    @Test
    void where_atomics_are_dear_it_is_missed() {
        adders(11);
        assertThat(judged("counter against LongAdder, 2 threads")).isEqualTo(Result.MISSED);
    }

    @Test
    void what_was_not_measured_is_not_judged() {
        measured(COUNTER, 3);
        assertThat(judged("counter against the same in C, 1 thread")).isNull();
    }

    private void adders(double atomic) {
        measured(COUNTER.at(2), 2.5);
        measured(COUNTER.at(2).of("peerLongAdder"), 2.6);
        measured(COUNTER.of("limitUncontendedAtomic"), atomic);
        measured(COUNTER.of("limitCFunction"), 2);
    }

    private void measured(Key key, double nanoseconds) {
        scores.add(key, JDK, nanoseconds, 0);
    }

    private Result judged(String claim) {
        for (Claim each : Claim.all(2)) {
            Claim.Verdict verdict = each.judge(scores, JDK, 2);
            if (verdict != null && verdict.claim().equals(claim)) return verdict.result();
        }
        return null;
    }
}
