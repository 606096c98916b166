/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rseq.PerCpuCounter;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PerCpuTimerTest {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    /** As docs/adapters.md has it. */
    @Test
    void the_example_is_shown() {
        MeterRegistry registry = new SimpleMeterRegistry();
        PerCpuCounter served = new PerCpuCounter();
        FunctionCounter.builder("served", served, PerCpuCounter::sum).register(registry);
        PerCpuTimer requests = new PerCpuTimer("requests", Tags.empty(), MINUTE, 2, 0.5, 0.99);
        requests.bindTo(registry);
        new AgentMetrics().bindTo(registry);
        requests.record(served::increment);
        assertThat(registry.get("served").functionCounter().count()).isEqualTo(1);
        assertThat(registry.get("requests").functionTimer().count()).isEqualTo(1);
    }

    @Test
    void the_version_that_was_asked_for_is_tested() {
        String wanted = System.getProperty("adapted.version");
        String path =
                Timer.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        if (wanted != null) assertThat(path).endsWith("-" + wanted + ".jar");
    }

    @Test
    void figures_are_those_of_what_was_recorded() {
        PerCpuTimer timer = new PerCpuTimer("t", Tags.of("a", "b"), MINUTE, 3, 0.5, 1);
        for (int millis = 1; millis <= 1000; millis++) timer.record(millis, TimeUnit.MILLISECONDS);
        timer.record(-1, TimeUnit.SECONDS); // as every timer of Micrometer, it ignores this
        assertThat(timer.count()).isEqualTo(1000);
        assertThat(timer.totalTime(TimeUnit.SECONDS)).isCloseTo(500.5, within(0.5));
        assertThat(timer.max(TimeUnit.MILLISECONDS)).isCloseTo(1000, within(1.0));
        HistogramSnapshot snapshot = timer.takeSnapshot();
        assertThat(snapshot.count()).isEqualTo(1000);
        assertThat(snapshot.percentileValues()[0].value(TimeUnit.MILLISECONDS)).isCloseTo(500, within(1.0));
        assertThat(snapshot.percentileValues()[1].percentile()).isEqualTo(1);
    }

    @Test
    void a_registry_shows_count_total_maximum_and_percentiles_in_its_own_unit() {
        MeterRegistry registry = new SimpleMeterRegistry(); // in seconds
        PerCpuTimer timer = new PerCpuTimer("t", Tags.of("a", "b"), MINUTE, 3, 0.5);
        timer.bindTo(registry);
        Timer.Sample sample = Timer.start();
        sample.stop(timer);
        timer.record(10, TimeUnit.SECONDS);
        timer.record(20, TimeUnit.SECONDS);
        FunctionTimer shown = registry.get("t").tag("a", "b").functionTimer();
        assertThat(shown.count()).isEqualTo(3);
        assertThat(shown.totalTime(TimeUnit.SECONDS)).isCloseTo(30, within(1.0));
        assertThat(registry.get("t.max").timeGauge().value(TimeUnit.SECONDS)).isCloseTo(20, within(0.1));
        assertThat(registry.get("t.percentile").tag("phi", "0.5").timeGauge().value(TimeUnit.SECONDS))
                .isCloseTo(10, within(0.1));
    }

    @Test
    void bad_configuration_is_refused_in_one_line() {
        for (double percentile : new double[] {99, -0.1, Double.NaN}) {
            assertThatThrownBy(() -> new PerCpuTimer("t", Tags.empty(), MINUTE, 3, percentile))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("percentile " + percentile + " is not in 0..1");
        }
        assertThatThrownBy(() -> new PerCpuTimer("t", Tags.empty(), 1, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("highestTrackableValue=1 is below 2");
        assertThatThrownBy(() -> new PerCpuTimer("t", Tags.empty(), MINUTE, 9))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("numberOfSignificantValueDigits=9 is not in 0..5");
    }
}
