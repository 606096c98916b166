/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.benchmarks.Scores.Key;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    /** A figure that is in a chart is in the page. */
    @Test
    void the_published_charts_are_drawn_from_the_published_page(@TempDir Path folder) throws IOException {
        Path docs = docs();
        Chart.draw(Files.readString(docs.resolve("appendix-benchmarks.md")), folder);
        try (Stream<Path> published = Files.list(docs.resolve("charts"));
                Stream<Path> drawn = Files.list(folder.resolve("charts"))) {
            assertThat(names(drawn)).hasSizeGreaterThan(8).isEqualTo(names(published));
        }
        for (File chart : folder.resolve("charts").toFile().listFiles())
            assertThat(docs.resolve("charts").resolve(chart.getName()))
                    .as("draw it again: benchmarks/run.sh --charts")
                    .hasSameTextualContentAs(chart.toPath());
    }

    private static List<String> names(Stream<Path> files) {
        return files.map(file -> file.getFileName().toString()).sorted().toList();
    }

    private static Path docs() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/appendix-benchmarks.md"))) folder = folder.getParent();
        return folder.resolve("docs");
    }
}
