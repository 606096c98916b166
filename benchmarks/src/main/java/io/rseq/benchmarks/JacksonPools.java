/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.benchmarks.JsonPools.Order;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A small document is read and written on virtual threads, with each pool that Jackson 2 and 3 have, and with {@code rseq-jackson}'s. At one thread of
 * JMH's, on JDK 21 and later:
 *
 * <pre>{@code
 * java -cp benchmarks/target/rseq-benchmarks.jar org.openjdk.jmh.Main JacksonPools -prof gc -prof io.rseq.benchmarks.CpuTime
 *     -jvmArgsAppend "-javaagent:agent/target/rseq-agent.jar -Djdk.virtualThreadScheduler.parallelism=2"
 * }</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 250, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 6, time = 150, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class JacksonPools {
    private static final int THREADS = 1000;
    private static final int DOCUMENTS = 10;
    private static final int BOUND = 1024;
    private static final byte[] DOCUMENT =
            ("{\"id\":4711,\"customer\":\"a customer\",\"lines\":[{\"article\":\"a thing\","
                            + "\"pieces\":3,\"price\":19.99},{\"article\":\"another\",\"pieces\":1,\"price\":5.0}],\"paid\":true}")
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8);

    /** By the version of Jackson that it is of. Those that Jackson shares are of the same classes as the new ones. */
    public enum Pool {
        perCpu2(2),
        threadLocal2(2),
        concurrentDeque2(2),
        bounded2(2),
        lockFree2(2),
        nonRecycling2(2),
        perCpu3(3),
        threadLocal3(3),
        concurrentDeque3(3),
        bounded3(3),
        stripedArray3(3),
        hybrid3(3),
        nonRecycling3(3);

        private final int jackson;

        Pool(int jackson) {
            this.jackson = jackson;
        }

        UnaryOperator<byte[]> readAndWrite() {
            return jackson == 2 ? jackson2() : jackson3();
        }

        @SuppressWarnings("deprecation") // the lock-free one is one of those that Jackson has
        private UnaryOperator<byte[]> jackson2() {
            var pool = switch (this) {
                case threadLocal2 -> com.fasterxml.jackson.core.util.JsonRecyclerPools.threadLocalPool();
                case concurrentDeque2 -> com.fasterxml.jackson.core.util.JsonRecyclerPools.newConcurrentDequePool();
                case bounded2 -> com.fasterxml.jackson.core.util.JsonRecyclerPools.newBoundedPool(BOUND);
                case lockFree2 -> com.fasterxml.jackson.core.util.JsonRecyclerPools.newLockFreePool();
                case nonRecycling2 -> com.fasterxml.jackson.core.util.JsonRecyclerPools.nonRecyclingPool();
                default -> io.rseq.jackson.PerCpuRecyclerPool.shared();
            };
            var json = com.fasterxml.jackson.core.JsonFactory.builder()
                    .recyclerPool(pool)
                    .build();
            var mapper = new com.fasterxml.jackson.databind.ObjectMapper(json);
            return document -> {
                try {
                    return mapper.writeValueAsBytes(mapper.readValue(document, Order.class));
                } catch (IOException impossible) {
                    throw new IllegalStateException(impossible);
                }
            };
        }

        private UnaryOperator<byte[]> jackson3() {
            var pool = switch (this) {
                case threadLocal3 -> tools.jackson.core.util.JsonRecyclerPools.threadLocalPool();
                case concurrentDeque3 -> tools.jackson.core.util.JsonRecyclerPools.newConcurrentDequePool();
                case bounded3 -> tools.jackson.core.util.JsonRecyclerPools.newBoundedPool(BOUND);
                case stripedArray3 -> tools.jackson.core.util.JsonRecyclerPools.newStripedArrayPool(BOUND);
                case hybrid3 -> tools.jackson.core.util.JsonRecyclerPools.newHybridPool(BOUND);
                case nonRecycling3 -> tools.jackson.core.util.JsonRecyclerPools.nonRecyclingPool();
                default -> io.rseq.jackson3.PerCpuRecyclerPool.shared();
            };
            var json = tools.jackson.core.json.JsonFactory.builder()
                    .recyclerPool(pool)
                    .build();
            var mapper = new tools.jackson.databind.json.JsonMapper(json);
            return document -> mapper.writeValueAsBytes(mapper.readValue(document, Order.class));
        }
    }

    @Param
    private Pool pool;

    private UnaryOperator<byte[]> readAndWrite;
    private ThreadFactory virtual;
    private Semaphore[] turns;
    private volatile CountDownLatch done;

    @Setup
    public void start() throws ReflectiveOperationException {
        InForce.check();
        readAndWrite = pool.readAndWrite();
        virtual = io.rseq.benchmarks.startup.VirtualThreads.factory();
    }

    /** One thread for each document. */
    @Benchmark
    @OperationsPerInvocation(THREADS)
    public void one() throws InterruptedException {
        CountDownLatch all = new CountDownLatch(THREADS);
        for (int i = 0; i < THREADS; i++) {
            virtual.newThread(() -> {
                        document();
                        all.countDown();
                    })
                    .start();
        }
        all.await();
    }

    /** 1,000 threads that live all the time, which leave their carriers after each document. */
    @Benchmark
    @OperationsPerInvocation(THREADS * DOCUMENTS)
    public void living() throws InterruptedException {
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
                            for (int n = 0; n < DOCUMENTS; n++) {
                                document();
                                Thread.yield();
                            }
                            done.countDown();
                        }
                    })
                    .start();
        }
    }

    private void document() {
        if (readAndWrite.apply(DOCUMENT).length != DOCUMENT.length) throw new IllegalStateException("wrong");
    }
}
