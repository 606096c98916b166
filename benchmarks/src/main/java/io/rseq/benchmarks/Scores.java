/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;

/**
 * What was measured: nanoseconds per operation of each iteration of each fork, by benchmark, thread count and JDK. Medians and quartiles,
 * because what else runs on a machine disturbs some iterations much and others not at all; and only of those that {@link Disturbance} calls
 * quiet, or of the quietest ones where those are few.
 */
final class Scores {
    private static final String JDK = "JDK ";
    private static final String RAW = "rawData";

    /** An iteration is quiet up to this share of disturbed samples. */
    static final double QUIET = 0.1;

    /** A figure is of no fewer than one in this many of its iterations, nor of fewer than {@link #FEWEST}. */
    static final int ONE_IN = 6;

    private static final int FEWEST = 2;

    private final Map<Key, Map<String, List<Iteration>>> iterations = new TreeMap<>();
    private final Set<String> jdks =
            new TreeSet<>(Comparator.comparing((String jdk) -> Runtime.Version.parse(jdk.substring(JDK.length())))
                    .reversed());

    /** One row of one table. */
    record Key(String group, String method, int threads) implements Comparable<Key> {
        Key of(String otherMethod) {
            return new Key(group, otherMethod, threads);
        }

        Key at(int otherThreads) {
            return new Key(group, method, otherThreads);
        }

        @Override
        public int compareTo(Key other) {
            int byGroup = group.compareTo(other.group);
            int byMethod = byGroup != 0 ? byGroup : method.compareTo(other.method);
            return byMethod != 0 ? byMethod : Integer.compare(threads, other.threads);
        }
    }

    private record Iteration(double nanoseconds, double disturbance) {}

    /** Adds what JMH left in a JSON file. {@code threads}: of the JVM, or what stands for them. Returns the JDK. */
    String read(Path json, int threads) throws IOException {
        String jdk = null;
        for (JsonNode result : new ObjectMapper().readTree(json.toFile())) {
            jdk = named(result);
            String[] name = result.get("benchmark").textValue().split("\\.");
            Key key = new Key(name[name.length - 2] + parameters(result), name[name.length - 1], threads);
            JsonNode more = result.get("secondaryMetrics");
            JsonNode disturbances = more.path(Disturbance.LABEL).path(RAW);
            add(key, jdk, result.get("primaryMetric").get(RAW), disturbances);
            if (!Group.writesDocuments(key.group)) continue;
            Group.MORE.forEach((label, group) -> add(
                    new Key(key.group + group, key.method, threads),
                    named(result),
                    more.path(label).path(RAW),
                    disturbances));
        }
        return jdk;
    }

    private static String named(JsonNode result) {
        return JDK + result.get("jdkVersion").textValue();
    }

    private void add(Key key, String jdk, JsonNode figures, JsonNode disturbances) {
        for (int fork = 0; fork < figures.size(); fork++) {
            for (int i = 0; i < figures.get(fork).size(); i++)
                add(
                        key,
                        jdk,
                        figures.get(fork).get(i).doubleValue(),
                        disturbances.path(fork).path(i).doubleValue());
        }
    }

    /* Each value of a parameter is a group of its own: " writes=10". */
    private static String parameters(JsonNode result) {
        StringBuilder parameters = new StringBuilder();
        result.path("params")
                .properties()
                .forEach(each -> parameters
                        .append(' ')
                        .append(each.getKey())
                        .append('=')
                        .append(each.getValue().textValue()));
        return parameters.toString();
    }

    /** {@code disturbance}: the share of the iteration that was disturbed, from 0 to 1. */
    void add(Key key, String jdk, double nanoseconds, double disturbance) {
        jdks.add(jdk);
        iterations
                .computeIfAbsent(key, unused -> new TreeMap<>())
                .computeIfAbsent(jdk, unused -> new ArrayList<>())
                .add(new Iteration(nanoseconds, disturbance));
    }

    /** Newest first. */
    List<String> jdks() {
        return List.copyOf(jdks);
    }

    List<String> groups() {
        Set<String> groups = new TreeSet<>();
        for (Key key : iterations.keySet()) groups.add(key.group);
        return List.copyOf(groups);
    }

    /** The methods of a group that ran on that JDK. */
    List<String> methods(String group, String jdk) {
        Set<String> methods = new TreeSet<>();
        iterations.forEach((key, byJdk) -> {
            if (key.group.equals(group) && byJdk.containsKey(jdk)) methods.add(key.method);
        });
        return List.copyOf(methods);
    }

    List<Integer> threads(String group) {
        Set<Integer> threads = new TreeSet<>();
        for (Key key : iterations.keySet()) {
            if (key.group.equals(group)) threads.add(key.threads);
        }
        return List.copyOf(threads);
    }

    /** Nanoseconds per operation; empty where that benchmark did not run. */
    OptionalDouble median(Key key, String jdk) {
        return at(0.5, key, jdk);
    }

    /** The value that a share of {@code quantile} of the iterations lies below. */
    OptionalDouble at(double quantile, Key key, String jdk) {
        List<Iteration> all = iterations.getOrDefault(key, Map.of()).getOrDefault(jdk, List.of());
        if (all.isEmpty()) return OptionalDouble.empty();
        double[] sorted = counted(all).stream()
                .mapToDouble(Iteration::nanoseconds)
                .sorted()
                .toArray();
        return OptionalDouble.of(sorted[(int) Math.min(sorted.length - 1L, (long) (quantile * sorted.length))]);
    }

    private static List<Iteration> counted(List<Iteration> all) {
        int least = Math.min(all.size(), Math.max(FEWEST, (all.size() + ONE_IN - 1) / ONE_IN));
        return all.stream()
                .sorted(Comparator.comparingDouble(Iteration::disturbance))
                .limit(Math.max(quiet(all), least))
                .toList();
    }

    private static int quiet(List<Iteration> all) {
        return (int)
                all.stream().filter(iteration -> iteration.disturbance <= QUIET).count();
    }

    int iterations() {
        return sum(List::size);
    }

    /** Those that figures are of. */
    int countedIterations() {
        return sum(all -> counted(all).size());
    }

    /** Those of them that were not quiet, but the quietest that there were. */
    int disturbedIterations() {
        return sum(all -> counted(all).size() - quiet(all));
    }

    private int sum(ToIntFunction<List<Iteration>> of) {
        return iterations.entrySet().stream()
                .filter(entry -> Group.isTime(entry.getKey().group))
                .flatMap(entry -> entry.getValue().values().stream())
                .mapToInt(of)
                .sum();
    }

    /** What an operation takes of all CPUs together: a thread that waits for its turn is charged with nothing. */
    static double cpuTime(double nanoseconds, int threads, int cpus) {
        return nanoseconds * Math.min(threads, cpus) / threads;
    }

    /** The feature version of "JDK 17.0.15". */
    static int feature(String jdk) {
        return Runtime.Version.parse(jdk.substring(JDK.length())).feature();
    }
}
