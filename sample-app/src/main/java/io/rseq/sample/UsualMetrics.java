/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;

/** The same metrics as services keep them today, to compare with: the JDK's adder and HdrHistogram's histogram for many threads. */
public final class UsualMetrics implements Metrics {
    private static final int DIGITS = 3;

    private final LongAdder bytes = new LongAdder();
    private final ConcurrentHistogram latency = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), DIGITS);

    @Override
    public String name() {
        return "LongAdder, ConcurrentHistogram";
    }

    @Override
    public void served(int received, long nanos) {
        bytes.add(received);
        latency.recordValue(nanos);
    }

    @Override
    public long requests() {
        return latency.getTotalCount();
    }

    @Override
    public long bytes() {
        return bytes.sum();
    }

    @Override
    public long latency(double percentile) {
        return latency.getValueAtPercentile(percentile);
    }

    @Override
    public long[] requestsByCpu() {
        return new long[0];
    }
}
