/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.profile.ProfilerException;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * How much of each iteration the machine was disturbed from outside: the share of disturbance.c's samples, of the CPU with most of them, that took longer than they
 * can. So such iterations can be told apart by something that is neither ours nor a peer's.
 */
public final class Disturbance implements InternalProfiler {
    static final String LABEL = "disturbance";

    private static final int NUMBERS = 2; // samples, and those that were slow

    private final LongBuffer counts;
    private final long[] before;

    /** {@code file}: what disturbance.c writes. By JMH, in each fork. */
    public Disturbance(String file) throws ProfilerException {
        try (FileChannel channel = FileChannel.open(Path.of(file), StandardOpenOption.READ)) {
            counts = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
                    .order(ByteOrder.nativeOrder())
                    .asLongBuffer();
        } catch (IOException unreadable) {
            throw new ProfilerException(unreadable);
        }
        before = new long[counts.capacity()];
    }

    /** Runs the program until this process ends; returns its file. */
    static Path sample(Path program, Path folder) throws IOException {
        Path file = folder.resolve("disturbance");
        new ProcessBuilder(program.toString(), file.toAbsolutePath().toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return file.toAbsolutePath();
    }

    @Override
    public String getDescription() {
        return "Share of each iteration during which the machine was disturbed";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        counts.get(0, before);
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        double most = 0;
        for (int i = 0; i < before.length; i += NUMBERS) {
            double samples = counts.get(i) - before[i];
            double slow = counts.get(i + 1) - before[i + 1];
            most = Math.max(most, samples == 0 ? 1 : slow / samples);
        }
        return List.of(new ScalarResult(LABEL, most, "", AggregationPolicy.AVG));
    }
}
