/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Hello;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** What docs/rollout.md tells a platform team. */
class RolloutIT {
    @EveryJdk
    void a_fleet_that_has_the_agent_from_the_environment_reads_the_jvms_own_line_alone(World world) throws IOException {
        for (String page : new String[] {"docs/rollout.md", "README.md"}) {
            Outcome outcome = inTheImageOf(Page.of(page), world).run().succeeded();
            assertThat(outcome.err()).singleElement().asString().startsWith("Picked up JAVA_TOOL_OPTIONS: ");
            outcome.printed("reader=raw");
        }
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
        Path image = unpackedAsThePageSays();
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

    /** Does what the page's COPY and ENV say, in a folder that stands for the root. */
    private static Launch inTheImageOf(Page page, World world) throws IOException {
        Path root = Files.createTempDirectory(AgentJar.buildFolder(), "root");
        Matcher copy = Pattern.compile("COPY (rseq-agent\\.jar) /([^\\s`]*)").matcher(page.text());
        assertThat(copy.find()).isTrue();
        String target = copy.group(2).endsWith("/") ? copy.group(2) + copy.group(1) : copy.group(2);
        Files.createDirectories(root.resolve(target).getParent());
        Files.createSymbolicLink(root.resolve(target), AgentJar.path());
        Launch launch = Launch.of(world, Hello.class).withoutAgent();
        Matcher env = Pattern.compile("ENV (JAVA_TOOL_OPTIONS=[^\n`]*)").matcher(page.text());
        assertThat(env.find()).isTrue();
        for (String variable : env.group(1).split(" ")) {
            String[] pair = variable.split("=", 2);
            launch.environment(pair[0], pair[1].replace(":/", ":" + root + "/"));
        }
        return launch;
    }

    /** Returns the folder that the page's unzip fills. Not every machine has unzip: without, the same entries of the same jar come there. */
    private static Path unpackedAsThePageSays() throws IOException {
        Page page = Page.of("docs/rollout.md");
        String command = page.span("unzip ").replace("x86-64", Machine.isX86() ? "x86-64" : "aarch64");
        Matcher words = Pattern.compile("unzip -oj rseq-agent\\.jar '([^']+/)\\*' -d (\\S+)")
                .matcher(command);
        assertThat(words.matches()).as(command).isTrue();
        assertThat(page.span("RSEQ_NATIVE_PATH=")).endsWith("=" + words.group(2));
        Path image = Files.createDirectories(AgentJar.buildFolder().resolve("image"));
        if (Command.of("unzip", "-v").run().exitCode() == 0) {
            String there = command.replace("rseq-agent.jar", AgentJar.path().toString())
                    .replace(words.group(2), image.toString());
            Command.of("sh", "-c", there).run().succeeded();
            return image;
        }
        try (ZipFile jar = new ZipFile(AgentJar.path().toFile())) {
            for (ZipEntry entry : Collections.list(jar.entries())) {
                if (!entry.getName().startsWith(words.group(1)) || entry.isDirectory()) continue;
                Path file =
                        image.resolve(entry.getName().substring(words.group(1).length()));
                Files.write(file, jar.getInputStream(entry).readAllBytes());
            }
        }
        return image;
    }
}
