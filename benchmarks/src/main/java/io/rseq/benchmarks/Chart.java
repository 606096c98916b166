/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.benchmarks.Scores.Key;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.style.Styler;

/** One group's figures on one JDK as bars, nanoseconds on a logarithmic axis, a bar per method at each thread count. SVG and PNG. */
record Chart(String group, String jdk) {
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

    /** One for each group, of the newest JDK that measured it. */
    static List<Chart> of(Scores scores) {
        List<Chart> charts = new ArrayList<>();
        for (String group : scores.groups()) {
            for (String jdk : scores.jdks()) {
                if (scores.methods(group, jdk).isEmpty()) continue;
                charts.add(new Chart(group, jdk));
                break;
            }
        }
        return charts;
    }

    String title() {
        return Group.of(group).title() + ", " + jdk;
    }

    /** Without its folder and ending. */
    String file() {
        return "charts/" + group.replace("Benchmark", "").toLowerCase(Locale.ROOT);
    }

    void write(Scores scores, Path folder) throws IOException {
        List<Integer> threads = scores.threads(group);
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title())
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
        String path = folder.resolve(file()).toString();
        for (String format : new String[] {"svg", "png"}) ChartEncoder.saveChart(chart, path + "." + format, format);
    }
}
