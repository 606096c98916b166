/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BarChartTest {
    private static final String PAGE = """
            ## Taking, JDK 25

            | ns/op | 1 thread | x | 16 threads | x | CPU ns at 16 |
            |---|--:|--:|--:|--:|--:|
            | Fast | 2.00 (1.90-2.10) | 0.50 | 20.0 (19.0-21.0) | 0.50 | 2.50 |
            | limit: CLoop | 3.00 (3.00-3.00) | 0.75 | - | - | - |
            | **lease** | 4.00 (3.90-4.10) | 1.00 | 40.0 (39.0-41.0) | 1.00 | 5.00 |
            | **lease atomic** | 8.00 (7.90-8.10) | 2.00 | 80.0 (79.0-81.0) | 2.00 | 10.0 |
            | Queue | 9.00 (8.90-9.10) | 2.25 | 21,931,688 (20-30) | 548,292 | 2,741,461 |

            ## Else
            """;

    private final PageTable table = PageTable.of(PAGE).get(0);
    private final String svg = BarChart.of(table);

    @Test
    void a_table_is_read_by_method_and_number_of_threads() {
        assertThat(PageTable.of(PAGE)).hasSize(1);
        assertThat(table.title()).isEqualTo("Taking, JDK 25");
        assertThat(table.columns()).containsExactly("1 thread", "16 threads");
        assertThat(table.rows().get(4).values().get(1)).hasValue(21_931_688);
        assertThat(table.rows().get(1).values().get(1)).isEmpty();
    }

    @Test
    void ours_is_first_then_other_ways_of_ours_peers_by_their_figure_and_measures() {
        assertThat(svg.lines().filter(line -> line.contains("x=\"14\"")).map(BarChartTest::text))
                .containsExactly(
                        "Taking, JDK 25",
                        "nanoseconds an operation; the shorter, the better",
                        "lease",
                        "lease atomic",
                        "Fast",
                        "Queue",
                        "limit: CLoop");
        assertThat(svg.lines().filter(line -> line.startsWith("<rect class=\"ours\"")))
                .hasSize(2);
    }

    @Test
    void each_figure_stands_at_its_bar_and_what_leaves_the_scale_is_noted() {
        List<String> texts = svg.lines().map(BarChartTest::text).toList();
        assertThat(texts)
                .contains("4.00", "40.0", "80.0", "21.9 ms *")
                .anyMatch(text -> text.startsWith("* off the scale"));
        // to scale in its column: half of the longest, which is the atomic one and not the queue
        assertThat(width("ours", 1) * 2).isCloseTo(width("own", 1), org.assertj.core.data.Offset.offset(1));
    }

    @Test
    void it_is_drawn_for_light_and_dark() {
        assertThat(svg).contains("prefers-color-scheme: dark");
    }

    private int width(String kind, int column) {
        return svg.lines()
                .filter(line -> line.startsWith("<rect class=\"" + kind + "\""))
                .map(line -> line.replaceAll(".*width=\"(\\d+)\".*", "$1"))
                .mapToInt(Integer::parseInt)
                .skip(column)
                .findFirst()
                .orElseThrow();
    }

    private static String text(String line) {
        return line.replaceAll("<[^>]*>", "");
    }
}
