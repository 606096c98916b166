/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Records that say who wrote them, which of theirs they are, and whether they are whole; of various lengths. */
final class Records {
    private static final int NUMBERS = 2 * Integer.BYTES;

    private final PerCpuBuffer buffer;
    private final boolean timestamps;
    private final AtomicInteger writers = new AtomicInteger();
    private final AtomicInteger appended = new AtomicInteger();
    private final AtomicInteger drained = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();

    /* Of each writer: the number of its last record that came, where a writer's records come in order; else nothing. */
    private final AtomicIntegerArray last;

    Records(PerCpuBuffer buffer, int threads, boolean timestamps, boolean inOrder) {
        this.buffer = buffer;
        this.timestamps = timestamps;
        this.last = inOrder ? new AtomicIntegerArray(threads) : null;
    }

    void append(int rounds) {
        append(rounds, () -> {});
    }

    void append(int rounds, Runnable whenRefused) {
        int writer = writers.getAndIncrement();
        byte[] bytes = new byte[buffer.maxRecord() + 3];
        for (int i = 1; i <= rounds; i++) {
            int length = NUMBERS + i % (buffer.maxRecord() - NUMBERS + 1);
            ByteBuffer record = ByteBuffer.wrap(bytes, 3, length);
            record.putInt(writer).putInt(i);
            while (record.hasRemaining()) record.put((byte) (writer + i + length));
            if (buffer.append(bytes, 3, length)) {
                appended.incrementAndGet();
            } else {
                refused.incrementAndGet();
                whenRefused.run();
            }
        }
    }

    void drain() {
        drained.addAndGet(buffer.drain(this::check));
    }

    void drainCurrent() {
        drained.addAndGet(buffer.drainCurrent(this::check));
    }

    /** Asserts that what was appended came, and that the rest was counted. */
    void allCame() {
        assertThat(drained.get()).isEqualTo(appended.get()).isPositive();
        assertThat(buffer.dropped()).isEqualTo(refused.get());
    }

    private void check(int cpu, long timestamp, byte[] bytes, int from, int length) {
        ByteBuffer record = ByteBuffer.wrap(bytes, from, length);
        int writer = record.getInt();
        int number = record.getInt();
        boolean whole = cpu >= 0 && cpu < Cpus.count() && timestamp != 0 == timestamps;
        whole &= length == NUMBERS + number % (buffer.maxRecord() - NUMBERS + 1);
        byte filling = (byte) (writer + number + length);
        while (record.hasRemaining()) whole &= record.get() == filling;
        if (!whole) throw new AssertionError("torn: record " + number + " of writer " + writer + " on CPU " + cpu);
        if (last != null) assertThat(last.getAndSet(writer, number)).isLessThan(number);
    }
}
