/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.hdrhistogram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.HdrHistogram.HistogramLogWriter;
import org.HdrHistogram.Recorder;
import org.junit.jupiter.api.Test;

class PerCpuRecorderTest {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    /** As docs/adapters.md has it. */
    @Test
    void the_example_goes_to_a_log_and_comes_back() {
        PerCpuRecorder recorder = new PerCpuRecorder(MINUTE, 3);
        recorder.recordValue(1_000_000);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Histogram interval = recorder.getIntervalHistogram();
        new HistogramLogWriter(out).outputIntervalHistogram(interval);
        Histogram read =
                (Histogram) new HistogramLogReader(new ByteArrayInputStream(out.toByteArray())).nextIntervalHistogram();
        assertThat(read).isEqualTo(interval);
        assertThat(read.getTotalCount()).isEqualTo(1);
    }

    @Test
    void the_version_that_was_asked_for_is_tested() {
        String wanted = System.getProperty("adapted.version");
        String path = Recorder.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        if (wanted != null) assertThat(path).endsWith("-" + wanted + ".jar");
    }

    @Test
    void interval_histograms_equal_those_of_a_Recorder_that_was_given_the_same_values() {
        PerCpuRecorder ours = new PerCpuRecorder(MINUTE, 3);
        Recorder theirs = new Recorder(MINUTE, 3);
        Histogram recycled = null;
        Histogram expected = null;
        SplittableRandom random = new SplittableRandom(1);
        for (int interval = 0; interval < 5; interval++) {
            for (int i = 0; i < 1000; i++) {
                long value = random.nextLong(MINUTE) >>> random.nextInt(36);
                ours.recordValue(value);
                theirs.recordValue(value);
            }
            ours.recordValueWithCount(7, 3);
            theirs.recordValueWithCount(7, 3);
            ours.recordValueWithExpectedInterval(1050, 100);
            theirs.recordValueWithExpectedInterval(1050, 100);
            ours.recordValueWithExpectedInterval(1050, 0);
            theirs.recordValueWithExpectedInterval(1050, 0);
            expected = theirs.getIntervalHistogram(expected);
            Histogram got = ours.getIntervalHistogram(recycled);
            if (recycled != null) assertThat(got).isSameAs(recycled);
            recycled = got;
            assertThat(got).isEqualTo(expected);
            assertThat(got.getStartTimeStamp()).isLessThanOrEqualTo(got.getEndTimeStamp());
        }
        ours.recordValue(1);
        ours.reset();
        assertThat(ours.getIntervalHistogram(new Histogram(1000, 1)).getTotalCount())
                .isZero();
    }

    @Test
    void each_value_is_in_exactly_one_interval_while_threads_record() throws Exception {
        PerCpuRecorder recorder = new PerCpuRecorder(1000, 2);
        AtomicInteger running = new AtomicInteger(4);
        for (int i = 0; i < 4; i++) {
            new Thread(() -> {
                        for (int value = 0; value < 100_000; value++) recorder.recordValue(value % 1000);
                        running.decrementAndGet();
                    })
                    .start();
        }
        Histogram all = new Histogram(1000, 2);
        while (running.get() > 0) all.add(recorder.getIntervalHistogram());
        all.add(recorder.getIntervalHistogram());
        assertThat(all.getTotalCount()).isEqualTo(400_000);
        assertThat(all.getCountAtValue(5)).isEqualTo(400);
    }

    @Test
    void what_is_too_high_counts_in_the_last_bucket_and_what_is_negative_is_refused() {
        PerCpuRecorder recorder = new PerCpuRecorder(1000, 2);
        recorder.recordValue(Long.MAX_VALUE);
        assertThatThrownBy(() -> recorder.recordValue(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(recorder.getIntervalHistogram().getTotalCount()).isEqualTo(1);
    }

    @Test
    void bad_configuration_is_refused_in_one_line() {
        for (long highest : new long[] {1, 0, -1, Long.MIN_VALUE}) {
            assertThatThrownBy(() -> new PerCpuRecorder(highest, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("highestTrackableValue=" + highest + " is below 2");
        }
        for (int digits : new int[] {-1, 6}) {
            assertThatThrownBy(() -> new PerCpuRecorder(1000, digits))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("numberOfSignificantValueDigits=" + digits + " is not in 0..5");
        }
    }
}
