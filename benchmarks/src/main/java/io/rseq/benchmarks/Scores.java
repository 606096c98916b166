/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;

/**
 * What was measured: nanoseconds per operation of each iteration of each fork, by benchmark, thread count and JDK. Medians and quartiles,
 * because what else runs on a machine disturbs some iterations much and others not at all.
 */
final class Scores {
    private static final String JDK = "JDK ";

    private final Map<Key, Map<String, List<Double>>> iterations = new TreeMap<>();
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

    /** {@code threads}: of the JVM, or what stands for them. */
    void add(Collection<RunResult> results, int threads) {
        for (RunResult result : results) {
            String jdk = JDK + result.getParams().getJdkVersion();
            String[] name = result.getParams().getBenchmark().split("\\.");
            Key key = new Key(name[name.length - 2], name[name.length - 1], threads);
            for (BenchmarkResult fork : result.getBenchmarkResults()) {
                for (IterationResult iteration : fork.getIterationResults())
                    add(key, jdk, iteration.getPrimaryResult().getScore());
            }
        }
    }

    void add(Key key, String jdk, double nanoseconds) {
        jdks.add(jdk);
        iterations
                .computeIfAbsent(key, unused -> new TreeMap<>())
                .computeIfAbsent(jdk, unused -> new ArrayList<>())
                .add(nanoseconds);
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
        List<Double> scores = iterations.getOrDefault(key, Map.of()).getOrDefault(jdk, List.of());
        if (scores.isEmpty()) return OptionalDouble.empty();
        List<Double> sorted = new ArrayList<>(scores);
        Collections.sort(sorted);
        return OptionalDouble.of(sorted.get((int) Math.min(sorted.size() - 1L, (long) (quantile * sorted.size()))));
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
