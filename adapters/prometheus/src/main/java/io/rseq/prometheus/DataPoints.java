/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.prometheus;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** What a family has for each set of labels. */
final class DataPoints<T> {
    private final Map<Labels, Supplier<T>> points = new ConcurrentHashMap<>();

    void add(Labels labels, Supplier<T> point) {
        if (points.putIfAbsent(labels, point) != null)
            throw new IllegalArgumentException("labels " + labels + " are there already");
    }

    List<T> take() {
        return points.values().stream().map(Supplier::get).toList();
    }
}
