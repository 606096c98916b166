/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import io.rseq.PerCpuBucketHistogram;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
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

/** Recording seconds into a histogram of eleven named bounds that all threads share: client_java's default bounds, for all of them. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class BucketHistogramBenchmark {
    private static final int COUNT = 1024;
    private static final double[] BOUNDS = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};

    private final PerCpuBucketHistogram perCpu = new PerCpuBucketHistogram(BOUNDS);

    private final DistributionDataPoint prometheus = Histogram.builder()
            .name("seconds")
            .help("seconds")
            .classicOnly()
            .classicUpperBounds(BOUNDS)
            .build();

    private final DoubleHistogram openTelemetry = SdkMeterProvider.builder()
            .registerMetricReader(new NoReader())
            .build()
            .get("benchmark")
            .histogramBuilder("seconds")
            .setExplicitBucketBoundariesAdvice(Arrays.stream(BOUNDS).boxed().toList())
            .build();

    /** From a millisecond to 16 seconds, as many of each magnitude, so that no bucket can be foretold. Each thread its own, made beforehand. */
    @State(Scope.Thread)
    public static class Seconds {
        private final double[] values = ThreadLocalRandom.current()
                .doubles(COUNT)
                .map(random -> Math.pow(10, 4.2 * random - 3))
                .toArray();
        private int next;

        double next() {
            return values[next++ & COUNT - 1];
        }
    }

    @Setup
    public void committerMustBeInForce() {
        InForce.check();
    }

    /** What finding the value costs. */
    @Benchmark
    public double empty(Seconds seconds) {
        return seconds.next();
    }

    @Benchmark
    public void perCpu(Seconds seconds) {
        perCpu.record(seconds.next());
    }

    @Benchmark
    @Fork(value = 1, jvmArgsAppend = "-Drseq.committer=atomic")
    public void perCpuAtomic(Seconds seconds) {
        perCpu.record(seconds.next());
    }

    @Benchmark
    public void peerPrometheus(Seconds seconds) {
        prometheus.observe(seconds.next());
    }

    @Benchmark
    public void peerOpenTelemetry(Seconds seconds) {
        openTelemetry.record(seconds.next());
    }

    /** The SDK stores nothing where nobody reads. */
    private static final class NoReader implements MetricReader {
        @Override
        public void register(CollectionRegistration registration) {}

        @Override
        public CompletableResultCode forceFlush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public AggregationTemporality getAggregationTemporality(InstrumentType instrument) {
            return AggregationTemporality.CUMULATIVE;
        }
    }
}
