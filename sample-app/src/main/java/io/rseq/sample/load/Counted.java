/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample.load;

import io.rseq.sample.Metrics;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Metrics, and beside them two plain atomics that count what is written to them. The totals are held against these, and not against what the
 * clients got: a client that gave up may have been served all the same.
 */
final class Counted implements Metrics {
    private final Metrics metrics;
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    Counted(Metrics metrics) {
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
    public void served(int received, long nanos) {
        requests.incrementAndGet();
        bytes.addAndGet(received);
        metrics.served(received, nanos);
    }

    @Override
    public long requests() {
        return metrics.requests();
    }

    @Override
    public long bytes() {
        return metrics.bytes();
    }

    @Override
    public long latency(double percentile) {
        return metrics.latency(percentile);
    }

    @Override
    public long[] requestsByCpu() {
        return metrics.requestsByCpu();
    }
}
