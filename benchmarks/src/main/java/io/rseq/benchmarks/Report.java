/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.benchmarks.Claim.Verdict;
import io.rseq.benchmarks.Scores.Key;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The Markdown page of one run: machine, claims, and a table per group and JDK, with ratios to ours and the middle half's spread. */
final class Report {
    private final Scores scores;
    private final int cpus;
    private final StringBuilder page = new StringBuilder();
    private boolean held = true;

    Report(Scores scores, int cpus) {
        this.scores = scores;
        this.cpus = cpus;
    }

    /** Whether no claim was missed. Known after {@link #write}. */
    boolean held() {
        return held;
    }

    String write(Machine machine, List<Chart> charts) {
        line("# Benchmarks");
        line("");
        line(
                "Made by `benchmarks/run.sh`; regenerate it with that command, and do not edit it. Nanoseconds per operation and thread, JMH,");
        line(
                "median of iterations, in brackets the middle half of them. `x` is how many times ours that is. With more threads than CPUs a");
        line(
                "thread waits for its turn most of the time: the last column charges it for its own CPU time alone. On virtual threads a figure is");
        line(
                "the time of all of them together per operation, by the number of their carriers; `empty` is the parking alone, which is in every");
        line("other figure there too.");
        line("");
        line("Of the sequences in C the best round counts, of the others all iterations"
                + (scores.countedIterations() < scores.iterations() ? " but the disturbed:" : "."));
        if (scores.countedIterations() < scores.iterations()) disturbed();
        line("");
        for (String fact : machine.facts()) line("- " + fact);
        line("");
        claims();
        for (String group : scores.groups()) {
            for (String jdk : scores.jdks()) table(group, jdk);
            for (Chart chart : charts) {
                if (chart.group().equals(group)) line("![" + chart.title() + "](" + chart.file() + ".svg)\n");
            }
        }
        return page.toString();
    }

    private void disturbed() {
        line(
                "of " + scores.iterations() + " iterations " + scores.countedIterations() + " count, and "
                        + scores.disturbedIterations()
                        + " of those as the quietest there were. The others are left out, ours and peers' alike, because meanwhile the");
        line(
                "machine was disturbed: a fixed piece of work, done on each CPU every 2 ms beside all of them, took longer than it can on");
        line("more than a tenth of the tries (`benchmarks/src/main/c/disturbance.c`). No fewer than one in "
                + Scores.ONE_IN + " of a figure's iterations count.");
        line("The raw JSON has them all.");
    }

    private void claims() {
        List<Verdict> verdicts = new ArrayList<>();
        for (Claim claim : Claim.all(cpus)) {
            for (String jdk : scores.jdks()) {
                Verdict verdict = claim.judge(scores, jdk, cpus);
                if (verdict != null) verdicts.add(verdict);
            }
        }
        if (verdicts.isEmpty()) return;
        line("## What we claim");
        line("");
        line("| claim | JDK | | measured |");
        line("|---|---|---|---|");
        for (Verdict verdict : verdicts) {
            held &= verdict.result() != Claim.Result.MISSED;
            line("| " + verdict.claim() + " | " + verdict.jdk() + " | " + verdict.result().text + " | "
                    + verdict.figure() + " |");
        }
        line("");
    }

    private void table(String group, String jdk) {
        List<String> methods = new ArrayList<>(scores.methods(group, jdk));
        if (methods.isEmpty()) return;
        List<Integer> threads = scores.threads(group);
        String base = Group.of(group).base();
        line("## " + Group.of(group).title() + ", " + jdk);
        line("");
        StringBuilder head = new StringBuilder("| " + Group.unit(group) + " |");
        String by = Group.by(group);
        for (int count : threads) head.append(' ').append(counted(count, by)).append(" | x |");
        int most = threads.get(threads.size() - 1);
        boolean charged = most > cpus && by.equals("thread");
        if (charged) head.append(" CPU ns at ").append(most).append(" |");
        line(head.toString());
        line("|---|" + "--:|--:|".repeat(threads.size()) + (charged ? "--:|" : ""));
        methods.sort(Comparator.comparingDouble(method ->
                scores.median(new Key(group, method, threads.get(0)), jdk).orElse(Double.MAX_VALUE)));
        for (String method : methods) {
            StringBuilder row = new StringBuilder("| " + Group.name(method) + " |");
            for (int count : threads) {
                Key key = new Key(group, method, count);
                OptionalDouble median = scores.median(key, jdk);
                OptionalDouble ours = scores.median(key.of(base), jdk);
                row.append(' ').append(spread(key, jdk)).append(" | ");
                row.append(
                                median.isPresent() && ours.isPresent()
                                        ? text(median.getAsDouble() / ours.getAsDouble())
                                        : "-")
                        .append(" |");
            }
            OptionalDouble last = scores.median(new Key(group, method, most), jdk);
            if (charged)
                row.append(' ')
                        .append(last.isPresent() ? text(Scores.cpuTime(last.getAsDouble(), most, cpus)) : "-")
                        .append(" |");
            line(row.toString());
        }
        line("");
    }

    private String spread(Key key, String jdk) {
        OptionalDouble median = scores.median(key, jdk);
        if (median.isEmpty()) return "-";
        String low = text(scores.at(0.25, key, jdk).getAsDouble());
        String high = text(scores.at(0.75, key, jdk).getAsDouble());
        return text(median.getAsDouble()) + " (" + low + "-" + high + ")";
    }

    static String counted(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    private void line(String text) {
        page.append(text).append('\n');
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f", value);
    }
}
