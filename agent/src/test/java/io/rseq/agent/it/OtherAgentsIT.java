/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Shapes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The agents that applications have, as their makers ship them, in one process with ours: what is woven gets its index in both orders. */
class OtherAgentsIT {
    private static final int CPU = Machine.allowedCpus().length() - 1;

    private static final String JACOCO = "org.jacoco.agent";
    private static final List<String> AGENTS =
            List.of(JACOCO, "opentelemetry-javaagent", "elastic-apm-agent", "aspectjweaver", "byteman");

    static Stream<Arguments> agents() {
        return World.jdks().flatMap(world -> AGENTS.stream().map(agent -> Arguments.of(world, agent)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("agents")
    void every_shape_is_woven_before_and_behind(World world, String agent) throws IOException {
        Path jar = AgentJar.buildFolder().resolveSibling("it-agents").resolve(agent + ".jar");
        Path log = AgentJar.buildFolder().resolve("safepoints-" + world.jdk() + "-" + agent + ".txt");
        String options = agent.equals(JACOCO) ? "output=none" : "";
        check(Launch.of(world, Shapes.class).andAgentJar(jar, options));
        check(Launch.of(world, Shapes.class)
                .agentJar(jar, options)
                .andAgentJar(AgentJar.path())
                .jvm("-Xlog:safepoint=info:file=" + log));
        try (Stream<String> lines = Files.lines(log)) {
            // one may be ours, one or two are the other's own
            assertThat(lines.filter(line -> line.contains("\"RedefineClasses\"")))
                    .hasSizeLessThan(5);
        }
        assertThat(Path.of("jacoco.exec")).doesNotExist();
    }

    /** They talk to no server, and leave no file. */
    private static void check(Launch launch) {
        for (String signal : new String[] {"TRACES", "METRICS", "LOGS"})
            launch.environment("OTEL_" + signal + "_EXPORTER", "none");
        launch.environment("ELASTIC_APM_DISABLE_SEND", "true").environment("ELASTIC_APM_LOG_LEVEL", "OFF");
        Outcome outcome = launch.wrapper("taskset", "-c", Integer.toString(CPU))
                .jvm("-XX:TieredStopAtLevel=1") // else C2 has most of the CPU: the others' start is their own code
                .run()
                .succeeded()
                .hadNoWarning();
        WovenMethodIT.checkShapes(outcome, CPU);
        assertThat(outcome.exitLine()).containsEntry("unwoven", "0");
    }
}
