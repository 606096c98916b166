/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.benchmarks.Scores.Key;
import org.junit.jupiter.api.Test;

class ChartTest {
    private static final Key EVERYWHERE = new Key("CounterBenchmark", "perCpu", 1);
    private static final Key ON_VIRTUAL_THREADS = new Key("CounterVirtualBenchmark", "perCpu", 1);

    private final Scores scores = new Scores();

    @Test
    void the_newest_jdk_comes_first_in_whatever_order_they_ran() {
        for (String jdk : new String[] {"JDK 17.0.9", "JDK 25.0.3", "JDK 17.0.15", "JDK 28-ea", "JDK 9.0.4"})
            scores.add(EVERYWHERE, jdk, 1, 0);
        assertThat(scores.jdks()).containsExactly("JDK 28-ea", "JDK 25.0.3", "JDK 17.0.15", "JDK 17.0.9", "JDK 9.0.4");
    }

    @Test
    void a_group_is_drawn_of_the_newest_jdk_that_measured_it() {
        scores.add(EVERYWHERE, "JDK 25.0.3", 1, 0);
        scores.add(ON_VIRTUAL_THREADS, "JDK 21.0.9", 1, 0);
        scores.add(EVERYWHERE, "JDK 17.0.15", 1, 0);
        assertThat(Chart.of(scores))
                .containsExactly(
                        new Chart("CounterBenchmark", "JDK 25.0.3"),
                        new Chart("CounterVirtualBenchmark", "JDK 21.0.9"));
    }
}
