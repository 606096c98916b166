/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.benchmarks.PageTable.Kind;
import io.rseq.benchmarks.PageTable.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Bars as SVG, for light and dark: a row for each method, a column for each number of threads with a linear scale of its own, the figure at each
 * bar. Ours is first and always of the one strong colour; peers are grey, the fastest first. What is more than {@link #FAR} times ours ends in a
 * note: it would leave nothing of the others to see.
 */
final class BarChart {
    private static final int FAR = 200;
    private static final int WIDTH = 900;
    private static final int NARROW = 480;
    private static final int NAMES = 190;
    private static final int ROW = 24;
    private static final int BAR = 14;
    private static final int FIGURE = 78;
    private static final int TOP = 66;

    private static final String CUT = "* off the scale, as where threads wait for a preempted one";

    private static final String STYLE = """
            <style>
            svg { --paper: #ffffff; --ink: #1f2328; --soft: #59636e; --ours: #0b66c3; --own: #8ab9e8; --peer: #a3a9b1; --measure: #d5d9de }
            @media (prefers-color-scheme: dark) {
            svg { --paper: #0d1117; --ink: #e6edf3; --soft: #9198a1; --ours: #4ea1ff; --own: #2f5f94; --peer: #6b727b; --measure: #3d444d }
            }
            text { font: 13px system-ui, sans-serif; fill: var(--ink) }
            .title { font-size: 16px; font-weight: 600 }
            .soft { fill: var(--soft) }
            .bold { font-weight: 600 }
            .end { text-anchor: end }
            .paper { fill: var(--paper) }
            .ours { fill: var(--ours) }
            .own { fill: var(--own) }
            .peer { fill: var(--peer) }
            .measure { fill: var(--measure) }
            </style>
            """;

    private final StringBuilder svg = new StringBuilder();
    private final int width;

    private BarChart(int width) {
        this.width = width;
    }

    /** Draws a whole table. */
    static String of(PageTable table) {
        List<Row> rows = new ArrayList<>(table.rows());
        rows.sort(Comparator.comparing(Row::kind).thenComparingDouble(Row::last));
        BarChart chart = new BarChart(WIDTH);
        chart.open(table.title(), "nanoseconds an operation; the shorter, the better", TOP + rows.size() * ROW + 14);
        int wide = (WIDTH - NAMES) / table.columns().size();
        for (int i = 0; i < rows.size(); i++) chart.name(rows.get(i), TOP + i * ROW);
        for (int column = 0; column < table.columns().size(); column++) {
            int x = NAMES + column * wide;
            chart.text("soft", x, TOP - 8, table.columns().get(column));
            double most = most(rows, column);
            for (int i = 0; i < rows.size(); i++) chart.bar(rows.get(i), column, x, TOP + i * ROW, wide - FIGURE, most);
        }
        return chart.close();
    }

    /** Draws one column of several tables, of each ours and some peers, so narrow that a phone shows it whole and readable. */
    static String of(String title, String subtitle, List<PageTable> tables, String column) {
        int height = TOP - 20;
        for (PageTable table : tables) height += (table.rows().size() + 2) * ROW;
        BarChart chart = new BarChart(NARROW);
        chart.open(title, subtitle, height);
        int y = TOP + 8;
        for (PageTable table : tables) {
            chart.text("bold", 14, y, table.title());
            int at = table.columns().indexOf(column);
            double most = most(table.rows(), at);
            for (Row row : table.rows()) {
                y += ROW;
                chart.name(row, y - BAR);
                chart.bar(row, at, NAMES + 28, y - BAR, NARROW - NAMES - 28 - FIGURE, most);
            }
            y += 2 * ROW;
        }
        return chart.close();
    }

    private void open(String title, String subtitle, int height) {
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" ");
        if (width == NARROW) svg.append("width=\"").append(width).append("\" "); // not wider where there is room
        svg.append("viewBox=\"0 0 ")
                .append(width)
                .append(' ')
                .append(height)
                .append("\" role=\"img\" aria-label=\"")
                .append(title)
                .append("\">\n")
                .append(STYLE)
                .append("<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n");
        text("title", 14, 24, title);
        text("soft", 14, 42, subtitle);
    }

    private String close() {
        return svg.append("</svg>\n").toString();
    }

    private void name(Row row, int y) {
        text(row.kind() == Kind.OURS ? "bold" : row.kind() == Kind.PEER ? "" : "soft", 14, y + BAR - 2, row.name());
    }

    private void bar(Row row, int column, int x, int y, int room, double most) {
        OptionalDouble value = row.values().get(column);
        if (value.isEmpty()) {
            text("soft", x, y + BAR - 2, "-");
            return;
        }
        boolean far = value.getAsDouble() > most;
        int wide = (int) Math.max(1, Math.round(room * Math.min(1, value.getAsDouble() / most)));
        svg.append(String.format(
                "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\"/>%n",
                row.kind().name().toLowerCase(Locale.ROOT), x, y, wide, BAR));
        if (far) // a gap in the bar
        svg.append(String.format(
                "<path class=\"paper\" d=\"M%d %d l6 0 l-4 %d l-6 0 z\"/>%n", x + wide - 16, y - 1, BAR + 2));
        String figure = figure(value.getAsDouble());
        text(row.kind() == Kind.OURS ? "bold" : "", x + wide + 5, y + BAR - 2, far ? figure + " *" : figure);
        if (far && svg.indexOf(CUT) < 0) text("soft end", width - 14, 42, CUT);
    }

    private void text(String kind, int x, int y, String text) {
        svg.append(String.format(
                "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>%n",
                kind, x, y, text.replace("&", "&amp;").replace("<", "&lt;")));
    }

    /** The longest that is drawn to scale. */
    private static double most(List<Row> rows, int column) {
        double ours = Double.MAX_VALUE / FAR;
        for (Row row : rows)
            if (row.kind() == Kind.OURS) ours = row.values().get(column).orElse(ours);
        double most = 0;
        for (Row row : rows) {
            double value = row.values().get(column).orElse(0);
            if (value <= FAR * ours) most = Math.max(most, value);
        }
        return most;
    }

    static String figure(double nanoseconds) {
        if (nanoseconds >= 1e6) return String.format(Locale.ROOT, "%.1f ms", nanoseconds / 1e6);
        String format = nanoseconds < 10 ? "%.2f" : nanoseconds < 100 ? "%.1f" : "%,.0f";
        return String.format(Locale.ROOT, format, nanoseconds);
    }
}
