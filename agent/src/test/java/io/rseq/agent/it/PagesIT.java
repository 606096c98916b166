/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Managed;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

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

    /** The build has run the consumer's test by its plugins. What the page has without versions, it has with those that the page names. */
    @Test
    void the_plugins_of_the_rollout_are_those_that_the_consumer_was_tested_with() throws Exception {
        Page rollout = Page.of("docs/rollout.md");
        String consumer = Page.of("release/consumer/pom.xml").text();
        List<String> snippets = rollout.blocks("xml");
        assertThat(snippets).hasSize(1);
        Map<String, String> used = plugins(consumer);
        Map<String, String> shown = plugins("<build>" + snippets.get(0) + "</build>");
        assertThat(shown).hasSize(2);
        shown.forEach((name, plugin) -> assertThat(used.get(name)).isEqualTo(plugin));
        assertThat(rollout.text())
                .contains("surefire " + version(consumer, "maven-surefire-plugin"))
                .contains("JaCoCo " + version(consumer, "jacoco-maven-plugin"));
    }

    /** Each plugin, as words, by its name; without its version. */
    private static Map<String, String> plugins(String xml) throws Exception {
        NodeList plugins = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(xml)))
                .getElementsByTagName("plugin");
        Map<String, String> byName = new HashMap<>();
        for (int i = 0; i < plugins.getLength(); i++) {
            Element plugin = (Element) plugins.item(i);
            Node version = plugin.getElementsByTagName("version").item(0);
            if (version != null) plugin.removeChild(version);
            byName.put(plugin.getElementsByTagName("artifactId").item(0).getTextContent(), words(plugin));
        }
        return byName;
    }

    private static String words(Node node) {
        if (node.getNodeType() == Node.TEXT_NODE) return node.getTextContent().strip();
        StringBuilder words = new StringBuilder(node.getNodeName()).append("[");
        for (Node child = node.getFirstChild(); child != null; child = child.getNextSibling())
            words.append(words(child));
        return words.append("]").toString();
    }

    private static String version(String pom, String plugin) {
        return between(pom.substring(pom.indexOf("<artifactId>" + plugin)), "<version>", "</version>");
    }

    @Test
    void the_c_of_the_ownership_page_compiles_against_the_header() throws IOException {
        List<String> blocks = Page.of("docs/ownership.md").blocks("c");
        assertThat(blocks).hasSize(3);
        assertThat(blocks.get(1)).contains("int rseq_agent_unregister_current_thread(void);");
        Path source = folder.resolve("api.c");
        Files.writeString(
                source,
                "#define _GNU_SOURCE\n#include <dlfcn.h>\n#include <rseq_agent.h>\n" + blocks.get(1)
                        + "\nint main(void) {\n" + blocks.get(2) + "\nreturn count_in == 0 ? 0 : count_in();\n}\n");
        Path include = Path.of(System.getProperty("rseq.docs")).resolve("../native/include");
        String program = folder.resolve("api").toString();
        Command.of(
                        "cc",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-I",
                        include.toString(),
                        source.toString(),
                        "-o",
                        program,
                        "-ldl")
                .run()
                .succeeded();
        Command.of(program).run().succeeded(); // NULL without the agent
    }

    @Test
    void strace_shows_the_question_that_the_ownership_page_shows() {
        Machine.needsTool("strace", "strace", "-f", "-e", "trace=rseq", "true");
        String command = Page.of("docs/ownership.md")
                .line("GLIBC_TUNABLES=")
                .replace("java ", Jdk.standard().tool("java") + " ")
                .replace("rseq-agent.jar", AgentJar.path().toString())
                .replace("...", "--version");
        Outcome outcome = Command.of("sh", "-c", command).run().succeeded();
        assertThat(outcome.err())
                .anyMatch(line -> line.matches(".*rseq\\(0xfffffffffffff000, 0x20, 0, .* = -1 EFAULT.*"));
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
