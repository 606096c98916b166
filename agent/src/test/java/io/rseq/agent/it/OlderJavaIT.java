/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Hello;
import io.rseq.agent.it.programs.OlderJava;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** JAVA_TOOL_OPTIONS reaches every JVM of a machine. One that is too old for the agent goes on without it. */
class OlderJavaIT {
    private static final int JAVA_8 = 52;

    /** What an older JVM does with a newer class file is known: it ends. */
    @Test
    void class_that_the_manifest_names_is_a_class_file_of_java_8() throws IOException {
        try (JarFile jar = new JarFile(AgentJar.path().toFile())) {
            for (String role : List.of("Premain-Class", "Agent-Class", "Main-Class")) {
                String name = jar.getManifest().getMainAttributes().getValue(role);
                String file = name.replace('.', '/') + ".class";
                try (DataInputStream in = new DataInputStream(jar.getInputStream(jar.getEntry(file)))) {
                    in.skipBytes(6);
                    assertThat(in.readUnsignedShort()).as(role).isEqualTo(JAVA_8);
                }
            }
        }
    }

    @EveryJdk
    void application_goes_on_after_one_line(World world) {
        for (String version : List.of("1.8", "11", "16")) {
            Outcome outcome = Launch.of(world, Hello.class)
                    .agentJar(AgentJar.of(OlderJava.class), version)
                    .andAgentJar(AgentJar.path())
                    .jvm("-Xlog:class+load")
                    .run()
                    .succeeded()
                    .printed("hello")
                    .printed("reader=none");
            assertThat(outcome.err())
                    .containsExactly("rseq: ERROR this is Java " + version
                            + ", and rseq-agent.jar needs 17 or newer; the application runs unaccelerated");
            assertThat(outcome.out().stream()
                            .filter(line -> line.contains(" io.rseq.agent.") && !line.contains(" io.rseq.agent.it."))
                            .toList())
                    .as("classes of the agent that were loaded")
                    .singleElement()
                    .asString()
                    .contains("io.rseq.agent.Launcher");
        }
    }

    @EveryJdk
    void command_line_says_so(World world) {
        String older = "-javaagent:" + AgentJar.of(OlderJava.class) + "=11";
        Outcome outcome = Command.of(
                        world.jdk().tool("java"), older, "-jar", AgentJar.path().toString(), "doctor")
                .run()
                .exited(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err())
                .containsExactly(
                        "rseq: ERROR this is Java 11, and rseq-agent.jar needs 17 or newer; run the command with Java 17 or newer");
    }
}
