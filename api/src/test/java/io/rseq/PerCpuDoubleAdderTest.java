/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rseq.internal.FakeAgent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The atomic way, and the change to sequences in the middle, by a fake agent; under the real one the integration tests hold the rest. */
class PerCpuDoubleAdderTest {
    private static final int THREADS = 16;
    private static final int ADDS = 20_000;
    private static final double INFINITY = Double.POSITIVE_INFINITY;

    @ParameterizedTest
    @EnumSource(
            value = Index.class,
            names = {"CPU", "CONCURRENCY_ID"})
    void sum_of_whole_numbers_of_many_threads_is_exact(Index index) {
        PerCpuDoubleAdder adder = new PerCpuDoubleAdder(index);
        Crowd.of(THREADS, () -> adds(adder)).join();
        assertThat(adder.sum()).isEqualTo(THREADS * ADDS * 1.5);
    }

    @Test
    void results_of_sumThenReset_are_all_adds_also_when_the_agent_arrives_in_the_middle() {
        PerCpuDoubleAdder adder = new PerCpuDoubleAdder();
        Crowd writers = Crowd.of(THREADS, () -> adds(adder));
        try (FakeAgent agent = FakeAgent.arrive()) {
            double taken = takenOf(adder);
            writers.join();
            assertThat(taken + adder.sumThenReset()).isEqualTo(2 * THREADS * ADDS * 1.5);
            assertThat(agent.adds()).isPositive();
        }
    }

    @Test
    void results_of_sumThenReset_are_all_adds_where_the_kernel_has_no_fence() {
        PerCpuDoubleAdder adder = new PerCpuDoubleAdder();
        try (FakeAgent agent = FakeAgent.arrive()) {
            agent.fences(false);
            assertThat(takenOf(adder)).isEqualTo(THREADS * ADDS * 1.5);
            assertThat(adder.sum()).isZero();
        }
    }

    @Test
    void an_add_that_finds_its_cell_closed_goes_to_the_heap_and_counts() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            agent.keepsOn(0);
            PerCpuDoubleAdder adder = new PerCpuDoubleAdder();
            for (int i = 0; i < 100; i++) adder.add(1); // some are aborted, and tried again
            agent.atFence(() -> adder.add(0.5));
            assertThat(adder.sumThenReset() + adder.sum()).isEqualTo(100.5);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void huge_numbers_leave_nothing_behind_a_reset(boolean hasAgent) {
        FakeAgent agent = hasAgent ? FakeAgent.arrive() : null;
        try (agent) {
            PerCpuDoubleAdder adder = new PerCpuDoubleAdder();
            for (double huge : new double[] {1e300, -1e300, Double.MAX_VALUE, INFINITY, -INFINITY, Double.NaN}) {
                adder.add(huge);
                assertThat(Double.valueOf(adder.sumThenReset())).isEqualTo(Double.valueOf(huge));
                for (int i = 0; i < 100; i++) adder.add(1);
                assertThat(adder.sumThenReset()).isEqualTo(100);
            }
            adder.add(INFINITY);
            adder.add(-INFINITY);
            assertThat(adder.sum()).isNaN();
            adder.reset();
            adder.add(-0.0);
            assertThat(Double.doubleToRawLongBits(adder.sum())).isZero();
        }
    }

    @Test
    void its_memory_is_16_bytes_and_a_kernel_without_a_fence_is_asked_once() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            long before = agent.allocated();
            PerCpuDoubleAdder adder = new PerCpuDoubleAdder();
            assertThat(agent.allocated() - before).isEqualTo(16);
            adder.add(1);
            agent.fences(false);
            AtomicLong asked = new AtomicLong();
            agent.atFence(asked::incrementAndGet);
            PerCpuDoubleAdder unfenced = new PerCpuDoubleAdder();
            for (int i = 0; i < 10; i++) unfenced.add(1);
            assertThat(unfenced.sumThenReset()).isEqualTo(10);
            assertThat(asked).hasValue(1);
            assertThat(adder.sum()).isOne();
        }
    }

    @Test
    void as_a_number_it_is_its_sum() {
        PerCpuDoubleAdder adder = new PerCpuDoubleAdder();
        adder.add(42.75);
        assertThat(adder.doubleValue()).isEqualTo(42.75);
        assertThat(adder.longValue()).isEqualTo(42);
        assertThat(adder.intValue()).isEqualTo(42);
        assertThat(adder.floatValue()).isEqualTo(42.75f);
        assertThat(adder).hasToString("42.75");
    }

    @Test
    void the_node_is_refused_for_an_index() {
        assertThatThrownBy(() -> new PerCpuDoubleAdder(Index.NUMA_NODE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NUMA_NODE");
        assertThatThrownBy(() -> new PerCpuDoubleAdder(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void it_is_serialized_as_its_sum() throws Exception {
        PerCpuDoubleAdder adder = new PerCpuDoubleAdder(Index.CONCURRENCY_ID);
        adder.add(7.5);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(adder);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            PerCpuDoubleAdder copy = (PerCpuDoubleAdder) in.readObject();
            copy.add(1);
            assertThat(copy.sum()).isEqualTo(8.5);
        }
        assertThat(adder.sum()).isEqualTo(7.5);
    }

    /* While others add and take. */
    private static double takenOf(PerCpuDoubleAdder adder) {
        AtomicLong halves = new AtomicLong();
        Crowd writers = Crowd.of(THREADS, () -> adds(adder));
        Crowd takers = Crowd.of(3, () -> {
            while (!writers.isDone()) halves.addAndGet((long) (2 * adder.sumThenReset()));
        });
        writers.join();
        takers.join();
        return (halves.get() + 2 * adder.sumThenReset()) / 2;
    }

    /** Adds 1.5 for each of ADDS rounds, in two. */
    private static void adds(PerCpuDoubleAdder adder) {
        for (int i = 0; i < ADDS; i++) {
            adder.add(1);
            adder.add(0.5);
        }
    }
}
