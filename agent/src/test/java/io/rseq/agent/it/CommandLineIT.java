/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;

/** The commands of the jar, as a user gives them. */
class CommandLineIT {
    @EveryJdk
    void doctor_reads_its_own_lines_whatever_the_environment_says_of_the_log(World world) {
        Path file = AgentJar.buildFolder().resolve("doctor-log.txt");
        for (String log : new String[] {"off", "debug"}) {
            Outcome outcome = AgentJar.command(world.jdk(), "doctor")
                    .environment(Map.of("RSEQ_LOG", log, "RSEQ_LOG_FILE", file.toString()))
                    .run()
                    .succeeded();
            assertThat(outcome.out()).anyMatch(line -> line.matches("reader +raw .*"));
            assertThat(file).doesNotExist();
        }
    }

    @EveryJdk
    void check_of_a_file_that_is_not_there_says_so(World world) {
        Outcome outcome =
                AgentJar.command(world.jdk(), "check", "/nonexistent.jar").run().exited(2);
        assertThat(outcome.err()).containsExactly("rseq: /nonexistent.jar can't be read as a jar: no such file");
    }
}
