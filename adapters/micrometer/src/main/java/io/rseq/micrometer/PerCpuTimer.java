/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.micrometer;

import io.micrometer.core.instrument.AbstractTimer;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import io.micrometer.core.instrument.distribution.pause.NoPauseDetector;
import io.rseq.PerCpuHistogram;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * A timer that records into a {@link PerCpuHistogram}. It is a {@code Timer} to all code that records, such as {@code Timer.Sample}.
 *
 * <pre>{@code
 * PerCpuTimer requests = new PerCpuTimer("requests", Tags.empty(), TimeUnit.MINUTES.toNanos(1), 2, 0.5, 0.99);
 * requests.bindTo(registry);
 * requests.record(() -> serve(request));
 * }</pre>
 *
 * <p><b>What Micrometer's API does not allow:</b> a registry makes its timers itself, and takes none from outside. So {@link #bindTo} shows this one as a
 * {@code FunctionTimer} (count and total), a {@code TimeGauge} named {@code NAME.max}, and one named {@code NAME.percentile} for each percentile,
 * tagged {@code phi}, as Micrometer does. Maximum and percentiles are those of all values since the start, where Micrometer's fade. Registries ask for
 * each figure by a call of its own: they get those of one snapshot, which is read again after a second.
 *
 * @since 0.1.0
 */
public final class PerCpuTimer extends AbstractTimer implements MeterBinder {
    private static final long SNAPSHOT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PerCpuHistogram recorded;
    private final double[] percentiles;
    private volatile Read read;

    private record Read(io.rseq.HistogramSnapshot snapshot, long at) {}

    /**
     * Constructs a timer that no registry shows yet.
     *
     * @param highestNanos what is longer counts as this long
     * @param digits 0 to 5: to how many decimal digits durations are told apart
     * @param percentiles of {@link #takeSnapshot()} and of gauges, each in 0..1
     * @throws IllegalArgumentException if one of these is not as it should be
     */
    @SuppressWarnings("deprecation") // in newer versions, but what older ones have
    public PerCpuTimer(String name, Iterable<Tag> tags, long highestNanos, int digits, double... percentiles) {
        super(
                new Meter.Id(name, Tags.of(tags), null, null, Meter.Type.TIMER),
                Clock.SYSTEM,
                DistributionStatisticConfig.NONE,
                new NoPauseDetector(),
                TimeUnit.NANOSECONDS);
        for (double percentile : percentiles)
            if (!(percentile >= 0 && percentile <= 1))
                throw new IllegalArgumentException("percentile " + percentile + " is not in 0..1");
        this.percentiles = percentiles.clone();
        recorded = new PerCpuHistogram(highestNanos, digits);
        read = new Read(recorded.snapshot(), System.nanoTime());
    }

    @Override
    protected void recordNonNegative(long amount, TimeUnit unit) {
        recorded.record(unit.toNanos(amount));
    }

    /** Returns how often it was recorded. Reads all cells of all CPUs, as {@link #totalTime}, {@link #max} and {@link #takeSnapshot} do. */
    @Override
    public long count() {
        return recorded.snapshot().count();
    }

    @Override
    public double totalTime(TimeUnit unit) {
        return in(unit, recorded.snapshot().sum());
    }

    @Override
    public double max(TimeUnit unit) {
        return in(unit, recorded.snapshot().max());
    }

    @Override
    public HistogramSnapshot takeSnapshot() {
        io.rseq.HistogramSnapshot now = recorded.snapshot();
        ValueAtPercentile[] values = new ValueAtPercentile[percentiles.length];
        for (int i = 0; i < values.length; i++)
            values[i] = new ValueAtPercentile(percentiles[i], now.percentile(100 * percentiles[i]));
        return new HistogramSnapshot(now.count(), now.sum(), now.max(), values, new CountAtBucket[0], null);
    }

    /** Shows it in a registry. */
    @Override
    public void bindTo(MeterRegistry registry) {
        Iterable<Tag> tags = getId().getTagsAsIterable();
        FunctionTimer.builder(
                        getId().getName(),
                        this,
                        timer -> timer.recent().count(),
                        timer -> timer.recent().sum(),
                        baseTimeUnit())
                .tags(tags)
                .register(registry);
        gauge(registry, ".max", tags, timer -> timer.recent().max());
        for (double percentile : percentiles) {
            Iterable<Tag> withPhi = Tags.concat(tags, "phi", Double.toString(percentile));
            gauge(registry, ".percentile", withPhi, timer -> timer.recent().percentile(100 * percentile));
        }
    }

    private void gauge(MeterRegistry registry, String suffix, Iterable<Tag> tags, ToDoubleFunction<PerCpuTimer> value) {
        TimeGauge.builder(getId().getName() + suffix, this, baseTimeUnit(), value)
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    private io.rseq.HistogramSnapshot recent() {
        Read last = read;
        long now = System.nanoTime();
        if (now - last.at < SNAPSHOT_NANOS && last.snapshot.count() > 0) return last.snapshot;
        Read next = new Read(recorded.snapshot(), now);
        read = next;
        return next.snapshot;
    }

    private static double in(TimeUnit unit, double nanos) {
        return nanos / unit.toNanos(1);
    }
}
