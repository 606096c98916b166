/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Runs {@link RetainedMemory} in a JVM of its own, keeps what it printed, and makes a section of the page of it. */
final class Retained {
    private static final String EMPTY = "empty";
    private static final double KIB = 1024;

    private Retained() {}

    static String section(Path jdk, Path agent, Path raw, int rounds) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        jdk.resolve("bin/java").toString(),
                        "-javaagent:" + agent + "=log=warn",
                        "-XX:+UseSerialGC",
                        "-Xbatch",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RetainedMemory.class.getName(),
                        Integer.toString(rounds))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(raw.toFile())
                .start();
        if (process.waitFor() != 0) throw new IOException("RetainedMemory failed with status " + process.exitValue());
        List<String> lines = Files.readAllLines(raw, StandardCharsets.UTF_8);
        return section(lines.get(0), lines.subList(1, lines.size()), rounds);
    }

    private static String section(String version, List<String> lines, int rounds) {
        StringBuilder text = new StringBuilder("## Memory retained by 10,000 parked virtual threads, " + version)
                .append(
                        "\n\nEach has used a buffer once (`buffers`: 4 KiB; `jackson`: wrote a document with that recycler pool), gave it")
                .append(
                        " back, and is parked. The heap\nafter a collection, above what the threads themselves take (`empty`); median of ")
                .append(rounds)
                .append(
                        " rounds, in brackets " + (rounds < 4 ? "the lowest and the highest" : "the middle half")
                                + ". Ours also\nhas 64 bytes for each CPU outside the heap, and 8 for each object beyond 32 there.\n\n")
                .append("| KiB | of 10,000 threads | bytes for each thread |\n|---|--:|--:|\n");
        double threads = median(lines.get(0));
        for (String line : lines) {
            String[] words = line.split(" ");
            double base = words[0].equals(EMPTY) ? 0 : threads;
            double median = Double.parseDouble(words[2]) - base;
            text.append("| ")
                    .append(words[0].endsWith("PerCpu") || base == 0 ? "**" + words(words[0]) + "**" : words(words[0]));
            text.append(" | ").append(kib(median)).append(" (").append(kib(Double.parseDouble(words[1]) - base));
            text.append(" to ").append(kib(Double.parseDouble(words[3]) - base)).append(") | ");
            text.append(String.format(Locale.ROOT, "%,.1f |%n", median / 10_000));
        }
        return text.append('\n').toString();
    }

    private static double median(String line) {
        return Double.parseDouble(line.split(" ")[2]);
    }

    /** "jacksonThreadLocal": "jackson, ThreadLocal". */
    private static String words(String kind) {
        return kind.replaceFirst("([A-Z])", ", $1");
    }

    private static String kib(double bytes) {
        return String.format(Locale.ROOT, "%,.0f", bytes / KIB);
    }
}
