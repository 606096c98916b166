/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import com.fasterxml.jackson.databind.ObjectWriter;
import java.util.concurrent.TimeUnit;
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

/** Writing a small JSON document on platform threads, by recycler pool. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class JacksonBenchmark {
    private final ObjectWriter perCpu = JsonPools.perCpu();
    private final ObjectWriter threadLocal = JsonPools.threadLocal();
    private final ObjectWriter concurrentDeque = JsonPools.concurrentDeque();
    private final ObjectWriter bounded = JsonPools.bounded();
    private final ObjectWriter lockFree = JsonPools.lockFree();
    private final ObjectWriter nonRecycling = JsonPools.nonRecycling();

    @Setup
    public void committerMustBeInForce() {
        InForce.check();
        JsonPools.warmUp();
    }

    @Benchmark
    public int perCpu() {
        return JsonPools.write(perCpu);
    }

    @Benchmark
    public int peerThreadLocal() {
        return JsonPools.write(threadLocal);
    }

    @Benchmark
    public int peerConcurrentDeque() {
        return JsonPools.write(concurrentDeque);
    }

    @Benchmark
    public int peerBounded() {
        return JsonPools.write(bounded);
    }

    @Benchmark
    public int peerLockFree() {
        return JsonPools.write(lockFree);
    }

    @Benchmark
    public int peerNonRecycling() {
        return JsonPools.write(nonRecycling);
    }
}
