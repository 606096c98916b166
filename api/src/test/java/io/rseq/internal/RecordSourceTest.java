/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one reader takes of one CPU's records, by both ways; writers are played by what they store, so that each moment can be looked at. */
class RecordSourceTest {
    private static final int CAPACITY = 256;
    private static final int HEAD = 64;

    private final byte[] target = new byte[CAPACITY];
    private FakeAgent agent;
    private long offset;
    private MemoryRing memory;

    /* Of the memory's ring: bytes ever reserved. */
    private long tail;

    @BeforeEach
    void arrive() {
        agent = FakeAgent.arrive();
        offset = Commits.allocate(MemoryRing.DATA + CAPACITY);
        memory = new MemoryRing(0, offset, CAPACITY);
    }

    @AfterEach
    void leave() {
        Commits.free(offset, MemoryRing.DATA + CAPACITY);
        agent.close();
    }

    @Test
    void records_of_several_lengths_are_taken_at_once_and_the_head_moves_once_and_only_when_let_go() {
        for (int length : new int[] {0, 1, 8, 8, 13, 0, 64}) complete(reserve(length), length);
        assertThat(take(target)).containsExactly(0, 1, 8, 8, 13, 0, 64);
        assertThat(head()).isZero();
        memory.letGo();
        assertThat(head()).isEqualTo(tail);
        assertThat(take(target)).isEmpty();
    }

    @Test
    void a_record_under_way_ends_what_is_taken_and_is_the_first_of_the_next_when_it_is_complete() {
        complete(reserve(8), 8);
        long underWay = reserve(16);
        complete(reserve(24), 24);
        assertThat(take(target)).containsExactly(8);
        memory.letGo();
        assertThat(head()).isEqualTo(underWay);
        assertThat(take(target)).isEmpty();
        complete(underWay, 16);
        assertThat(take(target)).containsExactly(16, 24);
    }

    @Test
    void what_finds_no_room_in_the_target_is_the_first_of_the_next() {
        for (int i = 0; i < 5; i++) complete(reserve(20), 20);
        byte[] room = new byte[2 * 32 + 31];
        assertThat(take(room)).containsExactly(20, 20);
        assertThat(take(room)).containsExactly(20, 20);
        memory.letGo();
        assertThat(head()).isEqualTo(4 * 32);
        assertThat(take(room)).containsExactly(20);
        assertThat(take(room)).isEmpty();
    }

    @Test
    void nothing_is_taken_from_the_given_end_on() {
        complete(reserve(8), 8);
        long end = memory.end();
        complete(reserve(8), 8);
        int taken = memory.take(end, target);
        assertThat(taken).isEqualTo(16);
        assertThat(memory.take(end, target)).isZero();
    }

    @Test
    void the_data_s_end_is_passed_over_its_padding() {
        for (int i = 0; i < 7; i++) complete(reserve(24), 24);
        assertThat(take(target)).hasSize(7);
        memory.letGo();
        complete(reserve(8), 8); // 224 to 240: 16 are left
        word(tail, 1L << Integer.SIZE | 8); // padding
        tail += 16;
        complete(reserve(24), 24);
        assertThat(take(target)).containsExactly(8);
        assertThat(take(target)).containsExactly(24);
        memory.letGo();
        assertThat(head()).isEqualTo(CAPACITY + 32);
    }

    @Test
    void a_record_that_failed_and_became_padding_is_passed_over_wherever_it_lies() {
        word(reserve(40), 1L << Integer.SIZE | 40);
        complete(reserve(40), 40);
        word(reserve(40), 1L << Integer.SIZE | 40);
        complete(reserve(40), 40);
        assertThat(take(target)).containsExactly(40, 40);
    }

    @Test
    void the_heap_s_ring_goes_round_by_many_at_once_and_every_mark_is_set_back() throws Exception {
        HeapRing ring = new HeapRing(CAPACITY);
        int appended = 0;
        int taken = 0;
        for (int round = 0; round < 200; round++) {
            byte[] record = new byte[round * 7 % 61];
            while (ring.append(false, 0, record, 0, record.length)) appended++;
            int before = taken;
            for (int bytes = 1; bytes > 0; ring.letGo()) {
                bytes = ring.take(ring.end(), target);
                for (int length : lengths(target, bytes)) {
                    assertThat(length).isEqualTo(record.length);
                    taken++;
                }
            }
            assertThat(taken).isGreaterThan(before).isEqualTo(appended);
            assertThat((int[]) field("marks", int[].class).get(ring)).containsOnly(0);
        }
    }

    @Test
    void the_heap_s_ring_does_not_go_past_a_record_under_way() throws Exception {
        HeapRing ring = new HeapRing(CAPACITY);
        VarHandle end = field("tail", long.class);
        ring.append(false, 0, new byte[3], 0, 3);
        end.setVolatile(ring, 24L); // a writer has claimed 16 bytes
        ring.append(false, 0, new byte[5], 0, 5);
        assertThat(lengths(target, ring.take(ring.end(), target))).containsExactly(3);
        ring.letGo();
        assertThat(ring.take(ring.end(), target)).isZero();
        ((int[]) field("marks", int[].class).get(ring))[1] = 1 + 16; // it is complete
        assertThat(lengths(target, ring.take(ring.end(), target))).containsExactly(16, 5);
    }

    /* What a sequence does: the header, negative, then the tail. */
    private long reserve(int length) {
        long record = tail;
        word(record, -length & 0xFFFFFFFFL | 0x80000000L);
        tail += RecordSource.size(length);
        Commits.put(0, offset, tail);
        return record;
    }

    /* What the writer does then. */
    private void complete(long record, int length) {
        for (int i = 0; i < length; i += Long.BYTES)
            word(record + RecordSource.HEADER + i, 0x0101010101010101L * length);
        word(record, length);
    }

    private void word(long at, long value) {
        Commits.put(0, offset + MemoryRing.DATA + at % CAPACITY, value);
    }

    private long head() {
        return Commits.get(0, offset + HEAD);
    }

    /* The lengths of what is taken, each of whose bytes is looked at. */
    private List<Integer> take(byte[] room) {
        List<Integer> lengths = lengths(room, memory.take(memory.end(), room));
        int at = 0;
        ByteBuffer records = ByteBuffer.wrap(room).order(ByteOrder.nativeOrder());
        for (int length : lengths) {
            while (records.getInt(at + Integer.BYTES) != 0) at += (int) RecordSource.size(records.getInt(at));
            for (int i = 0; i < length; i++)
                assertThat(room[at + RecordSource.HEADER + i]).isEqualTo((byte) length);
            at += (int) RecordSource.size(length);
        }
        return lengths;
    }

    private static List<Integer> lengths(byte[] room, int bytes) {
        ByteBuffer records = ByteBuffer.wrap(room).order(ByteOrder.nativeOrder());
        List<Integer> lengths = new ArrayList<>();
        int at = 0;
        while (at < bytes) {
            int length = records.getInt(at);
            if (records.getInt(at + Integer.BYTES) != RecordSource.PADDING) lengths.add(length);
            at += (int) RecordSource.size(length);
        }
        assertThat(at).isEqualTo(bytes);
        return lengths;
    }

    private static VarHandle field(String name, Class<?> type) throws ReflectiveOperationException {
        return MethodHandles.privateLookupIn(HeapRing.class, MethodHandles.lookup())
                .findVarHandle(HeapRing.class, name, type);
    }
}
