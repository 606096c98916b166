/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

/**
 * The agent's own figures, as its management bean {@code io.rseq:type=Agent} has them, under the names {@code rseq.*}. Without the agent counters
 * stay 0 and gauges are not numbers; an agent that is attached later is seen from then on.
 *
 * @since 0.1.0
 */
public final class AgentMetrics implements MeterBinder {
    private static final String BEAN = "io.rseq:type=Agent";

    /** The attributes that only grow. Read by a test. */
    static final String[] COUNTERS = {
        "Registered", "Released", "Adopted", "Refused", "Reregistered", "Overflowed", "Dropped", "Restarts"
    };

    /** The attributes that are what they are now. */
    static final String[] GAUGES = {"Live", "Woven", "Unwoven", "Rerouted"};

    private final Iterable<Tag> tags;
    private final ObjectName bean;

    /** Constructs a binder whose meters have no tags. */
    public AgentMetrics() {
        this(Tags.empty());
    }

    /** Constructs a binder whose meters have these tags. */
    public AgentMetrics(Iterable<Tag> tags) {
        this.tags = tags;
        try {
            bean = new ObjectName(BEAN);
        } catch (MalformedObjectNameException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (String counter : COUNTERS) {
            FunctionCounter.builder(name(counter), this, metrics -> metrics.read(counter, 0))
                    .tags(tags)
                    .description("as " + counter + " of the bean " + BEAN)
                    .register(registry);
        }
        for (String gauge : GAUGES) {
            Gauge.builder(name(gauge), this, metrics -> metrics.read(gauge, Double.NaN))
                    .tags(tags)
                    .description("as " + gauge + " of the bean " + BEAN)
                    .strongReference(true)
                    .register(registry);
        }
    }

    static String name(String attribute) {
        return "rseq." + Character.toLowerCase(attribute.charAt(0)) + attribute.substring(1);
    }

    private double read(String attribute, double without) {
        try {
            return ((Number) ManagementFactory.getPlatformMBeanServer().getAttribute(bean, attribute)).doubleValue();
        } catch (JMException noAgent) {
            return without;
        }
    }
}
