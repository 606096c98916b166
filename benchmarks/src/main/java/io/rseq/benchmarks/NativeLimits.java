/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.benchmarks.Scores.Key;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The same sequences in C, in a loop and called: what there is to be reached, in its best round. Printed by add_loop.c. */
final class NativeLimits {
    private static final Pattern LINE = Pattern.compile("(.+?)\\s+best ([0-9.]+) ns, .*");

    private static final Map<String, Key> KEYS = Map.of(
            "add in the loop", new Key("CounterBenchmark", "limitCLoop", 1),
            "add called", new Key("CounterBenchmark", "limitCFunction", 1),
            "take + put back called", new Key("PoolBenchmark", "limitCFunction", 1),
            "index in the loop", new Key("IndexBenchmark", "limitCLoop", 1),
            "atomic in the loop", new Key("CounterBenchmark", "limitUncontendedAtomic", 1));

    private NativeLimits() {}

    /** Adds a figure of each to those of a JDK, next to which they are measured. */
    static void measure(Path program, Scores scores, String jdk) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(program.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                Matcher figure = LINE.matcher(line);
                if (figure.matches() && KEYS.containsKey(figure.group(1)))
                    scores.add(KEYS.get(figure.group(1)), jdk, Double.parseDouble(figure.group(2)), 0);
            }
        }
        if (process.waitFor() != 0) throw new IOException(program + " failed with status " + process.exitValue());
    }
}
