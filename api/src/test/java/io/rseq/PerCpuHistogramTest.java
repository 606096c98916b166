/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rseq.internal.FakeAgent;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PerCpuHistogramTest {
    private static final int VALUES = 20_000;
    private static final int THREADS = 8;

    @ParameterizedTest
    @CsvSource({
        "2, 0",
        "1000, 0",
        "2, 1",
        "100000, 1",
        "2048, 2",
        "3600000000000, 2",
        "2047, 3",
        "2048, 3",
        "3600000000000, 3",
        "9223372036854775807, 3",
        "1000000, 4",
        "100000000, 5"
    })
    void every_figure_equals_that_of_an_HdrHistogram_that_was_given_the_same_values(long highest, int digits) {
        PerCpuHistogram histogram = new PerCpuHistogram(highest, digits);
        Histogram hdr = new Histogram(highest, digits);
        equal(histogram.snapshot(), hdr); // empty
        SplittableRandom random = new SplittableRandom(highest + digits);
        for (int i = 0; i < VALUES; i++) {
            // As many of each magnitude: a shift of what is spread evenly.
            long value = random.nextLong(highest) >>> random.nextInt(Long.SIZE - Long.numberOfLeadingZeros(highest));
            histogram.record(value);
            hdr.recordValue(value);
        }
        equal(histogram.snapshot(), hdr);
        histogram.record(0, 3);
        hdr.recordValueWithCount(0, 3);
        histogram.record(highest);
        hdr.recordValue(highest);
        equal(histogram.snapshot(), hdr);
        assertThat(histogram.snapshot().saturated()).isZero();
    }

    @Test
    void a_snapshot_goes_over_into_an_HdrHistogram_whole() {
        PerCpuHistogram histogram = new PerCpuHistogram(1_000_000, 3);
        Histogram hdr = new Histogram(1_000_000, 3);
        for (int i = 0; i < VALUES; i++) {
            histogram.record(i * 37L);
            hdr.recordValue(i * 37L);
        }
        Histogram copy = new Histogram(1_000_000, 3);
        histogram.snapshot().forEach(copy::recordValueWithCount);
        equal(histogram.snapshot(), copy);
        for (double percent = 0; percent <= 100; percent += 0.125)
            assertThat(copy.getValueAtPercentile(percent)).isEqualTo(hdr.getValueAtPercentile(percent));
    }

    @Test
    void a_value_above_the_highest_is_counted_as_saturated_in_the_highest_bucket() {
        PerCpuHistogram histogram = new PerCpuHistogram(1000, 3); // covers 0..2047
        histogram.record(2047);
        assertThat(histogram.snapshot().saturated()).isZero();
        histogram.record(2048);
        histogram.record(Long.MAX_VALUE, 2);
        HistogramSnapshot snapshot = histogram.snapshot();
        assertThat(snapshot.saturated()).isEqualTo(3);
        assertThat(snapshot.count()).isEqualTo(4);
        assertThat(snapshot.min()).isEqualTo(2047);
        assertThat(snapshot.max()).isEqualTo(2047);
        HistogramSnapshot twice = snapshot.plus(snapshot);
        assertThat(twice.saturated()).isEqualTo(6);
        assertThat(twice.count()).isEqualTo(8);
        assertThat(histogram.snapshotThenReset().saturated()).isEqualTo(3);
        assertThat(histogram.snapshot().saturated()).isZero();
    }

    @Test
    void what_is_wrong_is_refused_and_counts_nothing() {
        PerCpuHistogram histogram = new PerCpuHistogram(Long.MAX_VALUE, 2);
        for (long negative : new long[] {-1, -2048, Long.MIN_VALUE, Long.MIN_VALUE + 1}) {
            assertThatThrownBy(() -> histogram.record(negative))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(Long.toString(negative));
        }
        assertThatThrownBy(() -> histogram.record(1, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(histogram.snapshot().count()).isZero();
        assertThatThrownBy(() -> histogram.snapshot().percentile(100.1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> histogram.snapshot().percentile(Double.NaN))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PerCpuHistogram(1, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PerCpuHistogram(1000, 6)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PerCpuHistogram(1000, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PerCpuHistogram(1000, 3, Index.NUMA_NODE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PerCpuHistogram(1000, 3, null)).isInstanceOf(NullPointerException.class);
        HistogramSnapshot other = new PerCpuHistogram(1000, 2).snapshot();
        assertThatThrownBy(() -> histogram.snapshot().plus(other)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void each_value_is_in_exactly_one_snapshot_while_writers_run_and_the_agent_arrives() {
        PerCpuHistogram histogram = new PerCpuHistogram(VALUES, 3);
        Histogram expected = new Histogram(VALUES, 3);
        for (int value = 0; value < VALUES; value++) expected.recordValueWithCount(value, 2 * THREADS);
        AtomicReference<HistogramSnapshot> taken = new AtomicReference<>(histogram.snapshotThenReset());
        long adds;
        try (FakeAgent agent = arriveDuring(histogram, taken)) {
            Crowd more = Crowd.of(THREADS, () -> ascending(histogram));
            Crowd.of(2, () -> takeUntil(more, histogram, taken)).join();
            more.join();
            adds = agent.adds();
            equal(taken.get().plus(histogram.snapshot()), expected);
        }
        assertThat(adds).as("adds that came to the sequences").isGreaterThan(THREADS * VALUES / 2);
    }

    @Test
    void a_snapshot_prints_in_one_line() {
        PerCpuHistogram histogram = new PerCpuHistogram(1000, 3);
        for (int value = 1; value <= 3; value++) histogram.record(value);
        assertThat(histogram).hasToString("count=3 min=1 p50=2 p99=3 max=3 mean=2.0 saturated=0");
    }

    private static void equal(HistogramSnapshot snapshot, Histogram hdr) {
        assertThat(snapshot.count()).isEqualTo(hdr.getTotalCount());
        assertThat(snapshot.min()).isEqualTo(hdr.getMinValue());
        assertThat(snapshot.max()).isEqualTo(hdr.getMaxValue());
        assertThat(snapshot.mean()).isEqualTo(hdr.getMean());
        assertThat(snapshot.standardDeviation()).isEqualTo(hdr.getStdDeviation());
        assertThat(snapshot.sum()).isCloseTo(hdr.getMean() * hdr.getTotalCount(), Offset.offset(1e-9 * snapshot.sum()));
        assertThat(snapshot.percentiles(99, 0, 50))
                .containsExactly(
                        hdr.getValueAtPercentile(99), hdr.getValueAtPercentile(0), hdr.getValueAtPercentile(50));
        assertThat(snapshot.countUpTo(-1)).isZero();
        assertThat(snapshot.countUpTo(Long.MAX_VALUE)).isEqualTo(hdr.getTotalCount());
        for (long bound = 0; bound <= 2 * hdr.getMaxValue() && bound >= 0; bound = 3 * bound + 1)
            assertThat(snapshot.countUpTo(bound))
                    .as("up to %d", bound)
                    .isEqualTo(hdr.getCountBetweenValues(0, Math.min(bound, hdr.getHighestTrackableValue())));
        for (double percent = 0; percent <= 100; percent += 0.125) equalAt(percent, snapshot, hdr);
        for (double percent : new double[] {99.9, 99.99, 99.999, 100 - 1e-9}) equalAt(percent, snapshot, hdr);
        // Where a rank is a whole number, and rounding decides.
        for (long rank = 0; rank <= Math.min(250, hdr.getTotalCount()); rank++)
            equalAt(100.0 * rank / Math.max(1, hdr.getTotalCount()), snapshot, hdr);
        snapshot.forEachBucket((lowest, highest, count) -> {
            assertThat(lowest)
                    .isEqualTo(hdr.lowestEquivalentValue(lowest))
                    .isEqualTo(hdr.lowestEquivalentValue(highest));
            assertThat(highest).isEqualTo(hdr.highestEquivalentValue(lowest));
            assertThat(count).isEqualTo(hdr.getCountAtValue(lowest));
        });
    }

    private static void equalAt(double percent, HistogramSnapshot snapshot, Histogram hdr) {
        assertThat(snapshot.percentile(percent))
                .as("percentile %s", percent)
                .isEqualTo(hdr.getValueAtPercentile(percent));
    }

    private static void ascending(PerCpuHistogram histogram) {
        for (int value = 0; value < VALUES; value++) histogram.record(value);
    }

    private static FakeAgent arriveDuring(PerCpuHistogram histogram, AtomicReference<HistogramSnapshot> taken) {
        Crowd writers = Crowd.of(THREADS, () -> ascending(histogram));
        FakeAgent agent = FakeAgent.arrive();
        takeUntil(writers, histogram, taken);
        writers.join();
        return agent;
    }

    private static void takeUntil(Crowd writers, PerCpuHistogram histogram, AtomicReference<HistogramSnapshot> taken) {
        while (!writers.isDone()) taken.accumulateAndGet(histogram.snapshotThenReset(), HistogramSnapshot::plus);
    }
}
