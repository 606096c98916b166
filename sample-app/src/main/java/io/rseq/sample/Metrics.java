/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

/** What the request path writes to, and what a dashboard reads. Any number of threads call it at once. */
public interface Metrics {
    /** What the metrics are made of. */
    String name();

    /** Records one request: how many bytes came in, and how long it took to serve, in nanoseconds. */
    void served(int bytes, long nanos);

    /** Returns how many requests were recorded. */
    long requests();

    /** Returns how many bytes were recorded. */
    long bytes();

    /** Returns that percentile (0 to 100) of the latencies, in nanoseconds. */
    long latency(double percentile);

    /** Returns how many requests each CPU recorded, by its index; empty where nobody counts that. */
    long[] requestsByCpu();
}
