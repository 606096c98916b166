/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.PerCpuDoubleAdder;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.DoubleAdder;
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

/** Adding 1.0 to a sum that all threads share. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class DoubleAdderBenchmark {
    private final PerCpuDoubleAdder perCpu = new PerCpuDoubleAdder();
    private final DoubleAdder doubleAdder = new DoubleAdder();

    @Setup
    public void committerMustBeInForce() {
        InForce.check();
    }

    /** A sum that nobody reads need not be added to. */
    @TearDown
    public void somethingWasAdded() {
        if (perCpu.sum() + doubleAdder.sum() == 0) throw new IllegalStateException("nothing was added");
    }

    @Benchmark
    public void perCpu() {
        perCpu.add(1);
    }

    @Benchmark
    @Fork(value = 1, jvmArgsAppend = "-Drseq.committer=atomic")
    public void perCpuAtomic() {
        perCpu.add(1);
    }

    @Benchmark
    public void peerDoubleAdder() {
        doubleAdder.add(1);
    }
}
