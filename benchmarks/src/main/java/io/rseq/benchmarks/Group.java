/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import java.util.Locale;
import java.util.Map;

/** What a benchmark class is called in the report, and which of its methods is ours. */
record Group(String title, String base) {
    /** How the name of a benchmark ends that runs on virtual threads: what JMH calls threads are its carriers. */
    static final String VIRTUAL = "VirtualBenchmark";

    /** Of the benchmarks that write documents there is more than the time: what these groups are called, by what JMH calls it. */
    static final Map<String, String> MORE = Map.of(CpuTime.LABEL, " CPU time", "gc.alloc.rate.norm", " bytes");

    static Group of(String benchmarkClass) {
        for (String more : MORE.values()) {
            if (!benchmarkClass.endsWith(more)) continue;
            Group group = of(benchmarkClass.substring(0, benchmarkClass.length() - more.length()));
            return new Group(group.title + ":" + more, group.base);
        }
        return switch (benchmarkClass) {
            case "IndexBenchmark" -> new Group("Reading the CPU index", "index");
            case "CounterBenchmark" -> new Group("Adding 1 to a shared counter", "perCpu");
            case "DoubleAdderBenchmark" -> new Group("Adding 1.0 to a shared sum", "perCpu");
            case "MaxBenchmark" -> new Group("Offering to a shared maximum", "perCpu");
            case "HistogramBenchmark" -> new Group("Recording into a shared histogram", "perCpu");
            case "BucketHistogramBenchmark" -> new Group("Recording into a shared histogram of named bounds", "perCpu");
            case "ReadWriteLockBenchmark writes=0" -> new Group("Reading under a lock", "perCpu");
            case "ReadWriteLockBenchmark writes=1000" ->
                new Group("Reading under a lock, and once in 1,000 times writing", "perCpu");
            case "ReadWriteLockBenchmark writes=10" ->
                new Group("Reading under a lock, and once in 10 times writing", "perCpu");
            case "PoolBenchmark" -> new Group("Taking from a pool and giving back", "lease");
            case "BufferBenchmark" -> new Group("Appending 64 bytes to a shared buffer", "perCpu");
            case "CounterVirtualBenchmark" ->
                new Group("Adding 1 on 10,000 virtual threads that park in between", "perCpu");
            case "HistogramVirtualBenchmark" ->
                new Group("Recording on 10,000 virtual threads that park in between", "perCpu");
            case "PoolVirtualBenchmark" ->
                new Group("Taking from a pool and giving back on 10,000 virtual threads that park in between", "lease");
            case "RequestVirtualBenchmark" ->
                new Group("Requests that park with a buffer in hand, on 10,000 virtual threads", "perCpu");
            case "JacksonBenchmark" -> new Group("Writing JSON with Jackson, by recycler pool", "perCpu");
            case "JacksonVirtualBenchmark" ->
                new Group("Writing JSON on 1,000 virtual threads, by recycler pool and number of carriers", "perCpu");
            case "JacksonOneVirtualBenchmark" ->
                new Group("Writing JSON, a virtual thread for each document, by recycler pool", "perCpu");
            case "Jackson3VirtualBenchmark" ->
                new Group("Writing JSON with Jackson 3 on 1,000 virtual threads, by recycler pool", "perCpu");
            case "Jackson3OneVirtualBenchmark" ->
                new Group("Writing JSON with Jackson 3, a virtual thread for each document", "perCpu");
            default -> new Group(benchmarkClass, "");
        };
    }

    /** What its figures are by: "carrier" or "thread". */
    static String by(String benchmarkClass) {
        return benchmarkClass.contains(VIRTUAL) ? "carrier" : "thread";
    }

    /** Whether it writes documents on virtual threads. */
    static boolean writesDocuments(String benchmarkClass) {
        return benchmarkClass.startsWith("Jackson") && benchmarkClass.endsWith(VIRTUAL);
    }

    /** Whether its figures are times, which its chart shows. */
    static boolean isTime(String group) {
        return MORE.values().stream().noneMatch(group::endsWith);
    }

    static String unit(String group) {
        return group.endsWith(MORE.get("gc.alloc.rate.norm")) ? "B/op" : "ns/op";
    }

    /** "peerHdrConcurrent" as people read it. */
    static String name(String method) {
        String name = method.startsWith("peer") ? method.substring("peer".length()) : method;
        if (method.startsWith("limit")) name = "limit: " + method.substring("limit".length());
        return method.equals(name) ? "**" + words(name) + "**" : name;
    }

    private static String words(String camelCase) {
        return camelCase.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
    }
}
