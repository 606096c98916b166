/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import java.util.concurrent.TimeUnit;

/** What is recorded: 0.1 to 1.6 ms, as in a service, in histograms of up to an hour in nanoseconds with 2 significant digits. */
final class Latency {
    static final long HIGHEST = TimeUnit.HOURS.toNanos(1);
    static final int DIGITS = 2;

    private Latency() {}

    /** One of them, by a random number's high bits. */
    static long of(long random) {
        return 100_000 + (random >>> 40) % 1_500_000;
    }
}
