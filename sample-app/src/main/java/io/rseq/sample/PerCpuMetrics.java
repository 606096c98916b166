/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import io.rseq.CpuIndex;
import io.rseq.Cpus;
import io.rseq.PerCpu;
import java.util.List;

/**
 * Metrics kept by CPU. Under the agent each write goes to the row of the CPU that it is made on; without it every write goes to row 0,
 * where the atomics are shared by all: slower, still right.
 */
final class PerCpuMetrics implements RequestMetrics {
    private static final int BYTES = 0;

    private final LatencyHistogram latencies = new LatencyHistogram(Cpus.count());
    private final PaddedRows counters = new PaddedRows(Cpus.count(), 1);

    @Override
    public String name() {
        return "per CPU";
    }

    @Override
    public void record(long nanos) {
        record(nanos, PerCpu.INJECTED);
    }

    @Override
    public void received(long bytes) {
        received(bytes, PerCpu.INJECTED);
    }

    @PerCpu
    private void record(long nanos, @CpuIndex int cpu) {
        latencies.record(cpu, nanos);
    }

    @PerCpu
    private void received(long bytes, @CpuIndex int cpu) {
        counters.add(cpu, BYTES, bytes);
    }

    @Override
    public List<LatencySnapshot> latencies() {
        return latencies.snapshots();
    }

    @Override
    public long bytes() {
        return counters.sum(BYTES);
    }

    @Override
    public void recordInTurn(long[] values, int times) {
        for (int i = 0; i < times; i++) record(values[i & values.length - 1]);
    }

    @Override
    public void receivedInTurn(long[] values, int times) {
        for (int i = 0; i < times; i++) received(values[i & values.length - 1]);
    }
}
