/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.sample.Jdks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process of an example, and what it said. */
final class Example implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 180;
    private static final Pattern START_LINE = Pattern.compile("(?m)^rseq: owner=.* committer=sequences .*$");
    private static final Pattern EXIT_LINE = Pattern.compile("(?m)^rseq: exit .* refused=0 .* dropped=0 .*$");

    private final Process process;
    private final Path out;
    private final Path err;

    private Example(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** Starts what the example's README says, in its folder, under that JDK. */
    static Example start(Readme readme, Jdks.Jdk jdk, Path logs, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(readme.command("java ").split(" ")));
        command.set(0, jdk.java().toString());
        command.addAll(List.of(arguments));
        return start(readme.folder(), command, logs, environment);
    }

    static Example start(Path folder, List<String> command, Path logs, Map<String, String> environment)
            throws IOException {
        Path out = Files.createTempFile(logs, "out", ".txt");
        Path err = Files.createTempFile(logs, "err", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        // The agent takes RSEQ_* for its options, and the JVM reports its own variables on stderr.
        builder.environment().keySet().removeIf(name -> name.startsWith("RSEQ_"));
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS"));
        builder.environment().putAll(environment);
        return new Example(builder.start(), out, err);
    }

    long pid() {
        return process.pid();
    }

    /** Waits until it has printed that; returns the first group. */
    String await(String pattern) throws IOException, InterruptedException {
        Pattern printed = Pattern.compile(pattern);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            boolean over = !process.isAlive() || System.nanoTime() > end;
            Matcher found = printed.matcher(Files.readString(out));
            if (found.find()) return found.group(1);
            if (over) throw new AssertionError("'" + pattern + "' is not printed\n" + said());
            Thread.sleep(10);
        }
    }

    /** Waits for its end; returns what it printed. */
    String output() throws IOException, InterruptedException {
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as(said())
                .isTrue();
        assertThat(process.exitValue()).as(said()).isZero();
        assertTheAgentWorked();
        return Files.readString(out);
    }

    /** Ends it, as a service is ended. */
    void stop() throws IOException, InterruptedException {
        process.destroy();
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as(said())
                .isTrue();
        assertTheAgentWorked();
    }

    private void assertTheAgentWorked() throws IOException {
        String said = Files.readString(err);
        assertThat(said).containsPattern(START_LINE).containsPattern(EXIT_LINE);
        assertThat(said).doesNotContain("rseq: WARN").doesNotContain("rseq: ERROR");
    }

    private String said() throws IOException {
        return Files.readString(out) + Files.readString(err);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
