/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import org.junit.jupiter.api.Test;

class AgentMetricsTest {
    /** Stands for the agent's. */
    public interface Bean {
        long getRegistered();

        int getWoven();
    }

    @Test
    void counters_are_0_and_gauges_no_numbers_until_there_is_an_agent() throws Exception {
        MeterRegistry registry = new SimpleMeterRegistry();
        new AgentMetrics(Tags.of("a", "b")).bindTo(registry);
        assertThat(registry.get("rseq.registered")
                        .tag("a", "b")
                        .functionCounter()
                        .count())
                .isZero();
        assertThat(registry.get("rseq.woven").gauge().value()).isNaN();
        ObjectName name = new ObjectName("io.rseq:type=Agent");
        Bean bean = new Bean() {
            @Override
            public long getRegistered() {
                return 9;
            }

            @Override
            public int getWoven() {
                return 3;
            }
        };
        ManagementFactory.getPlatformMBeanServer().registerMBean(new StandardMBean(bean, Bean.class), name);
        try {
            assertThat(registry.get("rseq.registered").functionCounter().count())
                    .isEqualTo(9);
            assertThat(registry.get("rseq.woven").gauge().value()).isEqualTo(3);
        } finally {
            ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
        }
    }

    @Test
    void the_agents_bean_has_each_attribute_that_is_read() throws Exception {
        String bean = Files.readString(
                Path.of("../../agent/engine/src/main/java/io/rseq/agent/engine/management/RseqMXBean.java"));
        for (String attribute : AgentMetrics.COUNTERS) assertThat(bean).contains("long get" + attribute + "();");
        for (String attribute : AgentMetrics.GAUGES) assertThat(bean).contains(" get" + attribute + "();");
    }
}
