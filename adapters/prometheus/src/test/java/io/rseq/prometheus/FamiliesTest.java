/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBucket;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.rseq.PerCpuBucketHistogram;
import io.rseq.PerCpuCounter;
import io.rseq.PerCpuHistogram;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class FamiliesTest {
    /** As docs/adapters.md has it. */
    @Test
    void the_example_is_scraped() {
        PrometheusRegistry registry = new PrometheusRegistry();
        PerCpuCounter requests = new PerCpuCounter();
        PerCpuBucketHistogram seconds = new PerCpuBucketHistogram(0.01, 0.1, 1);
        registry.register(new CounterFamily("requests", "Requests that were served").with(Labels.EMPTY, requests));
        registry.register(new HistogramFamily("request_seconds", "How long they took").with(Labels.EMPTY, seconds));
        requests.increment();
        seconds.record(0.25);
        assertThat(registry.scrape().stream().map(family -> family.getMetadata().getPrometheusName()))
                .containsExactlyInAnyOrder("requests", "request_seconds");
    }

    @Test
    void the_version_that_was_asked_for_is_tested() {
        String wanted = System.getProperty("adapted.version");
        String path = Collector.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        if (wanted != null) assertThat(path).endsWith("-" + wanted + ".jar");
    }

    @Test
    void each_set_of_labels_has_its_own_counter() {
        PerCpuCounter get = new PerCpuCounter();
        PerCpuCounter put = new PerCpuCounter();
        CounterFamily family =
                new CounterFamily("requests", "help").with(method("GET"), get).with(method("PUT"), put);
        get.add(3);
        put.add(4);
        CounterSnapshot snapshot = family.collect();
        assertThat(snapshot.getDataPoints().stream()
                        .map(point -> point.getLabels().get("method") + point.getValue()))
                .containsExactlyInAnyOrder("GET3.0", "PUT4.0");
        assertThat(family.getPrometheusName()).isEqualTo("requests");
    }

    @Test
    void a_bucket_histogram_is_a_classic_one() {
        PerCpuBucketHistogram histogram = new PerCpuBucketHistogram(1, 2);
        for (double value : new double[] {0.5, 1, 1.5, 3, 3, 3}) histogram.record(value);
        HistogramDataPointSnapshot point = only(new HistogramFamily("seconds", "help").with(Labels.EMPTY, histogram));
        assertThat(buckets(point)).isEqualTo("1.0:2 2.0:1 Infinity:3");
        assertThat(point.getCount()).isEqualTo(6);
        assertThat(point.getSum()).isEqualTo(12);
    }

    @Test
    void a_histogram_of_nanoseconds_is_a_classic_one_of_seconds() {
        PerCpuHistogram histogram = new PerCpuHistogram(TimeUnit.MINUTES.toNanos(1), 3);
        for (int millis = 1; millis <= 1000; millis++) histogram.record(TimeUnit.MILLISECONDS.toNanos(millis));
        HistogramFamily family =
                new HistogramFamily("seconds", "help").with(Labels.EMPTY, histogram, 1e-9, 0.0105, 0.1005, 10);
        HistogramDataPointSnapshot point = only(family);
        assertThat(buckets(point)).isEqualTo("0.0105:10 0.1005:90 10.0:900 Infinity:0");
        assertThat(point.getSum()).isCloseTo(500.5, within(0.5));
    }

    @Test
    void a_histogram_is_a_native_one() {
        PerCpuHistogram histogram = new PerCpuHistogram(1_000_000, 3);
        histogram.record(0, 2);
        histogram.record(1, 3); // bucket 0: above 1/2, up to 1
        histogram.record(3, 4); // bucket 2: above 2, up to 4
        histogram.record(4, 5);
        histogram.record(5, 6);
        HistogramFamily family = new HistogramFamily("seconds", "help").withNative(Labels.EMPTY, histogram, 1, 0);
        HistogramDataPointSnapshot point = only(family);
        assertThat(point.getNativeZeroCount()).isEqualTo(2);
        assertThat(point.getNativeBucketsForPositiveValues().stream()
                        .map(bucket -> bucket.getBucketIndex() + ":" + bucket.getCount()))
                .containsExactly("0:3", "2:9", "3:6");
        assertThat(point.getCount()).isEqualTo(20);
        assertThat(point.getSum()).isEqualTo(65);
    }

    @Test
    void what_is_empty_is_scraped() {
        PerCpuHistogram histogram = new PerCpuHistogram(1000, 2);
        HistogramFamily family = new HistogramFamily("seconds", "help")
                .with(method("a"), new PerCpuBucketHistogram())
                .with(method("b"), histogram, 1, 5)
                .withNative(method("c"), histogram, 1, 3);
        assertThat(family.collect().getDataPoints()).allMatch(point -> point.getCount() == 0 && point.getSum() == 0);
        assertThat(new CounterFamily("count", "help").collect().getDataPoints()).isEmpty();
    }

    /** All values are 1, so a scrape whose figures are not of the same values shows it. */
    @Test
    void a_scrape_is_coherent_while_threads_record() throws Exception {
        PerCpuBucketHistogram histogram = new PerCpuBucketHistogram(0.5, 1, 2);
        HistogramFamily family = new HistogramFamily("seconds", "help").with(Labels.EMPTY, histogram);
        AtomicBoolean ends = new AtomicBoolean();
        Thread[] writers = new Thread[4];
        for (int i = 0; i < writers.length; i++) {
            writers[i] = new Thread(() -> {
                while (!ends.get()) histogram.record(1);
            });
            writers[i].start();
        }
        long before = 0;
        for (int i = 0; i < 1000; i++) {
            HistogramDataPointSnapshot point = only(family);
            assertThat(point.getSum()).isEqualTo(point.getCount());
            assertThat(point.getClassicBuckets().getCount(1))
                    .isEqualTo(point.getCount())
                    .isGreaterThanOrEqualTo(before);
            before = point.getCount();
        }
        ends.set(true);
        for (Thread writer : writers) writer.join();
        assertThat(before).isPositive();
    }

    @Test
    void bad_configuration_is_refused_in_one_line() {
        HistogramFamily family = new HistogramFamily("seconds", "help").with(Labels.EMPTY, new PerCpuBucketHistogram());
        PerCpuHistogram histogram = new PerCpuHistogram(1000, 2);
        refused(() -> family.with(Labels.EMPTY, new PerCpuBucketHistogram()), "labels {} are there already");
        for (double unit : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            String line = "unit " + unit + " is not a positive number";
            refused(() -> family.with(method("a"), histogram, unit, 1), line);
            refused(() -> family.withNative(method("a"), histogram, unit, 1), line);
        }
        refused(() -> family.with(method("a"), histogram, 1, 2, 1), "bound 1.0 is not above 2.0");
        refused(() -> family.with(method("a"), histogram, 1, Double.NaN), "bound NaN is not finite");
        for (int schema : new int[] {-5, 9})
            refused(
                    () -> family.withNative(method("a"), histogram, 1, schema),
                    "schema " + schema + " is not in -4..8");
        assertThat(family.collect().getDataPoints())
                .as("what was refused is not shown")
                .hasSize(1);
        assertThatThrownBy(() -> new HistogramFamily("", "help")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CounterFamily("", "help")).isInstanceOf(IllegalArgumentException.class);
        CounterFamily counters = new CounterFamily("count", "help").with(Labels.EMPTY, new PerCpuCounter());
        refused(() -> counters.with(Labels.EMPTY, new PerCpuCounter()), "labels {} are there already");
    }

    private static void refused(ThrowingCallable call, String line) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(line);
    }

    private static Labels method(String value) {
        return Labels.of("method", value);
    }

    private static HistogramDataPointSnapshot only(HistogramFamily family) {
        HistogramSnapshot snapshot = family.collect();
        assertThat(snapshot.getDataPoints()).hasSize(1);
        return snapshot.getDataPoints().get(0);
    }

    private static String buckets(HistogramDataPointSnapshot point) {
        StringBuilder text = new StringBuilder();
        for (ClassicHistogramBucket bucket : point.getClassicBuckets())
            text.append(' ').append(bucket.getUpperBound()).append(':').append(bucket.getCount());
        return text.substring(1);
    }
}
