/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Managed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the pages have a reader type does what they say, in a folder with the two jars and nothing else. */
class PagesIT {
    private static final Page README = Page.of("README.md");
    private static final Page ANNOTATIONS = Page.of("docs/annotations.md");

    @TempDir
    Path folder;

    @EveryJdk
    void the_program_of_the_readme_counts_all_requests_by_sequences_and_without_the_agent_too(World world)
            throws IOException {
        String command = fill(README, "Requests.java");
        Outcome outcome = run(world, command).succeeded().hadNoWarning().printed("4000000 requests");
        assertThat(outcome.out()).last().asString().startsWith("agent=loaded ");
        run(world, command.replaceAll("-javaagent:\\S+ ", "")).succeeded().printed("4000000 requests");
    }

    @EveryJdk
    void the_program_of_the_annotations_is_woven_and_counts_all_requests(World world) throws IOException {
        String command = fill(ANNOTATIONS, "Sharded.java");
        Outcome outcome = run(world, command).succeeded().hadNoWarning().printed("4000000 requests");
        assertThat(outcome.exitLine()).containsEntry("woven", "1").containsEntry("unwoven", "0");
    }

    @EveryJdk
    void every_other_command_of_the_readme_succeeds(World world) throws IOException {
        fill(README, "Requests.java");
        pack(world, "Requests");
        List<String> tried = new ArrayList<>();
        try (Running running =
                Launch.of(world, Managed.class).jna().arguments("attach").start()) {
            running.awaitOut("ready");
            for (String command : README.commands()) {
                if (command.endsWith(".java")) continue;
                run(world, command.replace("PID", Long.toString(running.pid()))).succeeded();
                tried.add(command);
            }
        }
        assertThat(tried).hasSizeGreaterThan(3);
    }

    @Test
    void the_coordinates_are_those_of_the_build() {
        String pom = Page.of("api/pom.xml").text();
        String version = between(pom, "<version>", "</version>");
        String artifact = between(pom.substring(pom.indexOf("</parent>")), "<artifactId>", "</artifactId>");
        assertThat(README.text())
                .contains("<artifactId>" + artifact + "</artifactId> <version>" + version + "</version>")
                .contains("'io.rseq:" + artifact + ":" + version + "'")
                .contains("-cp " + artifact + "-" + version + ".jar");
    }

    /** Writes the page's programs; returns the command that runs this one. */
    private String fill(Page page, String program) throws IOException {
        Files.createSymbolicLink(folder.resolve("rseq-agent.jar"), AgentJar.path());
        page.writePrograms(folder);
        String command = page.commands().stream()
                .filter(line -> line.endsWith(program))
                .findFirst()
                .orElseThrow();
        Files.createSymbolicLink(folder.resolve(between(command, "-cp ", " ")), Launch.api());
        return command;
    }

    private void pack(World world, String main) throws IOException {
        String api = Launch.api().toString();
        Command.of(world.jdk().tool("javac"), "-d", "classes", "-cp", api, main + ".java")
                .in(folder)
                .run()
                .succeeded();
        Files.writeString(folder.resolve("manifest"), "Main-Class: " + main + "\nClass-Path: file:" + api + "\n");
        Command.of(world.jdk().tool("jar"), "cfm", "app.jar", "manifest", "-C", "classes", ".")
                .in(folder)
                .run()
                .succeeded();
    }

    private Outcome run(World world, String command) {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        assertThat(words.get(0)).isEqualTo("java");
        words.set(0, world.jdk().tool("java"));
        return Command.of(words).in(folder).run();
    }

    private static String between(String text, String before, String after) {
        int from = text.indexOf(before) + before.length();
        return text.substring(from, text.indexOf(after, from));
    }
}
