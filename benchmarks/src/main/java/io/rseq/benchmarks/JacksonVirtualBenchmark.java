/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import com.fasterxml.jackson.databind.ObjectWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * The same on 1,000 virtual threads at a time, each of which writes a few documents and is taken off its carrier between any two. What JMH
 * calls threads is the number of carriers here. JDK 21 and later.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(2) // one is some 5 percent faster or slower than another, for as long as it runs
public class JacksonVirtualBenchmark {
    private static final int THREADS = 1000;
    private static final int DOCUMENTS = 10;

    private final LongAdder bytes = new LongAdder();
    private ObjectWriter writer;
    private ExecutorService virtual;

    @Setup
    public void start(BenchmarkParams benchmark) throws ReflectiveOperationException {
        InForce.check();
        writer = JsonPools.warmedUp(benchmark);
        virtual = (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }

    @TearDown
    public void stop() {
        virtual.shutdown();
        if (bytes.sum() == 0) throw new IllegalStateException("nothing was written");
    }

    @Benchmark
    @OperationsPerInvocation(THREADS * DOCUMENTS)
    public void perCpu() throws InterruptedException {
        write();
    }

    @Benchmark
    @OperationsPerInvocation(THREADS * DOCUMENTS)
    public void peerThreadLocal() throws InterruptedException {
        write();
    }

    @Benchmark
    @OperationsPerInvocation(THREADS * DOCUMENTS)
    public void peerConcurrentDeque() throws InterruptedException {
        write();
    }

    @Benchmark
    @OperationsPerInvocation(THREADS * DOCUMENTS)
    public void peerBounded() throws InterruptedException {
        write();
    }

    @Benchmark
    @OperationsPerInvocation(THREADS * DOCUMENTS)
    public void peerLockFree() throws InterruptedException {
        write();
    }

    @Benchmark
    @OperationsPerInvocation(THREADS * DOCUMENTS)
    public void peerNonRecycling() throws InterruptedException {
        write();
    }

    private void write() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(THREADS);
        for (int thread = 0; thread < THREADS; thread++) {
            virtual.execute(() -> {
                int written = 0;
                for (int document = 0; document < DOCUMENTS; document++) {
                    written += JsonPools.write(writer);
                    Thread.yield();
                }
                bytes.add(written);
                done.countDown();
            });
        }
        done.await();
    }
}
