/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.benchmarks.Scores.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoresTest {
    private static final String JDK = "JDK 25.0.3";
    private static final Key KEY = new Key("CounterBenchmark", "perCpu", 1);

    private final Scores scores = new Scores();

    @Test
    void a_figure_is_of_the_quiet_iterations_whichever_are_the_fastest() {
        for (int i = 0; i < 5; i++) scores.add(KEY, JDK, 3, 0.1);
        for (int i = 0; i < 10; i++) scores.add(KEY, JDK, 1, 0.11);
        assertThat(scores.median(KEY, JDK)).hasValue(3);
        assertThat(scores.iterations()).isEqualTo(15);
        assertThat(scores.countedIterations()).isEqualTo(5);
        assertThat(scores.disturbedIterations()).isZero();
    }

    @Test
    void where_hardly_any_was_quiet_the_quietest_sixth_counts() {
        scores.add(KEY, JDK, 3, 0);
        scores.add(KEY, JDK, 4, 0.2);
        scores.add(KEY, JDK, 5, 0.3);
        for (int i = 0; i < 15; i++) scores.add(KEY, JDK, 1, 0.9);
        assertThat(scores.median(KEY, JDK)).hasValue(4);
        assertThat(scores.countedIterations()).isEqualTo(3);
        assertThat(scores.disturbedIterations()).isEqualTo(2);
    }

    @Test
    void of_few_iterations_two_count_and_of_one_that_one() {
        scores.add(KEY, JDK, 7, 1);
        assertThat(scores.median(KEY, JDK)).hasValue(7);
        scores.add(KEY, JDK, 8, 1);
        scores.add(KEY, JDK, 9, 1);
        assertThat(scores.countedIterations()).isEqualTo(2);
    }

    @Test
    void what_jmh_left_is_read_with_and_without_a_disturbance(@TempDir Path folder) throws IOException {
        Path json = folder.resolve("jmh.json");
        Files.writeString(json, """
                [{"benchmark": "io.rseq.benchmarks.CounterBenchmark.perCpu", "jdkVersion": "25.0.3",
                  "primaryMetric": {"rawData": [[2.5, 9.5], [3.5, 9.5]]},
                  "secondaryMetrics": {"disturbance": {"rawData": [[0.0, 0.9], [0.1, 1.0]]}}},
                 {"benchmark": "io.rseq.benchmarks.CounterBenchmark.peerLongAdder", "jdkVersion": "25.0.3",
                  "primaryMetric": {"rawData": [[11.5]]}, "secondaryMetrics": {}}]
                """);
        assertThat(scores.read(json, 1)).isEqualTo(JDK);
        assertThat(scores.at(0, KEY, JDK)).hasValue(2.5);
        assertThat(scores.at(1, KEY, JDK)).hasValue(3.5);
        assertThat(scores.median(KEY.of("peerLongAdder"), JDK)).hasValue(11.5);
        assertThat(scores.methods("CounterBenchmark", JDK)).containsExactly("peerLongAdder", "perCpu");
    }

    @Test
    void each_value_of_a_parameter_is_a_group_of_its_own(@TempDir Path folder) throws IOException {
        Path json = folder.resolve("jmh.json");
        Files.writeString(json, """
                [{"benchmark": "io.rseq.benchmarks.ReadWriteLockBenchmark.perCpu", "jdkVersion": "25.0.3", "params": {"writes": "0"},
                  "primaryMetric": {"rawData": [[6.5]]}, "secondaryMetrics": {}},
                 {"benchmark": "io.rseq.benchmarks.ReadWriteLockBenchmark.perCpu", "jdkVersion": "25.0.3", "params": {"writes": "10"},
                  "primaryMetric": {"rawData": [[21.5]]}, "secondaryMetrics": {}}]
                """);
        scores.read(json, 1);
        assertThat(scores.groups())
                .containsExactly("ReadWriteLockBenchmark writes=0", "ReadWriteLockBenchmark writes=10");
        assertThat(scores.groups())
                .allSatisfy(group -> assertThat(Group.of(group).title()).startsWith("Reading under a lock"));
        assertThat(Chart.of(scores))
                .extracting(Chart::file)
                .containsExactly("charts/readwritelockwrites0", "charts/readwritelockwrites10");
        assertThat(scores.median(new Key("ReadWriteLockBenchmark writes=10", "perCpu", 1), JDK))
                .hasValue(21.5);
    }

    @Test
    void of_documents_there_are_cpu_time_and_allocated_bytes_too(@TempDir Path folder) throws IOException {
        Path json = folder.resolve("jmh.json");
        Files.writeString(json, """
                [{"benchmark": "io.rseq.benchmarks.JacksonOneVirtualBenchmark.perCpu", "jdkVersion": "25.0.3",
                  "primaryMetric": {"rawData": [[800]]},
                  "secondaryMetrics": {"cpu": {"rawData": [[1500]]}, "gc.alloc.rate.norm": {"rawData": [[3000]]}}}]
                """);
        scores.read(json, 2);
        Report report = new Report(scores, 2);
        String page = report.write(Machine.here(), Chart.of(scores));
        assertThat(page.lines())
                .contains(
                        "| ns/op | 2 carriers | x |",
                        "| B/op | 2 carriers | x |",
                        "| **per cpu** | 1,500 (1,500-1,500) | 1.00 |",
                        "| **per cpu** | 3,000 (3,000-3,000) | 1.00 |");
        assertThat(Chart.of(scores)).hasSize(1);
        assertThat(scores.iterations()).isEqualTo(1);
    }
}
