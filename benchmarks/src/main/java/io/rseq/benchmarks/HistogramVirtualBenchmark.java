/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.PerCpuHistogram;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongConsumer;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Recorder;
import org.openjdk.jmh.annotations.Benchmark;

/** Recording a latency into a histogram that 10,000 virtual threads share. */
public class HistogramVirtualBenchmark extends ParkingThreads {
    private final PerCpuHistogram perCpu = new PerCpuHistogram(Latency.HIGHEST, Latency.DIGITS);
    private final ConcurrentHistogram concurrent = new ConcurrentHistogram(Latency.HIGHEST, Latency.DIGITS);
    private final Recorder recorder = new Recorder(Latency.HIGHEST, Latency.DIGITS);

    @Benchmark
    public void perCpu() throws InterruptedException {
        eachRecordsInto(perCpu::record);
    }

    @Benchmark
    public void peerHdrConcurrent() throws InterruptedException {
        eachRecordsInto(concurrent::recordValue);
    }

    @Benchmark
    public void peerHdrRecorder() throws InterruptedException {
        eachRecordsInto(recorder::recordValue);
    }

    private void eachRecordsInto(LongConsumer histogram) throws InterruptedException {
        eachParksAfter(
                () -> histogram.accept(Latency.of(ThreadLocalRandom.current().nextLong())));
    }
}
