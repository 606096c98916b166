/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TightLoopTest {
    @Test
    void the_median_is_the_middle_or_between_the_two_middle_ones() {
        assertThat(TightLoop.median(new double[] {9, 1, 5})).isEqualTo(5);
        assertThat(TightLoop.median(new double[] {9, 1, 5, 7})).isEqualTo(6);
        assertThat(TightLoop.median(new double[] {3})).isEqualTo(3);
    }

    @Test
    void past_the_deadline_one_round_is_still_run_and_said() throws Exception {
        AtomicLong records = new AtomicLong();
        TightLoop.Way way = new TightLoop.Way("counted", (values, times) -> records.addAndGet(times));
        List<TightLoop.Figure> figures = new TightLoop().run(List.of(way), 2, System.nanoTime() - 1);
        assertThat(figures).hasSize(1);
        assertThat(figures.get(0).rounds()).isEqualTo(1);
        assertThat(figures.get(0).threads()).isEqualTo(2);
        assertThat(figures.get(0).wall()).isPositive();
        assertThat(figures.get(0).cpu()).isPositive();
        assertThat(records.get()).isPositive();
    }
}
