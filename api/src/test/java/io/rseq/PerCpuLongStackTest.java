/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rseq.internal.Commits;
import io.rseq.internal.FakeAgent;
import io.rseq.internal.PerCpuMemory;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The atomic way, and the change to sequences in the middle, by a fake agent; under the real one the integration tests hold the rest. */
class PerCpuLongStackTest {
    private static final int THREADS = 16;
    private static final int ROUNDS = 20_000;

    @ParameterizedTest
    @CsvSource({"8, 16, CPU", "1, 0, CPU", "64, 1000, CONCURRENCY_ID", "5, 3, CPU"})
    void each_value_is_in_one_place_whatever_many_threads_do(int capacity, int overflow, Index index) {
        PerCpuLongStack stack = new PerCpuLongStack(capacity, overflow, index);
        Tokens tokens = new Tokens(stack, 200);
        Crowd.of(THREADS, () -> tokens.shuffle(ROUNDS)).join();
        tokens.allAreInOnePlace();
    }

    @ParameterizedTest
    @CsvSource({"8, 16", "1, 0", "64, 1000"})
    void each_value_is_in_one_place_when_the_agent_arrives_in_the_middle_and_sequences_answer_anything(
            int capacity, int overflow) {
        PerCpuLongStack stack = new PerCpuLongStack(capacity, overflow, Index.CPU);
        Tokens tokens = new Tokens(stack, 200);
        Crowd crowd = Crowd.of(THREADS, () -> tokens.shuffle(ROUNDS));
        try (FakeAgent agent = FakeAgent.arrive()) {
            crowd.join();
            long before = agent.commits();
            Crowd.of(THREADS, () -> tokens.shuffle(ROUNDS)).join();
            assertThat(agent.commits() - before).isGreaterThan(ROUNDS);
            tokens.allAreInOnePlace();
        }
    }

    @Test
    void a_drain_while_threads_push_and_pop_takes_each_value_once() {
        PerCpuLongStack stack = new PerCpuLongStack(8, 100, Index.CPU);
        Tokens tokens = new Tokens(stack, 100);
        drainWhileShuffled(stack, tokens);
        try (FakeAgent agent = FakeAgent.arrive()) {
            drainWhileShuffled(stack, tokens);
            agent.fences(false);
            drainWhileShuffled(stack, tokens);
            agent.fences(true);
            tokens.allAreInOnePlace();
        }
    }

    @Test
    void what_the_stripes_held_is_in_per_cpu_memory_when_the_agent_has_come_and_the_bound_holds() {
        PerCpuLongStack stack = new PerCpuLongStack(10, 5, Index.CPU);
        assertThat(fill(stack)).isEqualTo(15);
        try (FakeAgent agent = FakeAgent.arrive()) {
            assertThat(stack.size()).isEqualTo(15);
            for (int i = 0; i < 1000 * Cpus.count(); i++) fill(stack); // on every CPU
            assertThat(stack.size()).isEqualTo(10L * Cpus.count() + 5);
            assertThat(stack.drainTo(value -> {})).isEqualTo(10 * Cpus.count() + 5);
            assertThat(agent.allocated()).isGreaterThanOrEqualTo(16 + 80);
        }
    }

    @Test
    void what_the_stripes_held_is_popped_when_an_agent_arrives_that_sees_fewer_cpus() {
        PerCpuLongStack stack = new PerCpuLongStack(8, 100, Index.CPU);
        for (int thread = 0; thread < 64; thread++) {
            Crowd.of(1, () -> IntStream.range(0, 8).forEach(stack::push)).join(); // on every index
        }
        long held = stack.size();
        assertThat(held).isGreaterThan(8);
        try (FakeAgent agent = FakeAgent.arriveSeeing(1)) {
            agent.registersWhenAsked();
            for (int i = 0; i < held; i++) assertThat(stack.pop()).isNotEqualTo(PerCpuLongStack.EMPTY);
            assertThat(stack.size()).isZero();
        }
    }

