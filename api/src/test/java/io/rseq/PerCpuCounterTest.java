/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rseq.internal.FakeAgent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The atomic way, and the change to sequences in the middle, by a fake agent; under the real one the integration tests hold the rest. */
class PerCpuCounterTest {
    private static final int THREADS = 16;
    private static final int ADDS = 20_000;

    @ParameterizedTest
    @EnumSource(
            value = Index.class,
            names = {"CPU", "CONCURRENCY_ID"})
    void sum_of_many_threads_is_exact(Index index) {
        PerCpuCounter counter = new PerCpuCounter(index);
        Crowd.of(THREADS, () -> mixed(counter)).join();
        assertThat(counter.sum()).isEqualTo(THREADS * ADDS * 2L);
    }

    @Test
    void results_of_sumThenReset_while_writers_run_are_all_adds_and_no_sum_is_negative() {
        PerCpuCounter counter = new PerCpuCounter();
        AtomicLong taken = new AtomicLong();
        Crowd writers = Crowd.of(THREADS, () -> mixed(counter));
        Crowd takers = Crowd.of(2, () -> taken.addAndGet(takeUntil(writers, counter)));
        while (!takers.isDone()) assertThat(counter.sum()).isNotNegative();
        writers.join();
        takers.join();
        assertThat(taken.get() + counter.sum()).isEqualTo(THREADS * ADDS * 2L);
    }

    @Test
    void sums_stay_exact_when_the_agent_arrives_in_the_middle_and_when_sequences_answer_anything() {
        PerCpuCounter counter = new PerCpuCounter();
        AtomicLong taken = new AtomicLong();
        counter.add(5);
        long adds;
        try (FakeAgent agent = arriveDuring(counter, taken)) {
            Crowd more = Crowd.of(THREADS, () -> mixed(counter));
            taken.addAndGet(counter.sumThenReset());
            more.join();
            adds = agent.adds();
            assertThat(taken.get() + counter.sum()).isEqualTo(5 + 2 * THREADS * ADDS * 2L);
        }
        assertThat(adds).as("adds that came to the sequences").isGreaterThan(THREADS * ADDS);
    }

    @Test
    void a_reset_in_the_middle_of_a_sum_does_not_make_it_negative() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            PerCpuCounter counter = new PerCpuCounter();
            AtomicLong taken = new AtomicLong();
            AtomicBoolean within = new AtomicBoolean();
            agent.afterEachGet(() -> {
                if (within.getAndSet(true)) return;
                counter.increment();
                taken.addAndGet(counter.sumThenReset());
                within.set(false);
            });
            assertThat(counter.sum()).isBetween(0L, (long) Cpus.count());
            assertThat(taken.get()).isPositive();
        }
    }

    @RepeatedTest(8) // so that each way of an add comes, which the fake agent takes in turn
    void two_resets_between_which_the_total_comes_back_are_not_taken_for_none() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            PerCpuCounter counter = new PerCpuCounter();
            List<Long> results = new ArrayList<>();
            AtomicInteger cells = new AtomicInteger(Cpus.count());
            counter.add(5);
            agent.afterEachGet(() -> {
                if (cells.decrementAndGet() != 0) return;
                // What another thread does when this one has read each cell, and has not yet reset.
                results.add(counter.sumThenReset());
                counter.add(-5);
                results.add(counter.sumThenReset());
            });
            results.add(counter.sumThenReset());
            assertThat(results).containsExactly(5L, -5L, 0L);
            assertThat(counter.sum()).isZero();
        }
    }

    @Test
    void sum_wraps_as_that_of_LongAdder_does() {
        PerCpuCounter counter = new PerCpuCounter();
        counter.add(Long.MAX_VALUE);
        counter.increment();
        assertThat(counter.sum()).isEqualTo(Long.MIN_VALUE);
        assertThat(counter.sumThenReset()).isEqualTo(Long.MIN_VALUE);
        counter.add(Long.MAX_VALUE);
        counter.add(2);
        assertThat(counter.sum()).isEqualTo(Long.MAX_VALUE + 2);
    }

    @Test
    void after_a_reset_it_counts_from_0() {
        PerCpuCounter counter = new PerCpuCounter();
        counter.add(40);
        counter.reset();
        assertThat(counter.sum()).isZero();
        counter.decrement();
        assertThat(counter.sumThenReset()).isEqualTo(-1);
        assertThat(counter.sum()).isZero();
    }

    @Test
    void as_a_number_it_is_its_sum() {
        PerCpuCounter counter = new PerCpuCounter();
        counter.add((1L << 32) + 3);
        assertThat(counter.longValue()).isEqualTo((1L << 32) + 3);
        assertThat(counter.intValue()).isEqualTo(3);
        assertThat(counter.doubleValue()).isEqualTo(4294967299.0);
        assertThat(counter.floatValue()).isEqualTo(4294967296f);
        assertThat(counter).hasToString("4294967299");
    }

    @Test
    void the_node_is_refused_for_an_index() {
        assertThatThrownBy(() -> new PerCpuCounter(Index.NUMA_NODE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NUMA_NODE");
        assertThatThrownBy(() -> new PerCpuCounter(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void it_is_serialized_as_its_sum() throws Exception {
        PerCpuCounter counter = new PerCpuCounter(Index.CONCURRENCY_ID);
        counter.add(7);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(counter);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            PerCpuCounter copy = (PerCpuCounter) in.readObject();
            copy.increment();
            assertThat(copy.sum()).isEqualTo(8);
        }
        assertThat(counter.sum()).isEqualTo(7);
    }

    /** Adds 2 for each of ADDS rounds, in two. */
    private static void mixed(PerCpuCounter counter) {
        for (int i = 0; i < ADDS; i++) {
            counter.increment();
            counter.add(1);
        }
    }

    private static FakeAgent arriveDuring(PerCpuCounter counter, AtomicLong taken) {
        Crowd writers = Crowd.of(THREADS, () -> mixed(counter));
        FakeAgent agent = FakeAgent.arrive();
        taken.addAndGet(takeUntil(writers, counter));
        writers.join();
        return agent;
    }

    private static long takeUntil(Crowd writers, PerCpuCounter counter) {
        long taken = 0;
        while (!writers.isDone()) taken += counter.sumThenReset();
        return taken;
    }
}
