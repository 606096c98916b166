/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One group's figures on one JDK as bars. They are drawn from the page's own tables: {@code java -cp ... Chart PAGE} draws all of a page again. */
record Chart(String group, String jdk) {
    /** What the front page shows: of these groups these rows, by these names. */
    private static final String[][] SUMMARY = {
        {
            "CounterBenchmark",
            "Counter: add 1",
            "per cpu",
            "PerCpuCounter",
            "LongAdder",
            "LongAdder",
            "AtomicLong",
            "AtomicLong"
        },
        {
            "HistogramBenchmark",
            "Histogram: record a value",
            "per cpu",
            "PerCpuHistogram",
            "HdrRecorder",
            "HdrHistogram Recorder",
            "HdrConcurrent",
            "ConcurrentHistogram"
        },
        {
            "PoolBenchmark",
            "Pool: take and give back",
            "lease",
            "PerCpuPool",
            "Stormpot",
            "Stormpot",
            "MpmcArrayQueue",
            "JCTools MpmcArrayQueue"
        },
        {
            "BufferBenchmark",
            "Buffer: append 64 bytes, and drain",
            "per cpu",
            "PerCpuBuffer",
            "AgronaManyToOne",
            "Agrona ManyToOneRingBuffer"
        },
    };

    private static final String SUMMARY_COLUMN = "2 threads";

    /** One for each group, of the newest JDK that measured it. */
    static List<Chart> of(Scores scores) {
        List<Chart> charts = new ArrayList<>();
        for (String group : scores.groups()) {
            if (!Group.isTime(group)) continue;
            for (String jdk : scores.jdks()) {
                if (scores.methods(group, jdk).isEmpty()) continue;
                charts.add(new Chart(group, jdk));
                break;
            }
        }
        return charts;
    }

    /** Draws what the page shows, beside it. */
    public static void main(String[] arguments) throws IOException {
        Path page = Path.of(arguments[0]);
        draw(Files.readString(page), page.toAbsolutePath().getParent());
    }

    /** Draws each table that the page shows a chart of, and the summary. */
    static void draw(String page, Path folder) throws IOException {
        Files.createDirectories(folder.resolve("charts"));
        List<PageTable> drawn = new ArrayList<>();
        for (PageTable table : PageTable.of(page)) {
            String link = "![" + table.title() + "](";
            int at = page.indexOf(link);
            if (at < 0) continue;
            at += link.length();
            Files.writeString(folder.resolve(page.substring(at, page.indexOf(')', at))), BarChart.of(table));
            drawn.add(table);
        }
        drawSummary(drawn, folder);
    }

    private static void drawSummary(List<PageTable> drawn, Path folder) throws IOException {
        List<PageTable> summary = new ArrayList<>();
        String jdk = "";
        for (String[] part : SUMMARY) {
            String title = Group.of(part[0]).title() + ", ";
            for (PageTable table : drawn) {
                if (!table.title().startsWith(title) || !table.columns().contains(SUMMARY_COLUMN)) continue;
                summary.add(part(table, part));
                jdk = table.title().substring(title.length());
            }
        }
        if (summary.size() < SUMMARY.length) return; // some were not measured
        String subtitle = "ns an operation and thread, " + jdk + "; the shorter, the better";
        Files.writeString(
                folder.resolve("charts/summary.svg"),
                BarChart.of("When " + SUMMARY_COLUMN + " share one structure", subtitle, summary, SUMMARY_COLUMN));
    }

    private static PageTable part(PageTable table, String[] part) {
        List<PageTable.Row> rows = new ArrayList<>();
        for (int i = 2; i < part.length; i += 2) {
            for (PageTable.Row row : table.rows())
                if (row.name().equals(part[i])) rows.add(new PageTable.Row(part[i + 1], row.kind(), row.values()));
        }
        return new PageTable(part[1], table.columns(), rows);
    }

    String title() {
        return Group.of(group).title() + ", " + jdk;
    }

    /** Without its folder and ending. */
    String file() {
        return "charts/" + group.replace("Benchmark", "").replaceAll("\\W", "").toLowerCase(Locale.ROOT);
    }
}
