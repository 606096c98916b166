/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rseq.internal.FakeAgent;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The atomic way, and the change to sequences in the middle, by a fake agent; under the real one the integration tests hold the rest. */
class PerCpuBufferTest {
    private static final int THREADS = 16;
    private static final int ROUNDS = 5_000;

    @ParameterizedTest
    @CsvSource({"1024, false, CPU", "1024, true, CPU", "65536, true, CONCURRENCY_ID", "65536, false, CPU"})
    void each_record_comes_once_whole_and_in_order_whatever_many_threads_do(
            int capacity, boolean timestamps, Index index) {
        PerCpuBuffer buffer = PerCpuBuffer.builder(capacity)
                .timestamps(timestamps)
                .index(index)
                .build();
        Records records = new Records(buffer, THREADS, timestamps, true);
        Crowd crowd = Crowd.of(THREADS, () -> records.append(ROUNDS));
        while (!crowd.isDone()) records.drain();
        crowd.join();
        records.drain();
        records.allCame();
    }

    @ParameterizedTest
    @CsvSource({"1024, false", "1024, true", "65536, true"})
    void each_record_comes_once_and_whole_when_the_agent_arrives_in_the_middle(int capacity, boolean timestamps) {
        PerCpuBuffer buffer =
                PerCpuBuffer.builder(capacity).timestamps(timestamps).build();
        Records records = new Records(buffer, THREADS, timestamps, false);
        Crowd crowd = Crowd.of(THREADS, () -> records.append(ROUNDS));
        records.drain();
        try (FakeAgent agent = FakeAgent.arrive()) {
            long before = agent.commits();
            while (!crowd.isDone()) records.drain();
            crowd.join();
            records.append(ROUNDS);
            assertThat(agent.commits() - before).isGreaterThanOrEqualTo(ROUNDS);
            records.drain();
            records.allCame();
        }
    }

    @Test
    void several_readers_share_the_records() {
        PerCpuBuffer buffer = new PerCpuBuffer(1 << 12);
        Records records = new Records(buffer, THREADS, false, true);
        Crowd writers = Crowd.of(THREADS, () -> records.append(ROUNDS));
        Crowd readers = Crowd.of(3, () -> {
            while (!writers.isDone()) records.drain();
        });
        writers.join();
        readers.join();
        records.drain();
        records.allCame();
    }

    @Test
    void writers_that_find_no_room_drain_their_own_and_go_on() {
        PerCpuBuffer buffer = new PerCpuBuffer(1 << 12);
        Records records = new Records(buffer, THREADS, false, true);
        Crowd.of(THREADS, () -> records.append(ROUNDS, records::drainCurrent)).join();
        records.drain();
        records.allCame();
    }

    @Test
    void records_of_cpus_that_the_agent_does_not_see_are_drained() {
        PerCpuBuffer buffer = new PerCpuBuffer(1 << 12);
        Crowd.of(64, () -> buffer.append(new byte[8])).join();
        try (FakeAgent agent = FakeAgent.arriveSeeing(1)) {
            long before = agent.commits();
            for (int i = 0; i < 100; i++) buffer.append(new byte[8]);
            assertThat(agent.commits()).isGreaterThan(before);
            int[] drained = {0};
            for (int i = 0; i < 2; i++) buffer.drain((cpu, time, bytes, from, length) -> drained[0]++);
            assertThat(drained[0]).isEqualTo(164);
        }
    }

    @Test
    void an_append_with_a_timestamp_waits_for_no_monitor() throws Exception {
        try (FakeAgent agent = FakeAgent.arrive()) {
            PerCpuBuffer buffer = PerCpuBuffer.builder(1 << 12).timestamps(true).build();
            Set<Object> objects = Collections.newSetFromMap(new IdentityHashMap<>());
            collect(buffer, objects);
            assertThat(objects).hasSizeGreaterThan(3);
            assertThat(objects).noneMatch(PerCpuBufferTest::hasSections);
            long before = agent.commits();
            FutureTask<Boolean> append = new FutureTask<>(() -> buffer.append(new byte[8]));
            Thread writer = new Thread(append);
            holding(objects.iterator(), () -> {
                writer.start();
                while (writer.isAlive() && writer.getState() != Thread.State.BLOCKED) Thread.onSpinWait();
                assertThat(append).isDone();
            });
            assertThat(append.get()).isTrue();
            assertThat(agent.commits()).isGreaterThan(before);
        }
    }

