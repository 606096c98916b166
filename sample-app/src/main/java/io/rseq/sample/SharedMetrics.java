/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The code of {@link PerCpuMetrics} with one row for all: what the atomics alone cost, so that the comparison shows what the index adds,
 * and not what the lock of {@link JdkMetrics} costs.
 */
final class SharedMetrics implements RequestMetrics {
    private final LatencyHistogram latencies = new LatencyHistogram(1);
    private final AtomicLong bytes = new AtomicLong();

    @Override
    public String name() {
        return "shared atomics";
    }

    @Override
    public void record(long nanos) {
        latencies.record(0, nanos);
    }

    @Override
    public void received(long count) {
        bytes.getAndAdd(count);
    }

    @Override
    public List<LatencySnapshot> latencies() {
        return latencies.snapshots();
    }

    @Override
    public long bytes() {
        return bytes.get();
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
