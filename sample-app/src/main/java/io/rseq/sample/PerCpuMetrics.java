/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import io.rseq.CpuIndex;
import io.rseq.Cpus;
import io.rseq.PerCpu;
import io.rseq.PerCpuCounter;
import io.rseq.PerCpuHistogram;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The metrics, kept by CPU. Counter and histogram need no index and no annotation. {@code onThisCpu} shows the building block below them: a method
 * that receives the CPU it runs on, for data that no structure fits.
 */
public final class PerCpuMetrics implements Metrics {
    private static final int DIGITS = 3;
    private static final int LINE = 16; // longs: two cache lines, so that CPUs do not share one

    private final PerCpuCounter bytes = new PerCpuCounter();
    private final PerCpuHistogram latency = new PerCpuHistogram(TimeUnit.MINUTES.toNanos(1), DIGITS);
    private final AtomicLongArray byCpu = new AtomicLongArray(Cpus.count() * LINE);

    @Override
    public String name() {
        return "PerCpuCounter, PerCpuHistogram";
    }

    @Override
    public void served(int received, long nanos) {
        bytes.add(received);
        latency.record(nanos);
        onThisCpu(PerCpu.INJECTED);
    }

    /** Under the agent, {@code cpu} is the CPU that runs this; without it, 0. */
    @PerCpu
    private void onThisCpu(@CpuIndex int cpu) {
        byCpu.getAndIncrement(cpu * LINE);
    }

    @Override
    public long requests() {
        return latency.snapshot().count();
    }

    @Override
    public long bytes() {
        return bytes.sum();
    }

    @Override
    public long latency(double percentile) {
        return latency.snapshot().percentile(percentile);
    }

    @Override
    public long[] requestsByCpu() {
        long[] requests = new long[Cpus.count()];
        for (int cpu = 0; cpu < requests.length; cpu++) requests[cpu] = byCpu.get(cpu * LINE);
        return requests;
    }
}
