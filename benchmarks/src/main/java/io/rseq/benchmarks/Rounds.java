/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The raw figures of one cost, by variant; the k-th of one variant belongs to the k-th of every other: one round.
 *
 * <p>A cost in parts takes of each part the lowest tenth over all rounds, and adds those up: what the work takes while hardly anybody disturbs
 * it. What a busy machine takes for a while falls on some parts of a round, a whole round of seconds is seldom spared it. Where the same empty
 * agent, run twice, was 5 to 9 percent from itself by whole rounds, it was 1.5 to 3.3 by parts; what lasts for longer falls on these, too.
 */
final class Rounds {
    private static final int USER = 2;
    private static final int SYSTEM = 3;

    /** A round's figure, or its parts. */
    private final Map<String, List<double[]>> figures = new HashMap<>();

    private final Map<String, List<double[]>> cpuMillis = new HashMap<>();
    private final boolean parts;

    /* Low, the figure, high: quartiles, or what lies about a part's lowest tenth. */
    private final double[] quantiles;

    private Rounds(boolean parts) {
        this.parts = parts;
        this.quantiles = parts ? new double[] {0, 0.1, 0.25} : new double[] {0.25, 0.5, 0.75};
    }

    /** A line is: variant, seconds of wall, user and system time, what the process printed. */
    static Rounds of(List<String> lines, Cost cost) {
        Rounds rounds = new Rounds(cost.parts());
        for (String line : lines) {
            String[] words = line.trim().split(" +");
            double cpu = Double.parseDouble(words[USER]) + Double.parseDouble(words[SYSTEM]);
            int from = 1 + cost.column();
            put(
                    rounds.figures,
                    words[0],
                    Arrays.stream(words, from, cost.parts() ? words.length : from + 1)
                            .mapToDouble(word -> Double.parseDouble(word) * cost.scale())
                            .toArray());
            put(rounds.cpuMillis, words[0], cpu * 1000);
        }
        return rounds;
    }

    private static void put(Map<String, List<double[]>> figures, String variant, double... figure) {
        figures.computeIfAbsent(variant, none -> new ArrayList<>()).add(figure);
    }

    int count() {
        return figures.isEmpty() ? 0 : figures.get("ours").size();
    }

    double figure(String variant) {
        return at(quantiles[1], figures.get(variant));
    }

    /** Over the empty agent, in units or in percent: low, the figure, high; within rounds, or, in parts, one's over the other's. */
    double[] over(String variant, boolean relative) {
        return parts ? overByParts(variant, relative) : spread(differences(figures, variant, relative));
    }

    private double[] overByParts(String variant, boolean relative) {
        double[] over = spread(figures.get(variant));
        double[] base = spread(figures.get("empty"));
        if (!variant.equals(
                "again")) { // the same agent: each by itself, for among twice as many rounds the lowest are lower
            double[] again = spread(figures.get("again"));
            for (int i = 0; i < base.length; i++) base[i] = (base[i] + again[i]) / 2;
        }
        for (int i = 0; i < over.length; i++) over[i] = difference(over[i], base[i], relative);
        return over;
    }

    /** The farther of what lies about the empty agent's figure over itself. */
    double noise(boolean relative) {
        double[] itself = over("again", relative);
        return Math.max(Math.abs(itself[0]), Math.abs(itself[2]));
    }

    /** In which the effect lies that ours has over the empty agent. Not of parts. */
    Interval interval(boolean relative) {
        return Interval.ofMedian(differences(figures, "ours", relative).stream()
                .mapToDouble(difference -> difference[0])
                .toArray());
    }

    /** The process's whole CPU time over the empty agent's, in milliseconds or percent. */
    double cpuOver(boolean relative) {
        return at(0.5, differences(cpuMillis, "ours", relative));
    }

    private static List<double[]> differences(Map<String, List<double[]>> figures, String variant, boolean relative) {
        List<double[]> differences = new ArrayList<>();
        for (int i = 0; i < figures.get(variant).size(); i++) {
            differences.add(new double[] {
                difference(figures.get(variant).get(i)[0], figures.get("empty").get(i)[0], relative)
            });
        }
        return differences;
    }

    private static double difference(double figure, double base, boolean relative) {
        return relative ? (figure - base) / base * 100 : figure - base;
    }

    private double[] spread(List<double[]> rounds) {
        return Arrays.stream(quantiles).map(quantile -> at(quantile, rounds)).toArray();
    }

    /** That quantile of each part over the rounds, added up. */
    private static double at(double quantile, List<double[]> rounds) {
        double sum = 0;
        for (int part = 0; part < rounds.get(0).length; part++) {
            int column = part;
            sum += at(
                    quantile,
                    rounds.stream().mapToDouble(round -> round[column]).sorted().toArray());
        }
        return sum;
    }

    private static double at(double quantile, double[] sorted) {
        double place = quantile * (sorted.length - 1);
        int below = (int) place;
        double above = sorted[Math.min(below + 1, sorted.length - 1)];
        return sorted[below] + (place - below) * (above - sorted[below]);
    }
}
