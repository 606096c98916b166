/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.Index;
import io.rseq.PerCpuBuffer;
import io.rseq.internal.Commits;
import java.nio.ByteBuffer;
import java.util.Scanner;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;

/**
 * Writers append records of various lengths to two buffers, one with timestamps, and two readers drain them, and some of the writers that
 * found no room, until a line comes; then again for a while. Prints what was appended, and what came: once, whole, and on each CPU in the order of each writer.
 */
public final class Buffering {
    private static final int CAPACITY = 1 << 13;
    private static final int READERS = 2;
    private static final int BATCH = 200;
    private static final int NUMBERS = Integer.BYTES + Long.BYTES;

    private final AtomicLong appended = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong drained = new AtomicLong();
    private final AtomicLong sum = new AtomicLong();
    private final AtomicLong found = new AtomicLong();
    private final AtomicLong disorder = new AtomicLong();
    private final PerCpuBuffer plain;
    private final PerCpuBuffer stamped;

    /* The number of the last record that came, of each writer on each CPU, in each buffer. */
    private final AtomicLongArray last;

    private final int writers;

    private Buffering(Index index, int writers) {
        this.writers = writers;
        plain = PerCpuBuffer.builder(CAPACITY).index(index).build();
        stamped = PerCpuBuffer.builder(CAPACITY).index(index).timestamps(true).build();
        last = new AtomicLongArray(2 * Cpus.count() * writers);
    }

    /** The kind of {@link Writers}, and an {@link Index}. */
    public static void main(String[] arguments) throws Exception {
        new Buffering(Index.valueOf(arguments[1]), Writers.count(arguments[0])).run(arguments[0]);
    }

    private void run(String kind) throws Exception {
        try (Scanner in = new Scanner(System.in)) {
            Writers writing = Writers.start(kind, this::write);
            Writers reading = Writers.start("platform", (number, goOn) -> {
                while (number < READERS && goOn.getAsBoolean()) drain();
            });
            System.out.println("ready");
            in.nextLine();
            long mark = appended.get() + 4L * BATCH * writers;
            while (appended.get() < mark) Thread.sleep(1);
            writing.stop();
            reading.stop();
        }
        drain();
        System.out.println("appended=" + appended);
        System.out.println("drained=" + drained);
        System.out.println("sum=" + sum);
        System.out.println("found=" + found);
        System.out.println("refused=" + refused);
        System.out.println("dropped=" + (plain.dropped() + stamped.dropped()));
        System.out.println("disorder=" + disorder);
        System.out.println("restarts=" + Commits.restarts());
        System.out.println("allocated=" + Commits.allocated());
        System.out.println("committer=" + Cpus.support().committer());
    }

    private void write(int writer, BooleanSupplier goOn) {
        SplittableRandom random = new SplittableRandom(writer);
        byte[] bytes = new byte[plain.maxRecord()];
        long number = 0;
        while (goOn.getAsBoolean()) {
            for (int i = 0; i < BATCH; i++) {
                number++;
                int length = NUMBERS + random.nextInt(i % 10 == 0 ? bytes.length - NUMBERS : 64);
                ByteBuffer record = ByteBuffer.wrap(bytes, 0, length);
                record.putInt(writer).putLong(number);
                while (record.hasRemaining()) record.put(filling(writer, number, length));
                PerCpuBuffer buffer = i % 2 == 0 ? plain : stamped;
                if (buffer.append(bytes, 0, length)) {
                    appended.incrementAndGet();
                    sum.addAndGet(number * (writer + 1));
                } else {
                    refused.incrementAndGet();
                    if (writer % 2 == 0) drainCurrent();
                }
            }
            Thread.yield(); // a virtual thread leaves its carrier to the others here
        }
    }

    private void drain() {
        drained.addAndGet(plain.drain(this::checkPlain) + stamped.drain(this::checkStamped));
        Thread.yield();
    }

    private void drainCurrent() {
        drained.addAndGet(plain.drainCurrent(this::checkPlain) + stamped.drainCurrent(this::checkStamped));
    }

    private void checkPlain(int cpu, long time, byte[] bytes, int from, int length) {
        check(false, cpu, time, bytes, from, length);
    }

    private void checkStamped(int cpu, long time, byte[] bytes, int from, int length) {
        check(true, cpu, time, bytes, from, length);
    }

    private void check(boolean stamps, int cpu, long time, byte[] bytes, int from, int length) {
        ByteBuffer record = ByteBuffer.wrap(bytes, from, length);
        int writer = record.getInt();
        long number = record.getLong();
        boolean whole = time != 0 == stamps;
        while (record.hasRemaining()) whole &= record.get() == filling(writer, number, length);
        if (!whole) throw new AssertionError("torn: record " + number + " of writer " + writer);
        found.addAndGet(number * (writer + 1));
        int slot = ((stamps ? Cpus.count() : 0) + cpu) * writers + writer;
        if (last.getAndSet(slot, number) >= number) disorder.incrementAndGet();
    }

    private static byte filling(int writer, long number, int length) {
        return (byte) (writer + number + length);
    }
}
