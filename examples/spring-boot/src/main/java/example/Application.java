/* SPDX-License-Identifier: Apache-2.0 */
package example;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.rseq.PerCpuCounter;
import io.rseq.micrometer.AgentMetrics;
import io.rseq.micrometer.PerCpuTimer;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Collects durations by HTTP, and shows them to Prometheus. Spring Boot binds each {@code MeterBinder} to its registry. */
@SpringBootApplication
public class Application {
    public static void main(String[] arguments) {
        SpringApplication.run(Application.class, arguments);
    }

    @Bean
    PerCpuTimer timer() {
        return new PerCpuTimer("durations", Tags.empty(), TimeUnit.MINUTES.toNanos(1), 2, 0.5, 0.99);
    }

    @Bean
    PerCpuCounter rejected() {
        return new PerCpuCounter();
    }

    @Bean
    MeterBinder rejectedMeter(PerCpuCounter rejected) {
        return registry -> FunctionCounter.builder("durations.rejected", rejected, PerCpuCounter::sum)
                .register(registry);
    }

    /** The agent's own figures. */
    @Bean
    AgentMetrics agentMetrics() {
        return new AgentMetrics();
    }
}
