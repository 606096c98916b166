/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A command line, its environment and how long it may take. */
final class Command {
    /** What of the environment would reach into the launched process. */
    private static final List<String> REACHES_IN = List.of(
            "GLIBC_TUNABLES", "LD_PRELOAD", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH");

    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    private final List<String> words;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private Duration timeout = TIMEOUT;
    private Path folder;

    private Command(List<String> words) {
        this.words = words;
    }

    static Command of(String... words) {
        return new Command(List.of(words));
    }

    static Command of(List<String> words) {
        return new Command(List.copyOf(words));
    }

    Command environment(Map<String, String> variables) {
        environment.putAll(variables);
        return this;
    }

    Command timeout(Duration limit) {
        timeout = limit;
        return this;
    }

    Command in(Path workingFolder) {
        folder = workingFolder;
        return this;
    }

    /** Starts it and waits for its end. A command that does not exist has exit code 127, as in a shell. */
    Outcome run() {
        try {
            return start().finish();
        } catch (UncheckedIOException missing) {
            return new Outcome(toString(), 127, List.of(), List.of(missing.getMessage()));
        }
    }

    Running start() {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(words));
        if (folder != null) builder.directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> REACHES_IN.contains(name) || name.startsWith("RSEQ_"));
        builder.environment().putAll(environment);
        try {
            return new Running(toString(), builder.start(), timeout);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        environment.forEach(
                (name, value) -> text.append(name).append('=').append(value).append(' '));
        return text.append(String.join(" ", words)).toString();
    }
}