    @Test
    void without_a_fence_the_other_cpus_values_stay_and_are_counted() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            PerCpuLongStack stack = new PerCpuLongStack(10, 5, Index.CPU);
            for (int i = 0; i < 1000; i++) fill(stack);
            agent.fences(false);
            long here = stack.size();
            int taken = stack.drainTo(value -> {});
            assertThat(taken).isBetween(5, 15);
            assertThat(stack.size()).isEqualTo(here - taken);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Commits.RESTARTED, Commits.CLOSED, Commits.UNAVAILABLE})
    void what_no_sequence_commits_to_is_neither_full_nor_empty_for_that(long status) {
        try (FakeAgent agent = FakeAgent.arrive()) {
            PerCpuLongStack stack = new PerCpuLongStack(4, 0, Index.CPU);
            agent.always(status);
            assertThat(fill(stack)).isEqualTo(4);
            assertThat(stack.size()).isEqualTo(4);
            assertThat(LongStream.generate(stack::pop).limit(5)).containsExactly(3L, 2L, 1L, 0L, PerCpuLongStack.EMPTY);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_push_that_meets_a_drain_is_not_told_full(boolean fences) {
        try (FakeAgent agent = FakeAgent.arrive()) {
            agent.fences(fences);
            PerCpuLongStack stack = new PerCpuLongStack(1000, 0, Index.CPU);
            for (int i = 0; i < 500; i++) stack.push(i); // on every CPU
            FutureTask<Boolean> push = new FutureTask<>(() -> stack.push(500));
            Thread pusher = new Thread(push);
            agent.atFence(() -> {
                if (pusher.getState() == Thread.State.NEW) pusher.start();
                if (Thread.currentThread() == pusher) return; // its own fence waits for nobody
                while (pusher.isAlive() && pusher.getState() != Thread.State.BLOCKED) Thread.onSpinWait();
            });
            stack.drainTo(value -> {});
            assertThat(push).succeedsWithin(60, TimeUnit.SECONDS).isEqualTo(true);
        }
    }

    @Test
    void what_a_drain_left_closed_whose_frame_is_gone_is_opened() throws ReflectiveOperationException {
        try (FakeAgent agent = FakeAgent.arrive()) {
            PerCpuLongStack stack = new PerCpuLongStack(4, 100, Index.CPU);
            long closed = memory(stack).acquired() + Long.BYTES;
            for (int cpu = 0; cpu < Cpus.count(); cpu++) Commits.put(cpu, closed, 1);
            agent.always(Commits.CLOSED); // and UNAVAILABLE and RESTARTS are not among the answers
            for (int i = 0; i < 100; i++) {
                stack.push(i);
                stack.pop();
            }
            for (int cpu = 0; cpu < Cpus.count(); cpu++)
                assertThat(Commits.get(cpu, closed)).isZero();
        }
    }

    @Test
    void it_is_full_at_capacity_and_overflow_and_then_says_false() {
        PerCpuLongStack stack = new PerCpuLongStack(10, 5, Index.CPU);
        assertThat(fill(stack)).isEqualTo(15);
        assertThat(stack.size()).isEqualTo(15);
        assertThat(stack.push(1)).isFalse();
        for (int i = 0; i < 15; i++) assertThat(stack.pop()).isNotEqualTo(PerCpuLongStack.EMPTY);
        assertThat(stack.pop()).isEqualTo(PerCpuLongStack.EMPTY);
    }

    @Test
    void last_in_is_first_out() {
        PerCpuLongStack stack = new PerCpuLongStack(4);
        for (long i = 1; i <= 3; i++) stack.push(i);
        assertThat(LongStream.generate(stack::pop).limit(4)).containsExactly(3L, 2L, 1L, PerCpuLongStack.EMPTY);
    }

    @Test
    void what_one_thread_gives_and_another_takes_comes_round_through_the_overflow() {
        PerCpuLongStack stack = new PerCpuLongStack(8, 100, Index.CPU);
        List<Long> taken = new ArrayList<>();
        for (int thread = 0; thread < 64; thread++) {
            Crowd.of(1, () -> fill(stack)).join();
            Crowd.of(1, () -> popAll(stack, taken)).join();
        }
        assertThat(taken).hasSizeGreaterThan(64 * 50);
    }

    @Test
    void values_that_are_statuses_are_refused_and_the_least_is_not() {
        PerCpuLongStack stack = new PerCpuLongStack(4);
        for (long value = Long.MIN_VALUE; value < PerCpuLongStack.LEAST; value++) {
            long refused = value;
            assertThatThrownBy(() -> stack.push(refused))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(Long.toString(refused));
        }
        assertThat(PerCpuLongStack.LEAST).isEqualTo(Long.MIN_VALUE + 16);
        assertThat(stack.push(PerCpuLongStack.LEAST)).isTrue();
        assertThat(stack.pop()).isEqualTo(PerCpuLongStack.LEAST);
    }

    @Test
    void arrays_are_pushed_and_popped_as_far_as_there_is_room_and_there_are_values() {
        PerCpuLongStack stack = new PerCpuLongStack(4, 2, Index.CPU);
        long[] values = {-1, 1, 2, 3, 4, 5, 6, 7, 8, -1};
        assertThat(stack.push(values, 1, 8)).isEqualTo(6);
        long[] popped = new long[10];
        assertThat(stack.pop(popped, 2, 8)).isEqualTo(6);
        assertThat(popped).endsWith(0, 0).startsWith(0, 0).contains(1, 2, 3, 4, 5, 6);
        long[] oneRefused = {1, 2, Long.MIN_VALUE};
        assertThatThrownBy(() -> stack.push(oneRefused, 0, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThat(stack.size()).isZero();
        assertThatThrownBy(() -> stack.pop(popped, 5, 6)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void when_the_action_of_a_drain_throws_the_rest_is_still_here() {
        PerCpuLongStack stack = new PerCpuLongStack(10, 5, Index.CPU);
        fill(stack);
        List<Long> seen = new ArrayList<>();
        assertThatThrownBy(() -> stack.drainTo(value -> {
                    seen.add(value);
                    if (seen.size() == 4) throw new IllegalStateException("enough");
                }))
                .hasMessage("enough");
        assertThat(stack.size()).isEqualTo(11);
        stack.drainTo(seen::add);
        assertThat(seen).hasSize(15).doesNotHaveDuplicates();
    }

    @Test
    void what_can_not_be_is_refused() {
        assertThatThrownBy(() -> new PerCpuLongStack(0)).hasMessageContaining("capacityPerCpu=0");
        assertThatThrownBy(() -> new PerCpuLongStack(PerCpuLongStack.MAX_CAPACITY + 1))
                .hasMessageContaining("capacityPerCpu");
        assertThatThrownBy(() -> new PerCpuLongStack(1, -1, Index.CPU)).hasMessageContaining("overflow=-1");
        assertThatThrownBy(() -> new PerCpuLongStack(1, 0, Index.NUMA_NODE)).hasMessageContaining("NUMA_NODE");
    }

    private static void drainWhileShuffled(PerCpuLongStack stack, Tokens tokens) {
        Crowd crowd = Crowd.of(THREADS, () -> tokens.shuffle(ROUNDS));
        while (!crowd.isDone()) {
            List<Long> taken = new ArrayList<>();
            stack.drainTo(value -> {
                tokens.take(value);
                taken.add(value);
            });
            for (long value : taken) tokens.putBack(value);
        }
        crowd.join();
    }

    private static PerCpuMemory memory(PerCpuLongStack stack) throws ReflectiveOperationException {
        return (PerCpuMemory) MethodHandles.privateLookupIn(PerCpuLongStack.class, MethodHandles.lookup())
                .findVarHandle(PerCpuLongStack.class, "memory", PerCpuMemory.class)
                .get(stack);
    }

    /** How many there was room for; 100 at most, each another. */
    private static int fill(PerCpuLongStack stack) {
        int pushed = 0;
        while (pushed < 100 && stack.push(pushed)) pushed++;
        return pushed;
    }

    private static void popAll(PerCpuLongStack stack, List<Long> to) {
        for (long value = stack.pop(); value != PerCpuLongStack.EMPTY; value = stack.pop()) to.add(value);
    }
}
