/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A launched process, whose lines can be waited for. What outlives its time is killed, and the test fails with what it printed. */
final class Running implements AutoCloseable {
    private final String command;
    private final Process process;
    private final long deadline;
    private final List<String> out = new ArrayList<>();
    private final List<String> err = new ArrayList<>();
    private final Thread outReader;
    private final Thread errReader;

    Running(String command, Process process, Duration timeout) {
        this.command = command;
        this.process = process;
        this.deadline = System.nanoTime() + timeout.toNanos();
        this.outReader = reader(process.getInputStream(), out);
        this.errReader = reader(process.getErrorStream(), err);
        outReader.start();
        errReader.start();
    }

    long pid() {
        return process.pid();
    }

    /** The kernel's numbers of its threads. */
    Set<String> threads() {
        Set<String> threads = new TreeSet<>();
        String[] names = new File("/proc/" + process.pid() + "/task").list();
        if (names != null) threads.addAll(List.of(names));
        return threads;
    }

    /** What the kernel calls them: the first 15 letters of their names. */
    List<String> threadNames() {
        List<String> names = new ArrayList<>();
        for (String thread : threads()) {
            try {
                names.add(Files.readString(Path.of("/proc/" + process.pid() + "/task/" + thread + "/comm"))
                        .strip());
            } catch (IOException ended) {
                // between the two looks
            }
        }
        return names;
    }

    /** Writes a line to its stdin. */
    void say(String line) {
        try {
            process.getOutputStream().write(line.concat("\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException gone) {
            throw new UncheckedIOException("after " + outcome(-1), gone);
        }
    }

    /** Waits for a line of stdout that begins like this, and returns the rest of it. */
    String awaitOut(String beginning) {
        return await(out, line -> line.startsWith(beginning), beginning).substring(beginning.length());
    }

    /** Waits for a line of stderr that contains this. */
    String awaitErr(String part) {
        return await(err, line -> line.contains(part), part);
    }

    /** What it has printed to stderr. */
    synchronized List<String> errSoFar() {
        return List.copyOf(err);
    }

    /** Sends SIGTERM. Process.destroy() would close its streams as well, and its last lines were lost. */
    void terminate() {
        process.toHandle().destroy();
    }

    /** Waits for its end. */
    Outcome finish() {
        try {
            if (!process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                close();
                throw new AssertionError("still ran when its time was over: " + outcome(-1));
            }
            outReader.join();
            errReader.join();
            return outcome(process.exitValue());
        } catch (InterruptedException interrupted) {
            close();
            throw new IllegalStateException(interrupted);
        }
    }

    /** Kills what still runs. */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private String await(List<String> lines, Predicate<String> wanted, String what) {
        synchronized (this) {
            while (true) {
                for (String line : lines) {
                    if (wanted.test(line)) return line;
                }
                long rest = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                boolean ended = !outReader.isAlive() && !errReader.isAlive();
                if (rest <= 0 || ended) {
                    close();
                    throw new AssertionError("never printed '" + what + "': " + outcome(-1));
                }
                try {
                    wait(Math.min(rest, 100));
                } catch (InterruptedException interrupted) {
                    throw new IllegalStateException(interrupted);
                }
            }
        }
    }

    private synchronized Outcome outcome(int exitCode) {
        return new Outcome(command, exitCode, List.copyOf(out), List.copyOf(err));
    }

    private Thread reader(InputStream in, List<String> lines) {
        Thread thread = new Thread(() -> {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    synchronized (this) {
                        lines.add(line);
                        notifyAll();
                    }
                }
            } catch (IOException closed) {
                // the process was killed
            }
        });
        thread.setDaemon(true);
        return thread;
    }
}
