/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/** Writing a small JSON document on platform threads, by recycler pool. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class JacksonBenchmark {
    private IntSupplier writer;

    @Setup
    public void start(BenchmarkParams benchmark) {
        InForce.check();
        writer = JsonPools.warmedUp(benchmark);
    }

    @Benchmark
    public int perCpu() {
        return writer.getAsInt();
    }

    @Benchmark
    public int peerThreadLocal() {
        return writer.getAsInt();
    }

    @Benchmark
    public int peerConcurrentDeque() {
        return writer.getAsInt();
    }

    @Benchmark
    public int peerBounded() {
        return writer.getAsInt();
    }

    @Benchmark
    public int peerLockFree() {
        return writer.getAsInt();
    }

    @Benchmark
    public int peerNonRecycling() {
        return writer.getAsInt();
    }
}
