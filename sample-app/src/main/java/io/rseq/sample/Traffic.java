/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import io.rseq.HistogramSnapshot;
import io.rseq.PerCpuCounter;
import io.rseq.PerCpuHistogram;
import java.util.concurrent.TimeUnit;

/**
 * What the service served since it was opened, whichever side is measured: a counter and a histogram of the library, with nothing to
 * choose or to inject.
 */
final class Traffic {
    private static final int DIGITS = 3;

    private final PerCpuCounter bytes = new PerCpuCounter();
    private final PerCpuHistogram nanos = new PerCpuHistogram(TimeUnit.MINUTES.toNanos(1), DIGITS);

    /** One request was served. */
    void served(long received, long elapsedNanos) {
        bytes.add(received);
        nanos.record(Math.max(0, elapsedNanos));
    }

    long bytes() {
        return bytes.sum();
    }

    HistogramSnapshot nanos() {
        return nanos.snapshot();
    }

    /** The counter alone, {@code times} times, with the values in turn; their number is a power of two. For {@link TightLoop}. */
    void countInTurn(long[] values, int times) {
        for (int i = 0; i < times; i++) bytes.add(values[i & values.length - 1]);
    }

    /** The histogram alone, likewise. */
    void recordInTurn(long[] values, int times) {
        for (int i = 0; i < times; i++) nanos.record(values[i & values.length - 1]);
    }
}
