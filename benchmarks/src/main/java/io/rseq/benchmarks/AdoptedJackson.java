/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A small document is read and written with what {@code new ObjectMapper()} is, Jackson 2 or 3, on a platform thread, or on a virtual thread of its
 * own. {@code adopted.sh} runs this with and without {@code adopt=jackson}, in turn. Nothing here uses the API.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class AdoptedJackson {
    private static final int THREADS = 1000;
    private static final byte[] DOCUMENT =
            ("{\"id\":4711,\"customer\":\"a customer\",\"lines\":[{\"article\":\"a thing\","
                            + "\"pieces\":3,\"price\":19.99},{\"article\":\"another\",\"pieces\":1,\"price\":5.0}],\"paid\":true}")
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8);

    public record Order(long id, String customer, List<Line> lines, boolean paid) {}

    public record Line(String article, int pieces, double price) {}

    @Param({"2", "3"})
    private int jackson;

    private Mapper mapper;
    private ExecutorService virtual;

    /** What both versions can. */
    private interface Mapper {
        byte[] readAndWrite(byte[] document);
    }

    private static final class Jackson2 implements Mapper {
        private final com.fasterxml.jackson.databind.ObjectMapper mapper =
                new com.fasterxml.jackson.databind.ObjectMapper();

        @Override
        public byte[] readAndWrite(byte[] document) {
            try {
                return mapper.writeValueAsBytes(mapper.readValue(document, Order.class));
            } catch (java.io.IOException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    private static final class Jackson3 implements Mapper {
        private final tools.jackson.databind.ObjectMapper mapper = new tools.jackson.databind.ObjectMapper();

        @Override
        public byte[] readAndWrite(byte[] document) {
            return mapper.writeValueAsBytes(mapper.readValue(document, Order.class));
        }
    }

    @Setup
    public void start() throws ReflectiveOperationException {
        mapper = jackson == 2 ? new Jackson2() : new Jackson3();
        if (Runtime.version().feature() >= 21)
            virtual = (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }

    @TearDown
    public void stop() {
        if (virtual != null) virtual.shutdown();
    }

    @Benchmark
    public byte[] platform() {
        return mapper.readAndWrite(DOCUMENT);
    }

    /** JDK 21 and later; at one thread of JMH's. */
    @Benchmark
    @OperationsPerInvocation(THREADS)
    public void virtualThreadEach() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(THREADS);
        for (int i = 0; i < THREADS; i++) {
            virtual.execute(() -> {
                if (mapper.readAndWrite(DOCUMENT).length != DOCUMENT.length) throw new IllegalStateException("wrong");
                done.countDown();
            });
        }
        done.await();
    }
}
