/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.Index;
import io.rseq.PerCpuBuffer;
import io.rseq.RecordConsumer;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** Records of various lengths that say who wrote them, as which, and what their bytes must be. */
final class StormedBuffer implements Stormed {
    private static final int CAPACITY = 1 << 13;
    private static final int APPENDS = 16;
    private static final int NUMBERS = Integer.BYTES + Long.BYTES;
    private static final int SHORT = 64;

    private final int writers;
    private final boolean stamps;
    private final PerCpuBuffer buffer;
    private final AtomicLong appended = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong drained = new AtomicLong();

    /* Of each writer: the sum of squares of the numbers of its records, appended less drained. Squares: no two swapped records agree. */
    private final AtomicLongArray open;

    /* The number of the last record that came, of each writer on each CPU. */
    private final AtomicLongArray last;

    StormedBuffer(Index index, int writers, boolean stamps) {
        this.writers = writers;
        this.stamps = stamps;
        buffer = PerCpuBuffer.builder(CAPACITY).index(index).timestamps(stamps).build();
        open = new AtomicLongArray(writers);
        last = new AtomicLongArray(Cpus.count() * writers);
    }

    @Override
    public String name() {
        return stamps ? "buffer with timestamps" : "buffer";
    }

    @Override
    public Hand hand(int writer) {
        return new Hand() {
            private final byte[] bytes = new byte[buffer.maxRecord()];
            private long number;

            @Override
            public void round(SplittableRandom random) {
                for (int i = 0; i < APPENDS; i++) {
                    number++;
                    int most = i == 0 ? bytes.length - NUMBERS : SHORT;
                    int length = NUMBERS + random.nextInt(most);
                    ByteBuffer record = ByteBuffer.wrap(bytes, 0, length);
                    record.putInt(writer).putLong(number);
                    while (record.hasRemaining()) record.put(filling(writer, number, record.position()));
                    if (buffer.append(bytes, 0, length)) {
                        appended.incrementAndGet();
                        open.addAndGet(writer, number * number);
                    } else {
                        refused.incrementAndGet();
                    }
                }
            }

            @Override
            public void withdraw() {}
        };
    }

    @Override
    public void disturb(SplittableRandom random) {
        int[] calls = {0};
        try {
            RecordConsumer consumer = (cpu, time, bytes, from, length) -> {
                calls[0]++;
                check(cpu, time, bytes, from, length);
            };
            boolean all = random == null || random.nextBoolean();
            int count = all ? buffer.drain(consumer) : buffer.drainCurrent(consumer);
            if (count != calls[0]) throw new AssertionError("drained " + count + " records, handed out " + calls[0]);
        } finally {
            drained.addAndGet(calls[0]);
        }
    }

    @Override
    public void settle(Violations violations) {
        disturb(null);
        violations.expectEqual(this, "how many records were drained", drained.get(), appended.get());
        violations.expectEqual(this, "how many were dropped", buffer.dropped(), refused.get());
        for (int writer = 0; writer < writers; writer++)
            violations.expectEqual(this, "what is missing of writer " + writer, open.get(writer), 0);
        System.out.println((stamps ? "stamped" : "buffer") + ".drained=" + drained);
    }

    private void check(int cpu, long time, byte[] bytes, int from, int length) {
        ByteBuffer record = ByteBuffer.wrap(bytes, from, length);
        int writer = record.getInt();
        long number = record.getLong();
        boolean whole = time != 0 == stamps;
        while (whole && record.hasRemaining()) {
            int at = record.position() - from;
            whole = record.get() == filling(writer, number, at);
        }
        if (!whole) throw new AssertionError("record " + number + " of writer " + writer + " is torn");
        open.addAndGet(writer, -number * number);
        long before = last.getAndSet(cpu * writers + writer, number);
        if (before >= number)
            throw new AssertionError("writer " + writer + " on CPU " + cpu + ": " + number + " comes after " + before);
    }

    private static byte filling(int writer, long number, int at) {
        return (byte) (writer * 31 + number * 7 + at);
    }
}
