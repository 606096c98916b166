/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.prometheus;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.NativeHistogramBuckets;
import io.rseq.BucketHistogramSnapshot;
import io.rseq.PerCpuBucketHistogram;
import io.rseq.PerCpuHistogram;

/**
 * A histogram of client_java, of one histogram by CPU for each set of labels. A scrape is coherent: count, sum and buckets are those of the same values.
 * Prometheus' histograms only rise: don't reset them.
 *
 * <pre>{@code
 * PerCpuBucketHistogram seconds = new PerCpuBucketHistogram(0.01, 0.1, 1);
 * registry.register(new HistogramFamily("request_seconds", "How long requests take").with(Labels.EMPTY, seconds));
 * }</pre>
 *
 * @since 0.1.0
 */
public final class HistogramFamily implements Collector {
    private final MetricMetadata metadata;
    private final DataPoints<HistogramDataPointSnapshot> points = new DataPoints<>();

    /**
     * Constructs one with no histogram yet.
     *
     * @throws IllegalArgumentException for a name that client_java refuses
     */
    public HistogramFamily(String name, String help) {
        metadata = new MetricMetadata(name, help);
    }

    /**
     * Adds a histogram of its own bounds, as a classic one, and returns this family.
     *
     * @throws IllegalArgumentException if another one has these labels
     */
    public HistogramFamily with(Labels labels, PerCpuBucketHistogram histogram) {
        points.add(labels, () -> classic(labels, histogram.snapshot()));
        return this;
    }

    /**
     * Adds a histogram as a classic one with these bounds, and returns this family. A value counts below a bound that the buckets of the histogram
     * can't tell it from, and its part of the sum is the middle of its bucket.
     *
     * @param unit what 1 is in the histogram: 1e-9 for nanoseconds that are shown as seconds
     * @param bounds in the unit that is shown, ascending and finite
     * @throws IllegalArgumentException if another one has these labels, or {@code unit} is not positive, or {@code bounds} are not as they should be
     */
    public HistogramFamily with(Labels labels, PerCpuHistogram histogram, double unit, double... bounds) {
        checkUnit(unit);
        new PerCpuBucketHistogram(bounds); // refuses what is wrong
        double[] upper = bounds.clone();
        points.add(labels, () -> classic(labels, histogram.snapshot(), unit, upper));
        return this;
    }

    /**
     * Adds a histogram as a native one, and returns this family. Each bucket of the histogram goes whole to the native bucket that its middle lies in.
     *
     * @param unit what 1 is in the histogram: 1e-9 for nanoseconds that are shown as seconds
     * @param schema -4 to 8: the native buckets' bounds grow by the {@code 2^schema}th root of 2
     * @throws IllegalArgumentException if another one has these labels, or {@code unit} is not positive, or there is no such schema
     */
    public HistogramFamily withNative(Labels labels, PerCpuHistogram histogram, double unit, int schema) {
        checkUnit(unit);
        if (schema < -4 || schema > 8) throw new IllegalArgumentException("schema " + schema + " is not in -4..8");
        points.add(labels, () -> nativeOne(labels, histogram.snapshot(), unit, schema));
        return this;
    }

    @Override
    public HistogramSnapshot collect() {
        return new HistogramSnapshot(metadata, points.take());
    }

    @Override
    @SuppressWarnings("deprecation") // in newer versions, but what older ones ask
    public String getPrometheusName() {
        return metadata.getPrometheusName();
    }

    private static void checkUnit(double unit) {
        if (!(unit > 0 && unit <= Double.MAX_VALUE))
            throw new IllegalArgumentException("unit " + unit + " is not a positive number");
    }

    private static HistogramDataPointSnapshot classic(Labels labels, BucketHistogramSnapshot snapshot) {
        double[] bounds = new double[snapshot.buckets()];
        for (int bucket = 0; bucket < bounds.length; bucket++) bounds[bucket] = snapshot.upperBound(bucket);
        ClassicHistogramBuckets buckets = ClassicHistogramBuckets.of(bounds, snapshot.counts());
        return new HistogramDataPointSnapshot(buckets, snapshot.sum(), labels, Exemplars.EMPTY, 0);
    }

    private static HistogramDataPointSnapshot classic(
            Labels labels, io.rseq.HistogramSnapshot snapshot, double unit, double[] bounds) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        long below = 0;
        for (double bound : bounds) {
            long upTo = snapshot.countUpTo((long) Math.floor(bound / unit));
            buckets.bucket(bound, upTo - below);
            below = upTo;
        }
        buckets.bucket(Double.POSITIVE_INFINITY, snapshot.count() - below);
        return new HistogramDataPointSnapshot(buckets.build(), snapshot.sum() * unit, labels, Exemplars.EMPTY, 0);
    }

    private static HistogramDataPointSnapshot nativeOne(
            Labels labels, io.rseq.HistogramSnapshot snapshot, double unit, int schema) {
        NativeHistogramBuckets.Builder buckets = NativeHistogramBuckets.builder();
        long[] zeros = {0};
        int[] index = {0};
        long[] count = {0};
        snapshot.forEachBucket((lowest, highest, times) -> {
            if (highest == 0) {
                zeros[0] = times;
                return;
            }
            int at = indexOf((lowest + (highest - lowest) / 2.0) * unit, schema);
            if (at != index[0] && count[0] > 0) {
                buckets.bucket(index[0], count[0]);
                count[0] = 0;
            }
            index[0] = at;
            count[0] += times;
        });
        if (count[0] > 0) buckets.bucket(index[0], count[0]);
        return new HistogramDataPointSnapshot(
                schema,
                zeros[0],
                0,
                buckets.build(),
                NativeHistogramBuckets.EMPTY,
                snapshot.sum() * unit,
                labels,
                Exemplars.EMPTY,
                0);
    }

    /* Bucket i holds what is above base^(i-1), and at most base^i. */
    private static int indexOf(double value, int schema) {
        return (int) Math.ceil(Math.log(value) / Math.log(2) * Math.scalb(1.0, schema));
    }
}
