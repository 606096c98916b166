/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    @Test
    void percentiles_of_1_to_1000_are_within_a_32nd() {
        LatencyHistogram histogram = new LatencyHistogram(1);
        for (int value = 1; value <= 1000; value++) histogram.record(0, value);
        LatencySnapshot snapshot = histogram.snapshots().get(0);
        assertThat(snapshot.count()).isEqualTo(1000);
        assertThat(snapshot.max()).isEqualTo(1000);
        assertThat(snapshot.percentile(50)).isBetween(500L, 500L + 500 / 32);
        assertThat(snapshot.percentile(99)).isBetween(990L, 1000L);
        assertThat(snapshot.percentile(100)).isEqualTo(1000);
    }

    @Test
    void one_value_is_every_percentile() {
        LatencyHistogram histogram = new LatencyHistogram(1);
        histogram.record(0, 123_457);
        LatencySnapshot snapshot = histogram.snapshots().get(0);
        assertThat(snapshot.percentile(0.001)).isEqualTo(123_457);
        assertThat(snapshot.percentile(50)).isEqualTo(123_457);
        assertThat(snapshot.percentile(100)).isEqualTo(123_457);
    }

    @Test
    void an_empty_one_answers_0() {
        LatencySnapshot empty = new LatencyHistogram(1).snapshots().get(0);
        assertThat(empty.count()).isZero();
        assertThat(empty.max()).isZero();
        assertThat(empty.percentile(99)).isZero();
    }

    @Test
    void a_percentile_out_of_range_is_refused() {
        LatencySnapshot empty = new LatencyHistogram(1).snapshots().get(0);
        for (double wrong : new double[] {0, -1, 100.1, Double.NaN})
            assertThatThrownBy(() -> empty.percentile(wrong)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void rows_merge_to_the_whole() {
        LatencyHistogram histogram = new LatencyHistogram(3);
        histogram.record(0, 10);
        histogram.record(2, 30);
        histogram.record(2, 20);
        List<LatencySnapshot> rows = histogram.snapshots();
        assertThat(rows).extracting(LatencySnapshot::count).containsExactly(1L, 0L, 2L);
        LatencySnapshot whole = LatencySnapshot.merged(rows);
        assertThat(whole.count()).isEqualTo(3);
        assertThat(whole.max()).isEqualTo(30);
        assertThat(whole.percentile(50)).isEqualTo(20);
    }
}
