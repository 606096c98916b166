/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rseq.Cpus;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class AgentMetricsTest {
    /** Stands for the agent's. */
    public interface Bean {
        long getRegistered();

        int getWoven();
    }

    @Test
    void counters_are_0_and_gauges_no_numbers_until_there_is_an_agent() throws Exception {
        assumeFalse(Cpus.support().agent());
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

    /** The agent's bean appears some time after the server. */
    @Test
    @Timeout(60)
    void under_the_agent_its_figures_are_shown() throws Exception {
        assumeTrue(Cpus.support().agent());
        MeterRegistry registry = new SimpleMeterRegistry();
        new AgentMetrics().bindTo(registry);
        ManagementFactory.getPlatformMBeanServer();
        while (!(registry.get("rseq.live").gauge().value() > 0)) Thread.sleep(10);
        for (String gauge : AgentMetrics.GAUGES)
            assertThat(registry.get(AgentMetrics.name(gauge)).gauge().value()).isNotNaN();
    }

    @Test
    void the_agents_bean_has_each_attribute_that_is_read() throws Exception {
        String bean = Files.readString(
                Path.of("../../agent/engine/src/main/java/io/rseq/agent/engine/management/RseqMXBean.java"));
        for (String attribute : AgentMetrics.COUNTERS) assertThat(bean).contains("long get" + attribute + "();");
        for (String attribute : AgentMetrics.GAUGES) assertThat(bean).contains(" get" + attribute + "();");
    }
}
