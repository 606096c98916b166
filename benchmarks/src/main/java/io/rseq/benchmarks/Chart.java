/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.benchmarks.Scores.Key;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.style.Styler;

/** One group's figures on one JDK as bars, nanoseconds on a logarithmic axis, a bar per method at each thread count. SVG and PNG. */
record Chart(String group, String title, String file) {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 460;

    /** Nanoseconds, where the axis begins: what was not measured gets a bar of no height there. */
    private static final double LOWEST = 0.1;

    /** Okabe and Ito's colours, which a colour-blind person can tell apart. */
    private static final Color[] COLOURS = {
        new Color(0x0072B2),
        new Color(0xE69F00),
        new Color(0x009E73),
        new Color(0xCC79A7),
        new Color(0x56B4E9),
        new Color(0xD55E00),
        new Color(0xF0E442),
        new Color(0x000000),
        new Color(0x999999)
    };

    /** One for each group, of the newest JDK that was measured. */
    static List<Chart> writeAll(Scores scores, Path folder) throws IOException {
        List<Chart> charts = new ArrayList<>();
        List<String> jdks = scores.jdks();
        if (jdks.isEmpty()) return charts;
        String jdk = jdks.get(jdks.size() - 1);
        for (String group : scores.groups()) {
            Chart chart = new Chart(group, Group.of(group).title() + ", " + jdk, file(group));
            chart.write(scores, jdk, folder);
            charts.add(chart);
        }
        return charts;
    }

    private static String file(String group) {
        return "charts/" + group.replace("Benchmark", "").toLowerCase(java.util.Locale.ROOT);
    }

    private void write(Scores scores, String jdk, Path folder) throws IOException {
        List<Integer> threads = scores.threads(group);
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(Group.by(group) + "s")
                .yAxisTitle(
                        "ns per operation" + (Group.by(group).equals("thread") ? " and thread" : "") + ", logarithmic")
                .build();
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setYAxisMin(LOWEST);
        chart.getStyler().setSeriesColors(COLOURS);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        for (String method : scores.methods(group, jdk)) {
            List<String> at = new ArrayList<>();
            List<Double> nanoseconds = new ArrayList<>();
            for (int count : threads) {
                OptionalDouble median = scores.median(new Key(group, method, count), jdk);
                at.add(Integer.toString(count));
                nanoseconds.add(median.orElse(LOWEST));
            }
            chart.addSeries(Group.name(method).replace("**", ""), at, nanoseconds);
        }
        String path = folder.resolve(file).toString();
        for (String format : new String[] {"svg", "png"}) ChartEncoder.saveChart(chart, path + "." + format, format);
    }
}
