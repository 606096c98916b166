/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rseq.internal.Commits;
import io.rseq.internal.FakeAgent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PerCpuBucketHistogramTest {
    private static final int VALUES = 20_000;
    private static final int THREADS = 8;
    private static final double[] BOUNDS = {-1, 0, 2.5, 1000, 10_000};

    @Test
    void a_value_lies_in_the_first_bucket_whose_bound_is_not_below_it() {
        PerCpuBucketHistogram histogram = new PerCpuBucketHistogram(BOUNDS);
        double[] values = {-1, Math.nextUp(-1.0), 0, 2.5, Math.nextUp(2.5), 10_000, Math.nextUp(10_000.0), -5};
        for (double value : values) histogram.record(value);
        BucketHistogramSnapshot snapshot = histogram.snapshot();
        assertThat(snapshot.counts()).containsExactly(2, 2, 1, 1, 1, 1);
        assertThat(snapshot.buckets()).isEqualTo(6);
        for (int bucket = 0; bucket < 5; bucket++)
            assertThat(snapshot.upperBound(bucket)).isEqualTo(BOUNDS[bucket]);
        assertThat(snapshot.upperBound(5)).isInfinite();
        assertThat(snapshot.count()).isEqualTo(8);
        assertThat(snapshot.min()).isEqualTo(-5);
        assertThat(snapshot.max()).isEqualTo(Math.nextUp(10_000.0));
        assertThat(histogram).hasToString(snapshot.toString());
        assertThat(snapshot.toString()).startsWith("count=8 sum=").endsWith("buckets=[2, 2, 1, 1, 1, 1]");
    }

    @Test
    void the_bucket_is_right_for_any_number_of_bounds_and_at_the_edges_of_doubles() {
        double[] edges = {
            -Double.MAX_VALUE, -1, -Double.MIN_NORMAL, -Double.MIN_VALUE, -0.0, Double.MIN_VALUE, 1, Double.MAX_VALUE
        };
        for (int count = 0; count <= 100; count++) {
            double[] bounds = new double[count];
            for (int i = 0; i < count; i++) bounds[i] = count < edges.length ? edges[i] : (i - 8) / 3.0;
            List<Double> values = new ArrayList<>(List.of(0.0, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY));
            for (double bound : bounds) values.addAll(List.of(bound, Math.nextUp(bound), Math.nextDown(bound), -bound));
            PerCpuBucketHistogram histogram = new PerCpuBucketHistogram(bounds);
            for (double value : values) {
                histogram.record(value);
                int bucket = 0;
                while (bucket < count && value > bounds[bucket]) bucket++;
                assertThat(histogram.snapshotThenReset().count(bucket))
                        .as("%s of %d bounds", value, count)
                        .isOne();
            }
        }
    }

    @Test
    void what_is_empty_has_no_lowest_and_no_highest_value() {
        PerCpuBucketHistogram histogram = new PerCpuBucketHistogram();
        empty(histogram.snapshot());
        histogram.record(3);
        assertThat(histogram.snapshotThenReset().counts()).containsExactly(1);
        empty(histogram.snapshot());
        empty(histogram.snapshot().plus(histogram.snapshot()));
    }

    @Test
    void a_value_that_is_not_a_number_is_ignored() {
        PerCpuBucketHistogram histogram = new PerCpuBucketHistogram(BOUNDS);
        histogram.record(Double.NaN);
        empty(histogram.snapshot());
    }

    @Test
    void what_is_infinite_or_huge_is_gone_after_a_reset() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            PerCpuBucketHistogram histogram = new PerCpuBucketHistogram(BOUNDS);
            for (int i = 0; i < 20; i++) {
                histogram.record(Double.POSITIVE_INFINITY);
                histogram.record(Double.NEGATIVE_INFINITY);
                histogram.record(1e300);
            }
            BucketHistogramSnapshot poisoned = histogram.snapshotThenReset();
            assertThat(poisoned.counts()).containsExactly(20, 0, 0, 0, 0, 40);
            assertThat(poisoned.sum()).isNaN();
            assertThat(poisoned.min()).isEqualTo(Double.NEGATIVE_INFINITY);
            assertThat(poisoned.max()).isEqualTo(Double.POSITIVE_INFINITY);
            for (int i = 0; i < 100; i++) histogram.record(0.25);
            BucketHistogramSnapshot snapshot = histogram.snapshot();
            assertThat(snapshot.sum()).isEqualTo(25);
            assertThat(snapshot.min()).isEqualTo(0.25);
            assertThat(snapshot.max()).isEqualTo(0.25);
            assertThat(agent.commits()).isGreaterThan(100);
        }
    }

    @Test
    void a_snapshot_leaves_all_for_the_next() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            PerCpuBucketHistogram histogram = new PerCpuBucketHistogram(BOUNDS);
            for (int i = 1; i <= 50; i++) {
                histogram.record(i);
                BucketHistogramSnapshot snapshot = histogram.snapshot();
                assertThat(snapshot.count()).isEqualTo(i);
                assertThat(snapshot.sum()).isEqualTo(i * (i + 1) / 2);
                assertThat(snapshot.min()).isEqualTo(1);
                assertThat(snapshot.max()).isEqualTo(i);
            }
            assertThat(histogram.snapshotThenReset().count()).isEqualTo(50);
            empty(histogram.snapshotThenReset());
            assertThat(agent.commits()).isPositive();
        }
    }

    @Test
    void a_value_that_meets_a_closed_tally_goes_to_the_heap_and_waits_for_nobody() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            agent.keepsOn(0);
            PerCpuBucketHistogram histogram = new PerCpuBucketHistogram(BOUNDS);
            for (int i = 0; i < 10; i++) histogram.record(1);
            agent.atFence(() -> histogram.record(2000)); // while all is closed
            BucketHistogramSnapshot taken = histogram.snapshotThenReset();
            agent.atFence(() -> {});
            assertThat(taken.counts()).containsExactly(0, 0, 10, 0, 1, 0);
            assertThat(taken.sum()).isEqualTo(2010);
            histogram.record(3);
            assertThat(histogram.snapshot().counts()).containsExactly(0, 0, 0, 1, 0, 0);
        }
    }

    @Test
    void a_tally_that_a_vanished_thread_left_closed_is_whole_in_the_next_snapshot() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            agent.keepsOn(0);
            PerCpuBucketHistogram histogram = new PerCpuBucketHistogram(BOUNDS);
            for (int i = 0; i < 10; i++) histogram.record(1);
            agent.atFence(() -> {
                throw new IllegalStateException();
            });
            assertThatThrownBy(histogram::snapshotThenReset).isInstanceOf(IllegalStateException.class);
            agent.atFence(() -> {});
            histogram.record(2000);
            assertThat(histogram.snapshotThenReset().counts()).containsExactly(0, 0, 10, 0, 1, 0);
            long commits = agent.commits();
            for (int i = 0; i < 10; i++) histogram.record(1);
            assertThat(agent.commits()).isGreaterThanOrEqualTo(commits + 10);
            assertThat(histogram.snapshotThenReset().counts()).containsExactly(0, 0, 10, 0, 0, 0);
        }
    }

    @Test
    void a_kernel_without_the_fence_counts_on_the_heap() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            agent.fences(false);
            PerCpuBucketHistogram histogram = new PerCpuBucketHistogram(BOUNDS);
            long commits = agent.commits();
            for (int i = 0; i < 100; i++) histogram.record(i);
            assertThat(agent.commits()).isEqualTo(commits);
            assertThat(histogram.snapshotThenReset().count()).isEqualTo(100);
        }
    }

    @Test
    void sequences_that_never_commit_lose_nothing() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            PerCpuBucketHistogram histogram = new PerCpuBucketHistogram(BOUNDS);
            histogram.record(1);
            for (long status : new long[] {Commits.RESTARTED, Commits.UNAVAILABLE, Commits.CLOSED}) {
                agent.always(status);
                histogram.record(2);
            }
            agent.always(null);
            assertThat(histogram.snapshotThenReset().sum()).isEqualTo(7);
        }
    }

    @Test
    void each_value_is_whole_in_exactly_one_snapshot_while_writers_run_and_the_agent_arrives() {
        PerCpuBucketHistogram histogram = new PerCpuBucketHistogram(BOUNDS);
        AtomicReference<BucketHistogramSnapshot> taken = new AtomicReference<>(histogram.snapshotThenReset());
        Crowd writers = Crowd.of(THREADS, () -> ascending(histogram));
        try (FakeAgent agent = FakeAgent.arrive()) {
            takeUntil(writers, histogram, taken);
            writers.join();
            Crowd more = Crowd.of(THREADS, () -> ascending(histogram));
            Crowd.of(2, () -> takeUntil(more, histogram, taken)).join();
            more.join();
            BucketHistogramSnapshot all = taken.get().plus(histogram.snapshotThenReset());
            assertThat(all.counts()).containsExactly(of(0), of(1), of(2), of(998), of(9000), of(VALUES - 10_001));
            assertThat(all.sum()).isEqualTo(of(1) * (VALUES / 2) * (VALUES - 1.0));
            assertThat(all.min()).isEqualTo(0);
            assertThat(all.max()).isEqualTo(VALUES - 1);
            assertThat(agent.commits()).isGreaterThan(THREADS * VALUES / 2);
        }
    }

    /** What the lowest and the highest value bound, sum and buckets keep to. */
    @Test
    void figures_of_a_snapshot_are_of_the_same_values() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            PerCpuBucketHistogram histogram = new PerCpuBucketHistogram(BOUNDS);
            Crowd writers = Crowd.of(2, () -> ascending(histogram));
            while (!writers.isDone()) {
                BucketHistogramSnapshot snapshot = histogram.snapshotThenReset();
                if (snapshot.count() == 0) continue;
                assertThat(snapshot.sum())
                        .isBetween(snapshot.count() * snapshot.min(), snapshot.count() * snapshot.max());
                assertThat(snapshot.count(bucketOf(snapshot.min()))).isPositive();
                assertThat(snapshot.count(bucketOf(snapshot.max()))).isPositive();
                for (int bucket = 0; bucket < bucketOf(snapshot.min()); bucket++)
                    assertThat(snapshot.count(bucket)).isZero();
                for (int bucket = bucketOf(snapshot.max()) + 1; bucket < snapshot.buckets(); bucket++)
                    assertThat(snapshot.count(bucket)).isZero();
            }
            writers.join();
            assertThat(agent.commits()).isPositive();
        }
    }

    @Test
    void what_is_wrong_is_refused() {
        for (double[] wrong : new double[][] {
            {Double.NaN}, {1, Double.POSITIVE_INFINITY}, {Double.NEGATIVE_INFINITY}, {1, 1}, {2, 1}, {0.0, -0.0}
        }) {
            assertThatThrownBy(() -> new PerCpuBucketHistogram(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new PerCpuBucketHistogram(Index.NUMA_NODE, 1))
                .isInstanceOf(IllegalArgumentException.class);
        BucketHistogramSnapshot other = new PerCpuBucketHistogram(1).snapshot();
        assertThatThrownBy(() -> new PerCpuBucketHistogram(2).snapshot().plus(other))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bounds_are_copied() {
        double[] bounds = {1, 2};
        PerCpuBucketHistogram histogram = new PerCpuBucketHistogram(bounds);
        bounds[0] = 5;
        histogram.bounds()[1] = 5;
        histogram.snapshot().counts()[0] = 5;
        histogram.record(1.5);
        assertThat(histogram.bounds()).containsExactly(1, 2);
        assertThat(histogram.snapshot().counts()).containsExactly(0, 1, 0);
    }

    private static void empty(BucketHistogramSnapshot snapshot) {
        assertThat(snapshot.count()).isZero();
        assertThat(snapshot.sum()).isZero();
        assertThat(snapshot.min()).isNaN();
        assertThat(snapshot.max()).isNaN();
    }

    private static int bucketOf(double value) {
        int bucket = 0;
        while (bucket < BOUNDS.length && value > BOUNDS[bucket]) bucket++;
        return bucket;
    }

    private static long of(long values) {
        return 2L * THREADS * values;
    }

    private static void ascending(PerCpuBucketHistogram histogram) {
        for (int value = 0; value < VALUES; value++) histogram.record(value);
    }

    private static void takeUntil(
            Crowd writers, PerCpuBucketHistogram histogram, AtomicReference<BucketHistogramSnapshot> taken) {
        while (!writers.isDone()) taken.accumulateAndGet(histogram.snapshotThenReset(), BucketHistogramSnapshot::plus);
    }
}
