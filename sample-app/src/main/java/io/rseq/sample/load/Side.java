/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample.load;

import io.rseq.sample.Metrics;
import java.util.ArrayList;
import java.util.List;

/** One side of the comparison: its metrics, and the load that they were under. */
final class Side {
    private final Counted metrics;
    private Load.Result load = Load.Result.NONE;

    Side(Metrics metrics) {
        this.metrics = new Counted(metrics);
    }

    Counted metrics() {
        return metrics;
    }

    Load.Result load() {
        return load;
    }

    void add(Load.Result more) {
        load = load.plus(more);
    }

    /** What does not hold, a line each; empty when the totals are exact: every request that the service served counted once, with all of its bytes. */
    List<String> faults() {
        List<String> faults = new ArrayList<>();
        if (metrics.requests() != metrics.requestsWritten())
            faults.add(
                    metrics.name() + ": recorded=" + metrics.requests() + " but served=" + metrics.requestsWritten());
        if (metrics.bytes() != metrics.bytesWritten())
            faults.add(
                    metrics.name() + ": bytes counted=" + metrics.bytes() + " but received=" + metrics.bytesWritten());
        return faults;
    }
}
