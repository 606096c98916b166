/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.profile.ProfilerException;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;
import org.openjdk.jmh.runner.IterationType;

/**
 * How much of each iteration the machine was disturbed: the share of disturbance.c's samples, of the CPU with most of them, that took longer than they
 * can. So such iterations can be told apart by something that is neither ours nor a peer's. An iteration that counts begins in a quiet moment, if one
 * comes soon.
 */
public final class Disturbance implements InternalProfiler {
    static final String LABEL = "disturbance";

    private static final int NUMBERS = 2; // samples, and those that were slow

    private static final long PATIENCE_NS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long LOOK_MS = 10;

    private final LongBuffer counts;
    private final long[] before;
    private long patience;

    /** By JMH, in each fork, with what {@link #parameters} made. */
    public Disturbance(String parameters) throws ProfilerException {
        int comma = parameters.indexOf(',');
        patience = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(parameters.substring(0, comma)));
        try (FileChannel channel =
                FileChannel.open(Path.of(parameters.substring(comma + 1)), StandardOpenOption.READ)) {
            counts = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
                    .order(ByteOrder.nativeOrder())
                    .asLongBuffer();
        } catch (IOException unreadable) {
            throw new ProfilerException(unreadable);
        }
        before = new long[counts.capacity()];
    }

    /** {@code file}: what disturbance.c writes. {@code patienceMs}: how long a fork waits for quiet moments, in all. */
    static String parameters(Path file, long patienceMs) {
        return patienceMs + "," + file;
    }

    /** Runs the program until this process ends; returns its file. */
    static Path sample(Path program, Path folder) throws IOException, InterruptedException {
        Path file = folder.resolve("disturbance");
        Files.deleteIfExists(file);
        Process sampler = new ProcessBuilder(
                        program.toString(), file.toAbsolutePath().toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        while (!Files.exists(file) || Files.size(file) == 0) {
            if (!sampler.isAlive()) throw new IOException(program + " failed with status " + sampler.exitValue());
            Thread.sleep(LOOK_MS);
        }
        return file.toAbsolutePath();
    }

    @Override
    public String getDescription() {
        return "Share of each iteration during which the machine was disturbed";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        if (iteration.getType() == IterationType.MEASUREMENT) {
            long start = System.nanoTime();
            long end = start + Math.min(PATIENCE_NS, patience);
            do {
                counts.get(0, before);
                if (!pause()) return;
            } while (sinceBefore() > Scores.QUIET && System.nanoTime() < end);
            patience -= System.nanoTime() - start;
        }
        counts.get(0, before);
    }

    private static boolean pause() {
        try {
            Thread.sleep(LOOK_MS);
            return true;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        return List.of(new ScalarResult(LABEL, sinceBefore(), "", AggregationPolicy.AVG));
    }

    private double sinceBefore() {
        double most = 0;
        for (int i = 0; i < before.length; i += NUMBERS) {
            double samples = counts.get(i) - before[i];
            double slow = counts.get(i + 1) - before[i + 1];
            most = Math.max(most, samples == 0 ? 1 : slow / samples);
        }
        return most;
    }
}
