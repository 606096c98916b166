/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** A table of the page of benchmarks, as {@link Report} writes it: nanoseconds by method and number of threads. */
record PageTable(String title, List<String> columns, List<Row> rows) {
    private static final String HEADING = "## ";
    private static final String FIRST = "| ns/op |";
    private static final String RATIO = "x";
    private static final String OURS = "1.00";
    private static final String BOLD = "**";

    /** What it is to the others: ours, another way of ours, a peer, or what is there to compare all with. */
    enum Kind {
        OURS,
        OWN,
        PEER,
        MEASURE
    }

    record Row(String name, Kind kind, List<OptionalDouble> values) {
        /** Returns the last that was measured, to sort by. */
        double last() {
            double last = 0;
            for (OptionalDouble value : values) if (value.isPresent()) last = value.getAsDouble();
            return last;
        }
    }

    /** All tables of nanoseconds that the page has. */
    static List<PageTable> of(String page) {
        List<PageTable> tables = new ArrayList<>();
        String title = "";
        List<String> lines = new ArrayList<>();
        for (String line : (page + "\n").split("\n", -1)) {
            if (line.startsWith(HEADING)) title = line.substring(HEADING.length());
            if (line.startsWith(FIRST) || !lines.isEmpty() && line.startsWith("|")) lines.add(line);
            else if (!lines.isEmpty()) {
                tables.add(table(title, lines));
                lines.clear();
            }
        }
        return tables;
    }

    private static PageTable table(String title, List<String> lines) {
        String[] head = cells(lines.get(0));
        List<Integer> at = new ArrayList<>();
        List<String> columns = new ArrayList<>();
        for (int i = 1; i + 1 < head.length; i++) {
            if (!head[i + 1].equals(RATIO)) continue;
            at.add(i);
            columns.add(head[i]);
        }
        List<Row> rows = new ArrayList<>();
        for (String line : lines.subList(2, lines.size())) rows.add(row(cells(line), at));
        return new PageTable(title, columns, rows);
    }

    private static Row row(String[] cells, List<Integer> at) {
        List<OptionalDouble> values = new ArrayList<>();
        boolean ours = cells[0].startsWith(BOLD);
        for (int column : at) {
            String figure = cells[column].split(" ")[0].replace(",", "");
            values.add(figure.equals("-") ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(figure)));
            ours &= cells[column + 1].equals(OURS);
        }
        String name = cells[0].replace(BOLD, "");
        return new Row(name, kind(name, cells[0].startsWith(BOLD), ours), values);
    }

    private static Kind kind(String name, boolean own, boolean ours) {
        if (ours) return Kind.OURS;
        if (name.startsWith("empty") || name.startsWith("limit")) return Kind.MEASURE;
        return own ? Kind.OWN : Kind.PEER;
    }

    private static String[] cells(String line) {
        String[] cells = line.substring(1).split("\\|");
        for (int i = 0; i < cells.length; i++) cells[i] = cells[i].strip();
        return cells;
    }
}
