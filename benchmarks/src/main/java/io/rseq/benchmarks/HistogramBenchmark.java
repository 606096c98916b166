/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.PerCpuHistogram;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
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

/** Recording a latency into a histogram that all threads share. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class HistogramBenchmark {
    /** So few that they stay in the first-level cache beside the buckets. */
    private static final int COUNT = 1024;

    private final PerCpuHistogram perCpu = new PerCpuHistogram(Latency.HIGHEST, Latency.DIGITS);
    private final Histogram unsynchronized = new Histogram(Latency.HIGHEST, Latency.DIGITS);
    private final AtomicHistogram atomic = new AtomicHistogram(Latency.HIGHEST, Latency.DIGITS);
    private final ConcurrentHistogram concurrent = new ConcurrentHistogram(Latency.HIGHEST, Latency.DIGITS);
    private final Recorder recorder = new Recorder(Latency.HIGHEST, Latency.DIGITS);

    /** Each thread its own, made beforehand: to make one takes as long as to record it. */
    @State(Scope.Thread)
    public static class Latencies {
        private final long[] values =
                ThreadLocalRandom.current().longs(COUNT).map(Latency::of).toArray();
        private int next;

        long next() {
            return values[next++ & COUNT - 1];
        }
    }

    @Setup
    public void committerMustBeInForce() {
        InForce.check();
    }

    /** What finding the value costs. */
    @Benchmark
    public long empty(Latencies latencies) {
        return latencies.next();
    }

    @Benchmark
    public void perCpu(Latencies latencies) {
        perCpu.record(latencies.next());
    }

    @Benchmark
    @Fork(value = 1, jvmArgsAppend = "-Drseq.committer=atomic")
    public void perCpuAtomic(Latencies latencies) {
        perCpu.record(latencies.next());
    }

    /** Wrong with more than one thread; at one, the limit. */
    @Benchmark
    public void peerHdrUnsynchronized(Latencies latencies) {
        unsynchronized.recordValue(latencies.next());
    }

    @Benchmark
    public void peerHdrAtomic(Latencies latencies) {
        atomic.recordValue(latencies.next());
    }

    @Benchmark
    public void peerHdrConcurrent(Latencies latencies) {
        concurrent.recordValue(latencies.next());
    }

    @Benchmark
    public void peerHdrRecorder(Latencies latencies) {
        recorder.recordValue(latencies.next());
    }
}
