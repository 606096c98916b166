/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rseq.internal.FakeAgent;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Highest and lowest; the atomic way, and sequences by a fake agent. */
class PerCpuMaxTest {
    private static final int THREADS = 16;
    private static final long OFFERS = 20_000;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void every_long_has_its_place_in_the_order(boolean hasAgent) {
        FakeAgent agent = hasAgent ? FakeAgent.arrive() : null;
        try (agent) {
            PerCpuMax max = new PerCpuMax();
            PerCpuMin min = new PerCpuMin();
            assertThat(max.max()).isEqualTo(Long.MIN_VALUE);
            assertThat(min.min()).isEqualTo(Long.MAX_VALUE);
            long highest = Long.MIN_VALUE;
            long lowest = Long.MAX_VALUE;
            for (long value : new long[] {-5, -7, -1, 0, 1, 3, 2, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 1}) {
                max.offer(value);
                min.offer(value);
                highest = Math.max(highest, value);
                lowest = Math.min(lowest, value);
                assertThat(max.max()).isEqualTo(highest);
                assertThat(min.min()).isEqualTo(lowest);
            }
            assertThat(max).hasToString(Long.toString(Long.MAX_VALUE));
            assertThat(min).hasToString(Long.toString(Long.MIN_VALUE));
            assertThat(max.maxThenReset()).isEqualTo(Long.MAX_VALUE);
            assertThat(min.minThenReset()).isEqualTo(Long.MIN_VALUE);
            max.offer(-3);
            min.offer(3);
            assertThat(max.maxThenReset()).isEqualTo(-3);
            assertThat(min.minThenReset()).isEqualTo(3);
            assertThat(max.max()).isEqualTo(Long.MIN_VALUE);
            assertThat(min.min()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Index.class,
            names = {"CPU", "CONCURRENCY_ID"})
    void no_highest_is_lost_while_others_reset_and_the_agent_arrives(Index index) {
        PerCpuMax max = new PerCpuMax(index);
        PerCpuMin min = new PerCpuMin(index);
        AtomicLong next = new AtomicLong();
        Crowd before = Crowd.of(THREADS, () -> offer(max, min, next));
        try (FakeAgent agent = FakeAgent.arrive()) {
            Crowd after = Crowd.of(THREADS, () -> offer(max, min, next));
            AtomicLong highest = new AtomicLong(Long.MIN_VALUE);
            AtomicLong lowest = new AtomicLong(Long.MAX_VALUE);
            Crowd takers = Crowd.of(3, () -> {
                while (!after.isDone()) take(max, min, highest, lowest);
            });
            before.join();
            after.join();
            takers.join();
            take(max, min, highest, lowest);
            assertThat(highest).hasValue(next.get());
            assertThat(lowest).hasValue(-next.get());
            assertThat(agent.adds()).isPositive();
        }
    }

    @Test
    void an_offer_that_finds_its_cell_closed_goes_to_the_heap_and_counts() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            agent.keepsOn(0);
            PerCpuMax max = new PerCpuMax();
            for (int i = 0; i < 20; i++) max.offer(i);
            agent.atFence(() -> max.offer(100));
            assertThat(Math.max(max.maxThenReset(), max.max())).isEqualTo(100);
        }
    }

    @Test
    void the_node_is_refused_for_an_index() {
        assertThatThrownBy(() -> new PerCpuMax(Index.NUMA_NODE)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PerCpuMin(Index.NUMA_NODE)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Each value is a new highest, and its negative a new lowest. */
    private static void offer(PerCpuMax max, PerCpuMin min, AtomicLong next) {
        for (long i = 0; i < OFFERS; i++) {
            long value = next.incrementAndGet();
            max.offer(value);
            min.offer(-value);
        }
    }

    private static void take(PerCpuMax max, PerCpuMin min, AtomicLong highest, AtomicLong lowest) {
        highest.accumulateAndGet(max.maxThenReset(), Math::max);
        lowest.accumulateAndGet(min.minThenReset(), Math::min);
    }
}
