/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rseq.internal.Commits;
import io.rseq.internal.FakeAgent;
import io.rseq.internal.HeapRing;
import io.rseq.internal.MemoryRing;
import io.rseq.internal.RecordSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One CPU's records on the heap and in per-CPU memory, in one drain; writers are played by what they store. */
class RecordReaderTest {
    private static final int CAPACITY = 1024;
    private static final int LENGTH = 8;

    private final AtomicReferenceArray<HeapRing> rings =
            new AtomicReferenceArray<>(new HeapRing[] {new HeapRing(CAPACITY)});
    private final RecordReader reader = new RecordReader(0, CAPACITY, CAPACITY / 8, false);
    private FakeAgent agent;
    private long offset;
    private long tail;

    @BeforeEach
    void arrive() {
        agent = FakeAgent.arrive();
        offset = Commits.allocate(MemoryRing.DATA + CAPACITY);
    }

    @AfterEach
    void leave() {
        Commits.free(offset, MemoryRing.DATA + CAPACITY);
        agent.close();
    }

    @Test
    void what_lies_on_the_heap_comes_before_what_lies_in_memory() {
        appendInMemory(3);
        appendOnHeap(1);
        appendOnHeap(2);
        assertThat(drain()).containsExactly(1, 2, 3);
        assertThat(drain()).isEmpty();
    }

    @Test
    void memory_waits_for_what_lies_on_the_heap_behind_a_record_under_way() throws Exception {
        appendOnHeap(1);
        int underWay = 2 * LENGTH;
        claimOnHeap(LENGTH, underWay);
        appendOnHeap(2);
        appendInMemory(3); // by the thread that appended 2
        assertThat(drain()).containsExactly(1);
        assertThat(drain()).isEmpty();
        completeOnHeap(LENGTH, underWay);
        assertThat(drain()).containsExactly(0, 2, 3);
    }

    @Test
    void one_reads_at_a_time_and_the_next_reads_when_the_frame_of_the_one_before_is_gone() {
        appendOnHeap(1);
        appendOnHeap(2);
        Object frame = new Object();
        WeakReference<Object> reading = new WeakReference<>(frame);
        // As HotSpot leaves it when it takes the frame away: nothing of the reader's runs any more.
        reads(reading);
        assertThat(drain()).isEmpty();
        System.gc();
        assertThat(drain()).isEmpty();
        Reference.reachabilityFence(frame);
        frame = null;
        while (!reading.refersTo(null)) System.gc();
        assertThat(drain()).containsExactly(1, 2);
    }

    @Test
    void a_reader_that_ends_after_its_frame_was_taken_for_gone_lets_in_no_second_one() {
        appendOnHeap(1);
        appendOnHeap(2);
        Object frame = new Object();
        assertThatThrownBy(() -> drain((cpu, timestamp, bytes, from, length) -> {
                    reads(new WeakReference<>(frame));
                    throw new IllegalStateException();
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(drain()).isEmpty();
        Reference.reachabilityFence(frame);
    }

    /* Another thread does. */
    private void reads(WeakReference<Object> frame) {
        try {
            MethodHandles.privateLookupIn(RecordReader.class, MethodHandles.lookup())
                    .findVarHandle(RecordReader.class, "reader", WeakReference.class)
                    .setVolatile(reader, frame);
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private void appendOnHeap(int number) {
        byte[] record = new byte[LENGTH];
        record[0] = (byte) number;
        assertThat(rings.get(0).append(false, 0, record, 0, LENGTH)).isTrue();
    }

    /* A writer has claimed that many bytes, from there on. */
    private void claimOnHeap(long at, int length) throws ReflectiveOperationException {
        VarHandle end = field("tail", long.class);
        assertThat((long) end.getVolatile(rings.get(0))).isEqualTo(at);
        end.setVolatile(rings.get(0), at + length);
    }

    private void completeOnHeap(int at, int length) throws ReflectiveOperationException {
        ((int[]) field("marks", int[].class).get(rings.get(0)))[at / RecordSource.GRANULE] = length + 1;
    }

    private void appendInMemory(int number) {
        Commits.put(0, offset + MemoryRing.DATA + tail + RecordSource.HEADER, number);
        Commits.put(0, offset + MemoryRing.DATA + tail, LENGTH);
        tail += RecordSource.size(LENGTH);
        Commits.put(0, offset, tail);
    }

    private List<Integer> drain() {
        List<Integer> numbers = new ArrayList<>();
        int drained = drain((cpu, timestamp, bytes, from, length) -> numbers.add((int) bytes[from]));
        assertThat(drained).isEqualTo(numbers.size());
        return numbers;
    }

    private int drain(RecordConsumer consumer) {
        Object frame = new Object();
        int drained = reader.drain(new WeakReference<>(frame), rings, offset, consumer);
        Reference.reachabilityFence(frame);
        return drained;
    }

    private static VarHandle field(String name, Class<?> type) throws ReflectiveOperationException {
        return MethodHandles.privateLookupIn(HeapRing.class, MethodHandles.lookup())
                .findVarHandle(HeapRing.class, name, type);
    }
}
