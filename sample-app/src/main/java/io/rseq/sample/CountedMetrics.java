/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Metrics, and beside them two plain atomics that count what is written to them. The totals are held against these, and not against what the
 * clients got: a client that gave up may have been served all the same.
 */
final class CountedMetrics implements RequestMetrics {
    private final RequestMetrics metrics;
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    CountedMetrics(RequestMetrics metrics) {
        this.metrics = metrics;
    }

    long requestsWritten() {
        return requests.get();
    }

    long bytesWritten() {
        return bytes.get();
    }

    @Override
    public String name() {
        return metrics.name();
    }

    @Override
    public void record(long nanos) {
        requests.incrementAndGet();
        metrics.record(nanos);
    }

    @Override
    public void received(long count) {
        bytes.addAndGet(count);
        metrics.received(count);
    }

    @Override
    public List<LatencySnapshot> latencies() {
        return metrics.latencies();
    }

    @Override
    public long bytes() {
        return metrics.bytes();
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
