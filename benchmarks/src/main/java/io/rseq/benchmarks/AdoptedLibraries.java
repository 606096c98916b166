/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One metric of a library's, or one cache that counts its hits, which all threads write to. {@code adopted.sh} runs this with and without
 * {@code adopt=}, in turn. Nothing here uses the API.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 150, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 20, time = 25, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class AdoptedLibraries {
    @Param
    private Library library;

    private LongConsumer operation;

    /** Each makes its metric, and answers what records a duration of so many nanoseconds, or counts once. */
    public enum Library {
        longAdder {
            @Override
            LongConsumer make() {
                LongAdder adder = new LongAdder();
                return nanos -> adder.increment();
            }
        },
        doubleAdder {
            @Override
            LongConsumer make() {
                DoubleAdder adder = new DoubleAdder();
                return nanos -> adder.add(1);
            }
        },
        micrometerCounter {
            @Override
            LongConsumer make() {
                io.micrometer.core.instrument.Counter counter = registry().counter("counter");
                return nanos -> counter.increment();
            }
        },
        micrometerTimer {
            @Override
            LongConsumer make() {
                io.micrometer.core.instrument.Timer timer = registry().timer("timer");
                return nanos -> timer.record(nanos, TimeUnit.NANOSECONDS);
            }
        },
        micrometerTimerOf13Buckets {
            @Override
            LongConsumer make() {
                Duration[] buckets = Stream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
                        .map(Duration::ofMillis)
                        .toArray(Duration[]::new);
                io.micrometer.core.instrument.Timer timer = io.micrometer.core.instrument.Timer.builder("timer")
                        .serviceLevelObjectives(buckets)
                        .register(registry());
                return nanos -> timer.record(nanos, TimeUnit.NANOSECONDS);
            }
        },
        prometheusCounter {
            @Override
            LongConsumer make() {
                var counter = io.prometheus.metrics.core.metrics.Counter.builder()
                        .name("counter")
                        .build();
                return nanos -> counter.inc();
            }
        },
        prometheusHistogram {
            @Override
            LongConsumer make() {
                var histogram = io.prometheus.metrics.core.metrics.Histogram.builder()
                        .name("histogram")
                        .classicOnly()
                        .build();
                return nanos -> histogram.observe(nanos * 1e-9);
            }
        },
        opentelemetryLongCounter {
            @Override
            LongConsumer make() {
                LongCounter counter = meter().counterBuilder("counter").build();
                return nanos -> counter.add(1);
            }
        },
        opentelemetryDoubleHistogram {
            @Override
            LongConsumer make() {
                DoubleHistogram histogram =
                        meter().histogramBuilder("histogram").build();
                return nanos -> histogram.record(nanos * 1e-6);
            }
        },
        dropwizardCounter {
            @Override
            LongConsumer make() {
                var counter = new com.codahale.metrics.Counter();
                return nanos -> counter.inc();
            }
        },
        dropwizardMeter {
            @Override
            LongConsumer make() {
                var meter = new com.codahale.metrics.Meter();
                return nanos -> meter.mark();
            }
        },
        caffeineWithStatistics {
            @Override
            LongConsumer make() {
                Integer[] keys = new Integer[AMOUNTS];
                Cache<Integer, Integer> cache = Caffeine.newBuilder()
                        .maximumSize(2 * AMOUNTS)
                        .recordStats()
                        .build();
                for (int i = 0; i < AMOUNTS; i++) cache.put(i, keys[i] = i);
                return nanos -> {
                    if (cache.getIfPresent(keys[(int) nanos & (AMOUNTS - 1)]) == null)
                        throw new IllegalStateException("it was evicted");
                };
            }
        };

        abstract LongConsumer make();

        private static MeterRegistry registry() {
            return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        }

        private static Meter meter() {
            return SdkMeterProvider.builder()
                    .registerMetricReader(new Unread())
                    .build()
                    .get("benchmark");
        }
    }

    /** OpenTelemetry keeps nothing that nobody may read; totals since the start, as Prometheus reads them. */
    private static final class Unread implements MetricReader {
        @Override
        public void register(CollectionRegistration registration) {}

        @Override
        public AggregationTemporality getAggregationTemporality(InstrumentType type) {
            return AggregationTemporality.CUMULATIVE;
        }

        @Override
        public CompletableResultCode forceFlush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }

    private static final int AMOUNTS = 1024;
    private static final int LINE = 32; // ints

    /** Durations from 1 ms to 10 s, each thread's own. */
    @State(Scope.Thread)
    public static class Amounts {
        private final long[] nanos = new SplittableRandom(Thread.currentThread().hashCode())
                .doubles(AMOUNTS, 6, 10)
                .mapToLong(exponent -> (long) Math.pow(10, exponent))
                .toArray();
        /** Amid a cache line of nothing on either side: JMH leaves none before the fields of a state, and what lies there is what is measured. */
        private final int[] next = new int[2 * LINE];

        long next() {
            return nanos[next[LINE]++ & (AMOUNTS - 1)];
        }
    }

    @Setup
    public void make() {
        operation = library.make();
    }

    @Benchmark
    public void operation(Amounts amounts) {
        operation.accept(amounts.next());
    }
}
