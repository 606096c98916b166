/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packed sample in a process of its own: how it was started, and what it said. */
final class SampleRun {
    private static final long PATIENCE_SECONDS = 180;
    private static final Pattern SLOT = Pattern.compile("(?m)^(\\d+) +(\\d+)$");

    private final List<String> command = new ArrayList<>();
    private final List<String> prefix = new ArrayList<>();
    private final List<String> arguments = new ArrayList<>();
    private boolean registration = true;
    private boolean agent;
    private long stopMillis;

    private int exitCode;
    private String out;
    private String err;

    static SampleRun on(Jdks.Jdk jdk) {
        SampleRun run = new SampleRun();
        run.command.add(jdk.java().toString());
        run.command.add("-Dsample.rounds=1"); // totals are tested here, and not times
        return run;
    }

    SampleRun underTheAgent() {
        agent = true;
        return this;
    }

    /** Whether glibc may register the threads itself. */
    SampleRun registrationByGlibc(boolean on) {
        registration = on;
        return this;
    }

    /** Options of the JVM. */
    SampleRun jvm(String... options) {
        command.addAll(List.of(options));
        return this;
    }

    /** Stops the process with SIGSTOP as soon as it shows its progress, and lets it go on after this time. */
    SampleRun stoppedFor(long millis) {
        stopMillis = millis;
        return this;
    }

    SampleRun behind(String... before) {
        prefix.addAll(List.of(before));
        return this;
    }

    SampleRun with(String... more) {
        arguments.addAll(List.of(more));
        return this;
    }

    SampleRun start(Path folder) throws IOException, InterruptedException {
        Path outFile = Files.createTempFile(folder, "out", ".txt");
        Path errFile = Files.createTempFile(folder, "err", ".txt");
        List<String> line = new ArrayList<>(prefix);
        line.addAll(command);
        if (agent) line.add("-javaagent:" + jar("sample.agent.jar"));
        line.addAll(List.of("-jar", jar("sample.jar").toString()));
        line.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectOutput(outFile.toFile()).redirectError(errFile.toFile());
        // The agent takes RSEQ_* for its options, and the JVM reports its own variables on stderr.
        builder.environment().keySet().removeIf(name -> name.startsWith("RSEQ_"));
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS"));
        builder.environment().put("GLIBC_TUNABLES", "glibc.pthread.rseq=" + (registration ? 1 : 0));
        Process process = builder.start();
        if (stopMillis > 0) stop(process, errFile);
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError("still running after " + PATIENCE_SECONDS + " s: " + line + "\n"
                    + Files.readString(outFile) + Files.readString(errFile));
        }
        exitCode = process.exitValue();
        out = Files.readString(outFile);
        err = Files.readString(errFile);
        return this;
    }

    private void stop(Process process, Path err) throws IOException, InterruptedException {
        while (process.isAlive() && !Files.readString(err).contains("% of the load")) Thread.sleep(5);
        signal("STOP", process);
        Thread.sleep(stopMillis);
        signal("CONT", process);
    }

    private static void signal(String name, Process process) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    int exitCode() {
        return exitCode;
    }

    String out() {
        return out;
    }

    String err() {
        return err;
    }

    /** What the report's table says was counted in that slot; 0 when it has no such line. */
    long recordedIn(int slot) {
        Matcher line = SLOT.matcher(out);
        while (line.find()) {
            if (Integer.parseInt(line.group(1)) == slot) return Long.parseLong(line.group(2));
        }
        return 0;
    }

    /** Over all slots of the table. */
    long recorded() {
        long sum = 0;
        for (Matcher line = SLOT.matcher(out); line.find(); ) sum += Long.parseLong(line.group(2));
        return sum;
    }

    private static Path jar(String property) {
        Path jar = Path.of(System.getProperty(property)).toAbsolutePath().normalize();
        if (!Files.isRegularFile(jar)) throw new IllegalStateException(jar + " is not built; mvn package comes first");
        return jar;
    }
}
