/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Hello;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** What docs/rollout.md tells a platform team. */
class RolloutIT {
    private static final String NATIVE =
            "META-INF/rseq/engine/native/linux-" + (Machine.isX86() ? "x86-64" : "aarch64") + "/";

    @EveryJdk
    void a_fleet_that_has_the_agent_from_the_environment_reads_the_jvms_own_line_alone(World world) {
        Outcome outcome = fromTheEnvironment(world, "")
                .withoutAgent()
                .environment("RSEQ_LOG", "warn")
                .run()
                .succeeded();
        assertThat(outcome.err()).singleElement().asString().startsWith("Picked up JAVA_TOOL_OPTIONS: ");
        outcome.printed("reader=raw");
    }

    /** The first to be loaded is in force. */
    @EveryJdk
    void an_agent_of_the_environment_comes_before_those_of_the_command_line(World world) {
        Outcome outcome = fromTheEnvironment(world, "=committer=atomic").run().succeeded();
        assertThat(outcome.startLine()).containsEntry("committer", "atomic");
        outcome.warnedOnceOf("the agent is loaded already");
    }

    @EveryJdk
    void libraries_of_the_image_serve_where_nothing_can_be_written(World world) throws IOException {
        Path image = Files.createDirectories(AgentJar.buildFolder().resolve("image"));
        try (ZipFile jar = new ZipFile(AgentJar.path().toFile())) {
            for (String name : new String[] {"librseq_jvm.so", "librseq_area.so"}) {
                ZipEntry entry = jar.getEntry(NATIVE + name);
                Files.write(image.resolve(name), jar.getInputStream(entry).readAllBytes());
            }
        }
        String mounts = BadInputIT.READ_ONLY + " && " + BadInputIT.SHM + ",noexec";
        Machine.needsTool("a private mount", "unshare", "-m", "sh", "-c", mounts);
        Launch.of(world, Hello.class)
                .environment("RSEQ_NATIVE_PATH", image.toString())
                .wrapper("unshare", "-m", "sh", "-c", mounts + " && exec \"$@\"", "sh")
                .run()
                .succeeded()
                .hadNoWarning()
                .printed("reader=raw");
    }

    @EveryJdk
    void a_runtime_image_of_two_modules_is_enough(World world) {
        Path image = AgentJar.buildFolder().resolve("image-" + world.jdk());
        if (!Files.exists(image))
            Command.of(
                            world.jdk().tool("jlink"),
                            "--add-modules",
                            "java.base,java.instrument",
                            "--output",
                            image.toString())
                    .run()
                    .succeeded();
        Command.of(
                        image.resolve("bin/java").toString(),
                        "-javaagent:" + AgentJar.path(),
                        "-cp",
                        Launch.home(Hello.class) + ":" + Launch.api(),
                        Hello.class.getName())
                .run()
                .succeeded()
                .hadNoWarning()
                .printed("reader=raw");
    }

    private static Launch fromTheEnvironment(World world, String options) {
        return Launch.of(world, Hello.class)
                .environment("JAVA_TOOL_OPTIONS", "-javaagent:" + AgentJar.path() + options);
    }
}
