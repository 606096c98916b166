/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.hdrhistogram;

import io.rseq.HistogramSnapshot;
import io.rseq.PerCpuHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.ValueRecorder;

/**
 * What HdrHistogram's {@code Recorder} is, over a {@link PerCpuHistogram}: any number of threads record, and each value is in exactly one interval
 * histogram.
 *
 * <pre>{@code
 * PerCpuRecorder recorder = new PerCpuRecorder(TimeUnit.MINUTES.toNanos(1), 3);
 * recorder.recordValue(nanos);
 * Histogram interval = recorder.getIntervalHistogram();
 * new HistogramLogWriter(out).outputIntervalHistogram(interval);
 * }</pre>
 *
 * <p>Recording never waits for {@code getIntervalHistogram}, nor this for recording. Unlike {@code Recorder}, a value above the highest is no exception
 * but counts in the last bucket, and a negative one is an {@code IllegalArgumentException}. What is in a bucket is given to the interval histogram as
 * the bucket's lowest value, which it holds in the same bucket.
 *
 * @since 0.1.0
 */
public final class PerCpuRecorder implements ValueRecorder {
    private final long highest;
    private final int digits;
    private final PerCpuHistogram recorded;

    private long start = System.currentTimeMillis();

    /**
     * Constructs a recorder, with a lowest discernible value of 1.
     *
     * @param highestTrackableValue 2 or more
     * @param numberOfSignificantValueDigits 0 to 5
     * @throws IllegalArgumentException if either is not as it should be
     */
    public PerCpuRecorder(long highestTrackableValue, int numberOfSignificantValueDigits) {
        highest = highestTrackableValue;
        digits = numberOfSignificantValueDigits;
        recorded = new PerCpuHistogram(highest, digits);
    }

    @Override
    public void recordValue(long value) {
        recorded.record(value);
    }

    @Override
    public void recordValueWithCount(long value, long count) {
        recorded.record(value, count);
    }

    /** Records {@code value}, and, where it is longer than the interval, what would have been recorded meanwhile, as HdrHistogram does. */
    @Override
    public void recordValueWithExpectedInterval(long value, long expectedInterval) {
        recorded.record(value);
        if (expectedInterval <= 0) return;
        for (long missing = value - expectedInterval; missing >= expectedInterval; missing -= expectedInterval)
            recorded.record(missing);
    }

    @Override
    public synchronized void reset() {
        recorded.reset();
        start = System.currentTimeMillis();
    }

    /** Returns what was recorded since the last call, or the last reset, with the interval's start and end. */
    public Histogram getIntervalHistogram() {
        return getIntervalHistogram(null);
    }

    /** The same, in {@code recycled} where that is not null and fits. */
    public Histogram getIntervalHistogram(Histogram recycled) {
        return getIntervalHistogram(recycled, false);
    }

    /** The same. No histogram is of this recorder, so {@code enforceContainingInstance} is not looked at. */
    public Histogram getIntervalHistogram(Histogram recycled, boolean enforceContainingInstance) {
        boolean fits = recycled != null
                && recycled.getHighestTrackableValue() == highest
                && recycled.getNumberOfSignificantValueDigits() == digits
                && recycled.getLowestDiscernibleValue() == 1;
        Histogram interval = fits ? recycled : new Histogram(highest, digits);
        getIntervalHistogramInto(interval);
        return interval;
    }

    /**
     * The same, in {@code target}, whose content it replaces.
     *
     * @throws ArrayIndexOutOfBoundsException if {@code target} doesn't reach as far as the values: they are lost then
     */
    public synchronized void getIntervalHistogramInto(Histogram target) {
        HistogramSnapshot taken = recorded.snapshotThenReset();
        long end = System.currentTimeMillis();
        target.reset();
        target.setStartTimeStamp(start);
        target.setEndTimeStamp(end);
        start = end;
        taken.forEach(target::recordValueWithCount);
    }
}
