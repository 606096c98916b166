/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/** The process' CPU time for each operation, the collector's too. From the kernel's clock: the JDK's own answer is in steps of 10 ms. */
public final class CpuTime implements InternalProfiler {
    static final String LABEL = "cpu";

    private static final int CLOCK_PROCESS_CPUTIME_ID = 2;

    private final Libc libc = Native.load("c", Libc.class);
    private long before;

    /** clock_gettime(3), on 64 bits. */
    public interface Libc extends Library {
        int clock_gettime(int clock, long[] secondsAndNanos);
    }

    @Override
    public String getDescription() {
        return "CPU time of the process for each operation";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        before = now();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        double each = (double) (now() - before) / result.getMetadata().getAllOps();
        return List.of(new ScalarResult(LABEL, each, "ns/op", AggregationPolicy.AVG));
    }

    private long now() {
        long[] time = new long[2];
        if (libc.clock_gettime(CLOCK_PROCESS_CPUTIME_ID, time) != 0) throw new IllegalStateException("clock_gettime");
        return TimeUnit.SECONDS.toNanos(time[0]) + time[1];
    }
}
