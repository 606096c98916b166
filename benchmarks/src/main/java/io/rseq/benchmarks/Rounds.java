/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The raw figures of one cost, by variant; the k-th of one variant belongs to the k-th of every other: one round. */
final class Rounds {
    private static final int USER = 2;
    private static final int SYSTEM = 3;

    private final Map<String, List<Double>> figures = new HashMap<>();
    private final Map<String, List<Double>> cpuMillis = new HashMap<>();

    private Rounds() {}

    /** A line is: variant, seconds of wall, user and system time, what the process printed. */
    static Rounds of(List<String> lines, Cost cost) {
        Rounds rounds = new Rounds();
        for (String line : lines) {
            String[] words = line.trim().split(" +");
            double cpu = Double.parseDouble(words[USER]) + Double.parseDouble(words[SYSTEM]);
            put(rounds.figures, words[0], Double.parseDouble(words[1 + cost.column()]) * cost.scale());
            put(rounds.cpuMillis, words[0], cpu * 1000);
        }
        return rounds;
    }

    private static void put(Map<String, List<Double>> figures, String variant, double figure) {
        figures.computeIfAbsent(variant, none -> new ArrayList<>()).add(figure);
    }

    int count() {
        return figures.isEmpty() ? 0 : figures.get("ours").size();
    }

    double median(String variant) {
        return at(0.5, figures.get(variant));
    }

    /** Over the empty agent, within rounds, in units or in percent: the quartiles. */
    double[] over(String variant, boolean relative) {
        List<Double> over = differences(figures, variant, relative);
        return new double[] {at(0.25, over), at(0.5, over), at(0.75, over)};
    }

    /** The farther of the quartiles of the empty agent over itself. */
    double noise(boolean relative) {
        double[] itself = over("again", relative);
        return Math.max(Math.abs(itself[0]), Math.abs(itself[2]));
    }

    /** The process's whole CPU time over the empty agent's, in milliseconds or percent. */
    double cpuOver(boolean relative) {
        return at(0.5, differences(cpuMillis, "ours", relative));
    }

    private static List<Double> differences(Map<String, List<Double>> figures, String variant, boolean relative) {
        List<Double> differences = new ArrayList<>();
        for (int i = 0; i < figures.get(variant).size(); i++) {
            double base = figures.get("empty").get(i);
            double difference = figures.get(variant).get(i) - base;
            differences.add(relative ? difference / base * 100 : difference);
        }
        return differences;
    }

    private static double at(double quantile, List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        double place = quantile * (sorted.length - 1);
        int below = (int) place;
        double above = sorted[Math.min(below + 1, sorted.length - 1)];
        return sorted[below] + (place - below) * (above - sorted[below]);
    }
}
