/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.PerCpuCounter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jctools.counters.CountersFactory;
import org.jctools.counters.FixedSizeStripedLongCounter;
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

/** Adding 1 to a counter that all threads share. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class CounterBenchmark {
    private static final int JCTOOLS_STRIPES = Runtime.getRuntime().availableProcessors() * 4;

    private final PerCpuCounter perCpu = new PerCpuCounter();
    private final LongAdder longAdder = new LongAdder();
    private final AtomicLong atomicLong = new AtomicLong();
    private final FixedSizeStripedLongCounter jctools = CountersFactory.createFixedSizeStripedCounter(JCTOOLS_STRIPES);

    @Setup
    public void committerMustBeInForce() {
        InForce.check();
    }

    /** A counter that nobody reads need not count. */
    @TearDown
    public void everyCounterCounted() {
        if (perCpu.sum() + longAdder.sum() + atomicLong.get() + jctools.get() == 0)
            throw new IllegalStateException("nothing was counted");
    }

    @Benchmark
    public void perCpu() {
        perCpu.increment();
    }

    @Benchmark
    @Fork(value = 1, jvmArgsAppend = "-Drseq.committer=atomic")
    public void perCpuAtomic() {
        perCpu.increment();
    }

    @Benchmark
    public void peerLongAdder() {
        longAdder.increment();
    }

    @Benchmark
    public void peerAtomicLong() {
        atomicLong.incrementAndGet();
    }

    @Benchmark
    public void peerJcToolsStriped() {
        jctools.inc();
    }
}
