/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.benchmarks.startup.VirtualThreads;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/** Virtual threads that write small documents. What JMH calls threads is the number of carriers here. JDK 21 and later. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(2) // one is some 5 percent faster or slower than another, for as long as it runs
public abstract class JacksonCrowd {
    static final int THREADS = 1000;

    /** Of each thread that lives, for each time that it is woken. */
    static final int DOCUMENTS = 10;

    private final LongAdder bytes = new LongAdder();
    private ThreadFactory virtual;
    private IntSupplier writer;
    private Semaphore[] turns;
    private volatile CountDownLatch done;

    /** What writes a document with the pool that a benchmark is named for, and answers its length. */
    abstract IntSupplier writer(BenchmarkParams benchmark);

    /** {@link #one} or {@link #living}. */
    abstract void write() throws InterruptedException;

    @Setup
    public void start(BenchmarkParams benchmark) throws ReflectiveOperationException {
        InForce.check();
        writer = writer(benchmark);
        virtual = VirtualThreads.factory();
    }

    @TearDown
    public void stop() {
        if (bytes.sum() == 0) throw new IllegalStateException("nothing was written");
    }

    /** A thread for each document. */
    final void one() throws InterruptedException {
        CountDownLatch all = new CountDownLatch(THREADS);
        for (int i = 0; i < THREADS; i++) {
            virtual.newThread(() -> {
                        bytes.add(writer.getAsInt());
                        all.countDown();
                    })
                    .start();
        }
        all.await();
    }

    /** Threads that live all the time, and leave their carriers between any two documents. */
    final void living() throws InterruptedException {
        if (turns == null) startLiving();
        CountDownLatch all = new CountDownLatch(THREADS);
        done = all;
        for (Semaphore turn : turns) turn.release();
        all.await();
    }

    private void startLiving() {
        turns = new Semaphore[THREADS];
        for (int i = 0; i < THREADS; i++) {
            Semaphore turn = new Semaphore(0);
            turns[i] = turn;
            virtual.newThread(() -> {
                        while (true) {
                            turn.acquireUninterruptibly();
                            int written = 0;
                            for (int document = 0; document < DOCUMENTS; document++) {
                                written += writer.getAsInt();
                                Thread.yield();
                            }
                            bytes.add(written);
                            done.countDown();
                        }
                    })
                    .start();
        }
    }
}
