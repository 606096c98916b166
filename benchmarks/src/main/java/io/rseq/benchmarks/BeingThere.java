/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code being-there.sh} measured on one JDK, as a section of the page, which takes the place of an older one of that JDK. Prints it, too;
 * exit status 1 when a claim was missed.
 */
final class BeingThere {
    private static final String HEADING = "## The cost of being there, JDK ";

    private final String jdk;
    private final Path results;
    private final List<String> rows = new ArrayList<>();
    private final List<String> claims = new ArrayList<>();
    private boolean held = true;

    private BeingThere(String jdk, Path results) {
        this.jdk = jdk;
        this.results = results;
    }

    public static void main(String[] arguments) throws IOException {
        BeingThere report = new BeingThere(arguments[0], Path.of(arguments[1]));
        String section = report.section();
        System.out.print(section);
        report.put(section);
        if (!report.held) System.exit(1);
    }

    private String section() throws IOException {
        for (Cost cost : Cost.all()) {
            Path file = results.resolve("being-there-jdk" + jdk.split("\\.")[0] + "-" + cost.measure() + ".txt");
            if (!Files.isReadable(file)) continue;
            Rounds rounds = Rounds.of(Files.readAllLines(file), cost);
            if (rounds.count() > 0) add(cost, rounds);
        }
        StringBuilder text = new StringBuilder(HEADING + jdk + "\n\n");
        text.append(
                        "Made by `benchmarks/being-there.sh`. Medians; over the empty agent: the median of the differences within rounds,")
                .append(
                        " and the middle half of\nthem. Noise: how far the middle half of the same empty agent, run once more in each")
                .append(
                        " round, is from itself. A figure of each hundred's lowest tenth has the least and the lowest\nquarter beside it, against the empty agent's mean of both.\n\n| | unit | rounds | no agent | empty agent | ours | ours over the empty agent |")
                .append(
                        " noise | CPU time of the whole process over the empty agent |\n|---|---|--:|--:|--:|--:|--:|--:|--:|\n");
        for (String row : rows) text.append(row).append('\n');
        text.append("\n| claim | | measured |\n|---|---|---|\n");
        for (String claim : claims) text.append(claim).append('\n');
        return text.append('\n').toString();
    }

    private void add(Cost cost, Rounds rounds) {
        double[] over = rounds.over("ours", cost.relative());
        double noise = rounds.noise(cost.relative());
        String unit = cost.relative() ? " %" : " " + cost.unit();
        rows.add(
                "| " + cost.text() + " | " + cost.unit() + " | " + rounds.count() + " | " + plain(rounds.figure("none"))
                        + " | " + plain(rounds.figure("empty")) + " | " + plain(rounds.figure("ours")) + " | "
                        + signed(over[1]) + unit + " (" + signed(over[0]) + " to " + signed(over[2]) + ") | "
                        + plain(noise) + unit
                        + " | " + signed(rounds.cpuOver(cost.relative())) + (cost.relative() ? " %" : " ms") + " |");
        if (cost.claim() == null) return;
        if (cost.unchanged()) {
            claim(cost, rounds.interval(cost.relative()), unit);
            return;
        }
        boolean holds = over[1] <= cost.limit();
        held &= holds;
        claims.add("| " + cost.claim() + " | " + (holds ? "held" : "**MISSED**") + " | " + signed(over[1]) + unit
                + ", at most " + plain(cost.limit()) + " wanted |");
    }

    private void claim(Cost cost, Interval interval, String unit) {
        Interval.Verdict verdict = interval.unchanged(Cost.UNCHANGED_WITHIN);
        held &= verdict != Interval.Verdict.MISSED;
        String found = signed(interval.low()) + " to " + signed(interval.high()) + unit + " (95 of 100 runs), within "
                + plain(Cost.UNCHANGED_WITHIN) + " wanted";
        claims.add("| " + cost.claim() + " | "
                + switch (verdict) {
                    case HELD -> "held | ";
                    case MISSED -> "**MISSED** | ";
                    case NOT_DECIDED ->
                        "not decided here | this run could have seen an effect of " + plain(interval.seen()) + unit
                                + ": ";
                }
                + found + " |");
    }

    /** Into the page, which is made where there is none. */
    private void put(String section) throws IOException {
        Path page = results.resolve("benchmarks.md");
        String old = Files.isReadable(page) ? Files.readString(page) : "# Benchmarks\n\n";
        String heading = "(?m)^" + Pattern.quote(HEADING) + jdk.split("\\.")[0] + "\\b";
        Matcher earlier = Pattern.compile(heading + "(?s:.*?)(?=^## |\\z)").matcher(old);
        Files.writeString(
                page, earlier.find() ? earlier.replaceFirst(Matcher.quoteReplacement(section)) : old + section);
    }

    private static String plain(double value) {
        return String.format(
                Locale.ROOT, Math.abs(value) < 10 ? "%.2f" : Math.abs(value) < 1000 ? "%.1f" : "%,.0f", value);
    }

    private static String signed(double value) {
        return (value < 0 ? "" : "+") + plain(value);
    }
}
