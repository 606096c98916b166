/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import java.util.ArrayList;
import java.util.List;

/** One side of the comparison: its metrics, and the load that they were under. */
final class Side {
    private final CountedMetrics metrics;
    private Load.Result load = Load.Result.NONE;

    Side(RequestMetrics metrics) {
        this.metrics = new CountedMetrics(metrics);
    }

    CountedMetrics metrics() {
        return metrics;
    }

    Load.Result load() {
        return load;
    }

    void add(Load.Result more) {
        load = load.plus(more);
    }

    List<LatencySnapshot> latencies() {
        return metrics.latencies();
    }

    /** What does not hold, a line each; empty when the totals are exact: every request that the service served counted once, with all of its bytes. */
    List<String> faults() {
        List<String> faults = new ArrayList<>();
        long recorded = LatencySnapshot.merged(latencies()).count();
        if (recorded != metrics.requestsWritten())
            faults.add(metrics.name() + ": recorded=" + recorded + " but served=" + metrics.requestsWritten());
        if (metrics.bytes() != metrics.bytesWritten())
            faults.add(
                    metrics.name() + ": bytes counted=" + metrics.bytes() + " but received=" + metrics.bytesWritten());
        return faults;
    }
}
