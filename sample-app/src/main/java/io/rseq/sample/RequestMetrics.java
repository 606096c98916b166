/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import java.util.List;

/**
 * What the request path writes to. The two loops are for {@link TightLoop}: each implementation has its own, so that the JIT compiles each
 * for itself alone.
 */
interface RequestMetrics {
    String name();

    /** One request was served, in this time. */
    void record(long nanos);

    /** So many bytes came in. */
    void received(long bytes);

    /** The latencies, by CPU where they are kept by CPU. */
    List<LatencySnapshot> latencies();

    long bytes();

    /** {@link #record} {@code times} times, with the values in turn; their number is a power of two. */
    void recordInTurn(long[] values, int times);

    /** {@link #received} {@code times} times, with the values in turn; their number is a power of two. */
    void receivedInTurn(long[] values, int times);
}
