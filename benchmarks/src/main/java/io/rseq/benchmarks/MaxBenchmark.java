/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.PerCpuMax;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import org.openjdk.jmh.annotations.Benchmark;
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

/** Offering to a maximum that all threads share: a number at random, which is seldom the highest; and a higher one each time, of each thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class MaxBenchmark {
    private final PerCpuMax perCpu = new PerCpuMax();
    private final LongAccumulator accumulator = new LongAccumulator(Math::max, Long.MIN_VALUE);

    /** Of each thread. */
    @State(Scope.Thread)
    public static class Rising {
        private long last;

        long next() {
            return ++last;
        }
    }

    @Setup
    public void committerMustBeInForce() {
        InForce.check();
    }

    /** A maximum that nobody reads need not be kept. */
    @TearDown
    public void somethingWasOffered() {
        if (Math.max(perCpu.max(), accumulator.get()) == Long.MIN_VALUE)
            throw new IllegalStateException("nothing was offered");
    }

    @Benchmark
    public void perCpu() {
        perCpu.offer(ThreadLocalRandom.current().nextLong());
    }

    @Benchmark
    public void peerLongAccumulator() {
        accumulator.accumulate(ThreadLocalRandom.current().nextLong());
    }

    @Benchmark
    public void perCpuRising(Rising rising) {
        perCpu.offer(rising.next());
    }

    @Benchmark
    public void peerLongAccumulatorRising(Rising rising) {
        accumulator.accumulate(rising.next());
    }
}
