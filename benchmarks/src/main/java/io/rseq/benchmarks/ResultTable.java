/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;

/**
 * Results as Markdown: a row per benchmark, and per JDK the median of all measured iterations, how many times {@code index} that is, and
 * the fastest iteration. Median and fastest, because what else runs on a machine disturbs some iterations much and others not at all.
 */
final class ResultTable {
    private static final String BASE = "IndexBenchmark.index";

    /** Benchmark, then JDK, then nanoseconds, one for each iteration of each fork. */
    private final Map<String, Map<String, List<Double>>> iterations = new TreeMap<>();

    private final List<String> jdks = new ArrayList<>();

    void add(Collection<RunResult> results) {
        for (RunResult result : results) {
            String jdk = "JDK " + result.getParams().getJdkVersion();
            if (!jdks.contains(jdk)) jdks.add(jdk);
            List<Double> scores = iterations
                    .computeIfAbsent(name(result), unused -> new TreeMap<>())
                    .computeIfAbsent(jdk, unused -> new ArrayList<>());
            for (BenchmarkResult fork : result.getBenchmarkResults()) {
                for (IterationResult iteration : fork.getIterationResults())
                    scores.add(iteration.getPrimaryResult().getScore());
            }
        }
    }

    List<String> jdks() {
        return jdks;
    }

    /** Nanoseconds per operation; empty where that benchmark did not run. */
    OptionalDouble median(String benchmark, String jdk) {
        return at(0.5, benchmark, jdk);
    }

    private OptionalDouble fastest(String benchmark, String jdk) {
        return at(0, benchmark, jdk);
    }

    private OptionalDouble at(double quantile, String benchmark, String jdk) {
        List<Double> scores = iterations.getOrDefault(benchmark, Map.of()).getOrDefault(jdk, List.of());
        if (scores.isEmpty()) return OptionalDouble.empty();
        List<Double> sorted = new ArrayList<>(scores);
        Collections.sort(sorted);
        return OptionalDouble.of(sorted.get((int) (quantile * sorted.size())));
    }

    void print(PrintStream out) {
        out.print("\n| ns/op, median |");
        for (String jdk : jdks) out.print(" " + jdk + " | x index | fastest |");
        out.print("\n|---|" + "--:|--:|--:|".repeat(jdks.size()) + "\n");
        for (String benchmark : rows()) {
            out.print("| " + benchmark + " |");
            for (String jdk : jdks) {
                OptionalDouble median = median(benchmark, jdk);
                OptionalDouble base = median(BASE, jdk);
                boolean comparable = median.isPresent() && base.isPresent();
                out.print(" " + text(median) + " |");
                out.print(" " + (comparable ? text(median.getAsDouble() / base.getAsDouble()) : "-") + " |");
                out.print(" " + text(fastest(benchmark, jdk)) + " |");
            }
            out.println();
        }
        out.println();
    }

    /** The fastest first, by the last JDK, which has them all. */
    private List<String> rows() {
        List<String> rows = new ArrayList<>(iterations.keySet());
        String last = jdks.isEmpty() ? "" : jdks.get(jdks.size() - 1);
        rows.sort(Comparator.comparingDouble(row -> median(row, last).orElse(Double.MAX_VALUE)));
        return rows;
    }

    private static String name(RunResult result) {
        String name = result.getParams().getBenchmark();
        return name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1);
    }

    private static String text(OptionalDouble value) {
        return value.isPresent() ? text(value.getAsDouble()) : "-";
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.0f", value);
    }
}
