/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import java.util.ArrayList;
import java.util.List;

/** One side of the comparison: its metrics, and the load that they were under. */
final class Side {
    private final RequestMetrics metrics;
    private Load.Result load = Load.Result.NONE;

    Side(RequestMetrics metrics) {
        this.metrics = metrics;
    }

    RequestMetrics metrics() {
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

    /**
     * What does not hold, a line each; empty when the totals are exact: every request answered, and every answer counted once, with all of
     * its bytes.
     */
    List<String> faults() {
        List<String> faults = new ArrayList<>();
        if (load.failed() > 0)
            faults.add(metrics.name() + ": clients that failed=" + load.failed() + ", first: " + load.failure());
        long recorded = LatencySnapshot.merged(latencies()).count();
        if (recorded != load.answered())
            faults.add(metrics.name() + ": recorded=" + recorded + " but answered=" + load.answered());
        long sent = load.answered() * Load.PAYLOAD;
        if (metrics.bytes() != sent)
            faults.add(metrics.name() + ": bytes counted=" + metrics.bytes() + " but sent=" + sent);
        return faults;
    }
}
