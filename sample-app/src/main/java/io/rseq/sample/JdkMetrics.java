/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** The same metrics as a service keeps them with the JDK alone: a {@link LongAdder}, and a histogram behind a lock. */
final class JdkMetrics implements RequestMetrics {
    private final LongAdder bytes = new LongAdder();
    private final Object lock = new Object();
    private final long[] counts = new long[LatencyBuckets.COUNT];
    private long max;

    @Override
    public String name() {
        return "plain JDK";
    }

    @Override
    public void record(long nanos) {
        int bucket = LatencyBuckets.of(nanos);
        synchronized (lock) {
            counts[bucket]++;
            if (nanos > max) max = nanos;
        }
    }

    @Override
    public void received(long count) {
        bytes.add(count);
    }

    @Override
    public List<LatencySnapshot> latencies() {
        synchronized (lock) {
            return List.of(new LatencySnapshot(counts.clone(), max));
        }
    }

    @Override
    public long bytes() {
        return bytes.sum();
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