    /** The pool and the stacks have sections that one thread runs at a time; a lock of its own may be no monitor. */
    private static boolean hasSections(Object part) {
        return part instanceof PerCpuPool || part.getClass().getSimpleName().matches(".*(Stack|Stacks|Lock)");
    }

    /** What a buffer is made of. */
    private static void collect(Object object, Set<Object> objects) throws IllegalAccessException {
        if (object == null || object instanceof Enum || !objects.add(object)) return;
        for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
            if (!type.getName().startsWith("io.rseq.")) continue;
            for (Field field : type.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) || field.getType().isPrimitive()) continue;
                field.setAccessible(true);
                collect(field.get(object), objects);
            }
        }
    }

    private static void holding(Iterator<Object> objects, Runnable action) {
        if (!objects.hasNext()) {
            action.run();
            return;
        }
        synchronized (objects.next()) {
            holding(objects, action);
        }
    }

    @Test
    void a_full_buffer_says_false_and_counts_and_takes_records_again_when_it_was_drained() {
        PerCpuBuffer buffer = new PerCpuBuffer(1024);
        byte[] record = new byte[100];
        int appended = 0;
        while (buffer.append(record)) appended++;
        assertThat(appended).isBetween(1024 / (100 + 12) - 1, 1024 / 100);
        assertThat(buffer.append(record)).isFalse();
        assertThat(buffer.dropped()).isEqualTo(2);
        assertThat(buffer.drain((cpu, time, bytes, from, length) -> {})).isEqualTo(appended);
        assertThat(buffer.append(record)).isTrue();
        assertThat(buffer.dropped()).isEqualTo(2);
    }

    @Test
    void records_of_every_length_up_to_the_limit_come_as_they_were_and_longer_ones_are_refused() {
        for (boolean timestamps : new boolean[] {false, true}) {
            PerCpuBuffer buffer =
                    PerCpuBuffer.builder(1024).timestamps(timestamps).build();
            assertThat(buffer.maxRecord()).isEqualTo(128);
            byte[] source = new byte[200];
            for (int i = 0; i < source.length; i++) source[i] = (byte) i;
            for (int length = 0; length <= buffer.maxRecord(); length++) {
                assertThat(buffer.append(source, 7, length)).isTrue();
                List<byte[]> drained = new ArrayList<>();
                buffer.drain((cpu, time, bytes, from, n) -> drained.add(Arrays.copyOfRange(bytes, from, from + n)));
                assertThat(drained).hasSize(1);
                assertThat(drained.get(0)).isEqualTo(Arrays.copyOfRange(source, 7, 7 + length));
            }
            assertThatThrownBy(() -> buffer.append(source, 0, 129))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("length=129");
            assertThatThrownBy(() -> buffer.append(source, 190, 20)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(buffer.dropped()).isZero();
        }
    }

    @Test
    void a_record_at_which_the_consumer_throws_is_drained_and_the_rest_stays() {
        PerCpuBuffer buffer = new PerCpuBuffer(1024);
        for (byte i = 0; i < 5; i++) buffer.append(new byte[] {i});
        List<Byte> seen = new ArrayList<>();
        RecordConsumer throwing = (cpu, time, bytes, from, length) -> {
            seen.add(bytes[from]);
            if (bytes[from] == 2) throw new IllegalStateException("at 2");
        };
        assertThatThrownBy(() -> buffer.drain(throwing)).hasMessage("at 2");
        assertThat(buffer.drain(throwing)).isEqualTo(2);
        assertThat(seen).containsExactly((byte) 0, (byte) 1, (byte) 2, (byte) 3, (byte) 4);
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void each_record_comes_once_and_in_order_although_the_consumer_throws_in_the_middle_of_every_chunk(
            boolean sequences, boolean timestamps) {
        try (FakeAgent agent = sequences ? FakeAgent.arrive() : null) {
            PerCpuBuffer buffer =
                    PerCpuBuffer.builder(1 << 14).timestamps(timestamps).build();
            int appended = 0;
            while (buffer.append(new byte[] {(byte) appended, (byte) (appended >> 8)})) appended++;
            assertThat(agent == null || agent.commits() > 0).isTrue();
            int[] last = new int[Cpus.count()];
            Arrays.fill(last, -1);
            int[] seen = {0, 0};
            RecordConsumer throwing = (cpu, time, bytes, from, length) -> {
                int number = bytes[from] & 0xFF | (bytes[from + 1] & 0xFF) << 8;
                assertThat(time != 0).isEqualTo(timestamps);
                if (!sequences) assertThat(number).isGreaterThan(last[cpu]);
                last[cpu] = number;
                seen[1] += number;
                if (++seen[0] % 7 == 0) throw new IllegalStateException("at a seventh");
            };
            int returned = 0;
            int thrown = 0;
            while (seen[0] < appended) {
                try {
                    returned = buffer.drain(throwing);
                } catch (IllegalStateException seventh) {
                    thrown++;
                }
            }
            assertThat(thrown).isEqualTo(appended / 7);
            assertThat(returned).isEqualTo(appended % 7);
            assertThat(seen[1]).isEqualTo(appended * (appended - 1) / 2);
            assertThat(buffer.drain(throwing)).isZero();
        }
    }

    @Test
    void records_longer_than_a_chunk_and_short_ones_among_them_come() {
        PerCpuBuffer buffer = new PerCpuBuffer(1 << 17);
        int[] lengths = {1, 16_384, 2, 3, 8_184, 8_185, 4, 16_384, 0};
        byte[] record = new byte[16_384];
        List<Integer> seen = new ArrayList<>();
        for (int length : lengths) assertThat(buffer.append(record, 0, length)).isTrue();
        assertThat(buffer.drain((cpu, time, bytes, from, length) -> seen.add(length)))
                .isEqualTo(lengths.length);
        assertThat(seen).containsExactlyInAnyOrder(1, 16_384, 2, 3, 8_184, 8_185, 4, 16_384, 0);
    }

    @Test
    void writers_have_the_places_of_a_whole_chunk_while_its_first_record_is_with_the_consumer() {
        PerCpuBuffer buffer = new PerCpuBuffer(1024);
        byte[] record = new byte[100];
        int appended = 0;
        while (buffer.append(record)) appended++;
        int full = appended;
        int[] again = {0};
        assertThat(buffer.drain((cpu, time, bytes, from, length) -> {
                    while (buffer.append(record)) again[0]++;
                }))
                .isEqualTo(full);
        assertThat(again[0]).isGreaterThan(full - 2);
        assertThat(buffer.drain((cpu, time, bytes, from, length) -> {})).isEqualTo(again[0]);
    }

    @Test
    void a_consumer_may_append_and_a_drain_within_a_drain_leaves_that_cpu_out() {
        PerCpuBuffer buffer = new PerCpuBuffer(1024);
        buffer.append(new byte[] {1});
        AtomicInteger inner = new AtomicInteger();
        assertThat(buffer.drain((cpu, time, bytes, from, length) -> {
                    assertThat(buffer.append(new byte[] {2})).isTrue();
                    inner.addAndGet(buffer.drain((c, t, b, f, l) -> {}));
                }))
                .isOne();
        assertThat(inner).hasValue(0);
        assertThat(buffer.drain((cpu, time, bytes, from, length) ->
                        assertThat(bytes[from]).isEqualTo((byte) 2)))
                .isOne();
    }

    @Test
    void timestamps_are_nanoTime_and_there_are_none_unless_asked_for() {
        PerCpuBuffer stamped = PerCpuBuffer.builder(1024).timestamps(true).build();
        PerCpuBuffer plain = new PerCpuBuffer(1024);
        long before = System.nanoTime();
        stamped.append(new byte[3]);
        plain.append(new byte[3]);
        long after = System.nanoTime();
        stamped.drain((cpu, time, bytes, from, length) -> {
            assertThat(time - before).isNotNegative();
            assertThat(after - time).isNotNegative();
            assertThat(length).isEqualTo(3);
        });
        plain.drain((cpu, time, bytes, from, length) -> assertThat(time).isZero());
    }

    @Test
    void what_can_not_be_is_refused() {
        for (int capacity : new int[] {0, 512, 1025, 3000, 1 << 27, Integer.MIN_VALUE})
            assertThatThrownBy(() -> new PerCpuBuffer(capacity)).hasMessageContaining("capacityPerCpu=" + capacity);
        PerCpuBuffer.Builder builder = PerCpuBuffer.builder(1024);
        assertThatThrownBy(() -> builder.index(Index.NUMA_NODE)).hasMessageContaining("NUMA_NODE");
    }
}
