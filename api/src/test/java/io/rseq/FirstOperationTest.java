/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.internal.FakeAgent;
import io.rseq.internal.HeapRing;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first operation of a thread that has no area yet, where the agent registers threads when they ask. */
class FirstOperationTest {
    private FakeAgent agent;

    @BeforeEach
    void arrive() {
        agent = FakeAgent.arriveSeeing(1);
        agent.registersWhenAsked();
    }

    @AfterEach
    void leave() {
        agent.close();
    }

    @Test
    void a_threads_first_add_is_a_sequence() throws ReflectiveOperationException {
        PerCpuCounter counter = new PerCpuCounter();
        Crowd.of(1, () -> counter.add(1)).join();
        assertThat(counter.sum()).isOne();
        assertThat(atomics(PerCpuCounter.class, counter)).isNull();
    }

    @Test
    void a_threads_first_double_and_first_offer_are_sequences() throws ReflectiveOperationException {
        PerCpuDoubleAdder adder = new PerCpuDoubleAdder();
        PerCpuMax max = new PerCpuMax();
        Crowd.of(1, () -> adder.add(1)).join();
        Crowd.of(1, () -> max.offer(7)).join();
        assertThat(adder.sum()).isOne();
        assertThat(max.max()).isEqualTo(7);
        for (ClosableCells cells : new ClosableCells[] {
            field(PerCpuDoubleAdder.class, "cells", ClosableCells.class, adder),
            field(PerCpuMax.class, "cells", ClosableCells.class, max)
        })
            assertThat(field(ClosableCells.class, "heap", AtomicCells.class, cells))
                    .isNull();
    }

    @Test
    void a_threads_first_value_is_recorded_by_a_sequence() throws ReflectiveOperationException {
        PerCpuHistogram histogram = new PerCpuHistogram(1000, 2);
        Crowd.of(1, () -> histogram.record(7)).join();
        assertThat(histogram.snapshot().count()).isOne();
        assertThat(atomics(PerCpuHistogram.class, histogram)).isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_threads_first_record_is_appended_by_a_sequence(boolean timestamps) throws ReflectiveOperationException {
        PerCpuBuffer buffer =
                PerCpuBuffer.builder(1 << 12).timestamps(timestamps).build();
        Crowd.of(1, () -> buffer.append(new byte[8])).join();
        AtomicReferenceArray<?> rings = field(PerCpuBuffer.class, "rings", AtomicReferenceArray.class, buffer);
        assertThat(IntStream.range(0, rings.length()).mapToObj(rings::get))
                .doesNotHaveAnyElementsOfTypes(HeapRing.class);
        assertThat(buffer.drain((cpu, time, bytes, from, length) -> {})).isOne();
    }

    @Test
    void a_threads_first_push_and_pop_are_sequences() {
        PerCpuLongStack stack = new PerCpuLongStack(4, 0, Index.CPU);
        agent.fences(false); // nothing but a sequence reaches a CPU's stack
        Crowd.of(1, () -> assertThat(stack.push(7)).isTrue()).join();
        Crowd.of(1, () -> assertThat(stack.pop()).isEqualTo(7)).join();
    }

    @Test
    void a_threads_first_lease_finds_what_lies_idle() {
        PerCpuPool<Thing> pool = PerCpuPoolTest.pool(4);
        for (int i = 0; i < 10; i++) Crowd.of(1, () -> pool.lease().close()).join();
        assertThat(pool.created()).isOne();
    }

    private static <T> AtomicCells atomics(Class<T> type, T structure) throws ReflectiveOperationException {
        PerCpuCells cells = field(type, "cells", PerCpuCells.class, structure);
        return field(PerCpuCells.class, "atomics", AtomicCells.class, cells);
    }

    private static <T> T field(Class<?> holder, String name, Class<T> type, Object of)
            throws ReflectiveOperationException {
        return type.cast(MethodHandles.privateLookupIn(holder, MethodHandles.lookup())
                .findVarHandle(holder, name, type)
                .get(of));
    }
}
