/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.internal.Commits;
import java.util.concurrent.atomic.AtomicLong;

/** Buffers of all CPUs: every record that was appended lies there once, whole. */
final class Buffers {
    private static final int CAPACITY = 1 << 16;
    private static final long BYTES = 128 + CAPACITY;
    private static final int LONGEST = 300;
    private static final int HEADER = 8;

    private final long buffer = Commits.allocate(BYTES);
    private final AtomicLong next = new AtomicLong(1);
    private final AtomicLong appended = new AtomicLong();
    private final AtomicLong ids = new AtomicLong();
    private final AtomicLong found = new AtomicLong();
    private final AtomicLong damaged = new AtomicLong();

    private Buffers() {}

    static void run(int rounds) throws InterruptedException {
        Buffers buffers = new Buffers();
        for (int filled = 0; filled < 3; filled++) {
            Sequences.platform(() -> buffers.fill(Math.min(rounds, 400)));
            buffers.readAll();
        }
        System.out.println("buffer.complete=" + (buffers.appended.get() == buffers.found.get()));
        System.out.println("buffer.ids=" + (buffers.ids.get() == 0));
        System.out.println("buffer.damaged=" + buffers.damaged);
        System.out.println("buffer.appended=" + buffers.appended);
        byte[] record = new byte[64];
        long status = Commits.COMMITTED;
        for (int i = 0; i < CAPACITY && status == Commits.COMMITTED; i++)
            status = Commits.append(buffers.buffer, CAPACITY, record, 0, record.length);
        System.out.println("buffer.full=" + Sequences.status(status));
        byte[] tooLong = new byte[CAPACITY];
        System.out.println("buffer.tooLong="
                + Sequences.status(Commits.append(buffers.buffer, CAPACITY, tooLong, 0, tooLong.length)));
        Commits.free(buffers.buffer, BYTES);
    }

    /** A record is its id in 8 bytes, then as many bytes as its id says, each of them telling the id and its place. */
    private void fill(int records) {
        byte[] bytes = new byte[LONGEST + 8];
        for (int i = 0; i < records; i++) {
            long id = next.getAndIncrement();
            int from = (int) (id % 5);
            for (int at = 0; at < length(id); at++) bytes[from + at] = expected(id, at);
            if (Commits.append(buffer, CAPACITY, bytes, from, length(id)) == Commits.COMMITTED) {
                appended.incrementAndGet();
                ids.addAndGet(id);
            }
        }
    }

    private static int length(long id) {
        return 8 + (int) (id * 31 % (LONGEST - 16));
    }

    private static byte expected(long id, int at) {
        return at < 8 ? (byte) (id >>> 8 * at) : (byte) (id + at);
    }

    /** Nobody writes meanwhile. Every record up to the tail must be complete. */
    private void readAll() {
        for (int cpu = 0; cpu < Cpus.count(); cpu++) {
            long head = Commits.get(cpu, buffer + 64);
            long tail = Commits.get(cpu, buffer);
            while (head < tail) {
                long at = buffer + 128 + (head & CAPACITY - 1);
                long header = Commits.get(cpu, at);
                int length = (int) header;
                if (length < 0) damaged.incrementAndGet();
                if (header >>> 32 == 0) read(cpu, at + HEADER, length);
                head += HEADER + Math.abs(length) + 7 & -8;
            }
            Commits.put(cpu, buffer + 64, tail);
        }
    }

    private void read(int cpu, long at, int length) {
        byte[] bytes = new byte[LONGEST + 8];
        Commits.copyOut(cpu, at, bytes, 3, length);
        long id = 0;
        for (int i = 0; i < 8; i++) id |= (bytes[3 + i] & 0xFFL) << 8 * i;
        boolean whole = length == length(id);
        for (int i = 0; whole && i < length; i++) whole = bytes[3 + i] == expected(id, i);
        if (!whole) damaged.incrementAndGet();
        found.incrementAndGet();
        ids.addAndGet(-id);
    }
}
