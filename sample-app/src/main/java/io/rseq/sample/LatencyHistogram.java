/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import java.util.ArrayList;
import java.util.List;

/** A histogram for each CPU, of plain atomics. How many values it holds is the sum of its buckets: no second counter to disagree. */
final class LatencyHistogram {
    private static final int MAX = LatencyBuckets.COUNT;

    private final PaddedRows cells;

    LatencyHistogram(int rows) {
        cells = new PaddedRows(rows, LatencyBuckets.COUNT + 1);
    }

    void record(int row, long nanos) {
        cells.add(row, LatencyBuckets.of(nanos), 1);
        cells.raise(row, MAX, nanos);
    }

    /** One for each row. Exact once no one records. */
    List<LatencySnapshot> snapshots() {
        List<LatencySnapshot> snapshots = new ArrayList<>();
        for (int row = 0; row < cells.rows(); row++) {
            long[] counts = new long[LatencyBuckets.COUNT];
            for (int bucket = 0; bucket < counts.length; bucket++) counts[bucket] = cells.get(row, bucket);
            snapshots.add(new LatencySnapshot(counts, cells.get(row, MAX)));
        }
        return snapshots;
    }
}
