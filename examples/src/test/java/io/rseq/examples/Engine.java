/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Docker, or podman, which takes the same commands. */
record Engine(String name) {
    private static final long PATIENCE_SECONDS = 60;

    /** Returns the first that answers; null without one. */
    static Engine find() throws InterruptedException {
        for (String name : List.of("docker", "podman")) {
            Engine engine = new Engine(name);
            if (engine.succeeds("info")) return engine;
        }
        return null;
    }

    /** Whether an image is here, or comes when it is asked for. */
    boolean has(String image) throws InterruptedException {
        return succeeds("image", "inspect", image) || succeeds("pull", image);
    }

    /** Runs a command line that says docker; returns what it printed. */
    String run(Path folder, String line) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(line.split(" ")));
        assertThat(command.set(0, name)).isEqualTo("docker");
        // A file: the process that watches a container may keep a pipe open.
        Path out = Files.createTempFile("engine", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            int exitCode = process.waitFor();
            String said = Files.readString(out).trim();
            assertThat(exitCode).as(line + "\n" + said).isZero();
            return said;
        } finally {
            Files.delete(out);
        }
    }

    void awaitLog(String container, String text) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            String log = run(Path.of("."), "docker logs " + container);
            if (log.contains(text)) return;
            assertThat(System.nanoTime()).as(log).isLessThan(end);
            Thread.sleep(100);
        }
    }

    private boolean succeeds(String... arguments) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of(name));
        command.addAll(List.of(arguments));
        try {
            return new ProcessBuilder(command)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException missing) {
            return false;
        }
    }
}
