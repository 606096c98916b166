/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.prometheus;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.rseq.PerCpuCounter;

/**
 * A counter of client_java, of one {@link PerCpuCounter} for each set of labels. Prometheus' counters only rise: add nothing negative to them, and don't
 * reset them.
 *
 * <pre>{@code
 * PerCpuCounter requests = new PerCpuCounter();
 * registry.register(new CounterFamily("requests", "Requests that were served").with(Labels.EMPTY, requests));
 * }</pre>
 *
 * @since 0.1.0
 */
public final class CounterFamily implements Collector {
    private final MetricMetadata metadata;
    private final DataPoints<CounterDataPointSnapshot> points = new DataPoints<>();

    /**
     * Constructs one with no counter yet.
     *
     * @throws IllegalArgumentException for a name that client_java refuses
     */
    public CounterFamily(String name, String help) {
        metadata = new MetricMetadata(name, help);
    }

    /**
     * Adds a counter, and returns this family.
     *
     * @throws IllegalArgumentException if another one has these labels
     */
    public CounterFamily with(Labels labels, PerCpuCounter counter) {
        points.add(labels, () -> new CounterDataPointSnapshot(counter.sum(), labels, null, 0));
        return this;
    }

    @Override
    public CounterSnapshot collect() {
        return new CounterSnapshot(metadata, points.take());
    }

    @Override
    @SuppressWarnings("deprecation") // in newer versions, but what older ones ask
    public String getPrometheusName() {
        return metadata.getPrometheusName();
    }
}
