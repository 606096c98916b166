/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.adapters.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the pages have readers copy into their code compiles, and runs: under the agent on each JDK, and without it. */
class SnippetsIT {
    private static final Path ROOT = Path.of("../..");
    private static final String MESSAGE = "by the layout of the page";

    /** The configuration that docs/adapters.md has, with the setting of which the same page says that it shows Log4j's warnings. */
    private static final String LOG4J = "log4j2.xml";

    private static final Map<String, String> PROGRAMS = new LinkedHashMap<>();

    @TempDir
    private static Path folder;

    @BeforeAll
    static void each_snippet_compiles() throws Exception {
        PROGRAMS.clear();
        for (SnippetPage page : SnippetPage.values()) page.addPrograms(ROOT, PROGRAMS);
        List<String> configurations = SnippetPage.ADAPTERS.blocks(ROOT, "xml");
        assertThat(configurations).hasSize(1);
        String configuration = configurations.get(0);
        assertThat(configuration).startsWith("<Configuration>\n");
        Files.writeString(
                folder.resolve(LOG4J), configuration.replace("<Configuration>", "<Configuration status=\"WARN\">"));
        PROGRAMS.put("Log", SnippetPage.logs(MESSAGE));
        PROGRAMS.put("All", SnippetPage.all(PROGRAMS.keySet()));
        List<Path> sources = new ArrayList<>();
        for (Map.Entry<String, String> program : PROGRAMS.entrySet())
            sources.add(Files.writeString(folder.resolve(program.getKey() + ".java"), program.getValue()));
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = javac.getStandardFileManager(null, null, null)) {
            StringWriter said = new StringWriter();
            List<String> options = List.of("-d", folder.toString(), "-proc:none", "--release", "17");
            boolean compiled = javac.getTask(
                            said, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            assertThat(compiled).as(said.toString()).isTrue();
        }
    }

    static Stream<Path> jdks() throws Exception {
        return UnderTheAgentIT.jdks();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void each_snippet_runs_under_the_agent_by_sequences(Path jdk) throws Exception {
        check(run(jdk, "-javaagent:" + UnderTheAgentIT.AGENT + "=log=warn"), "sequences");
    }

    @Test
    void each_snippet_runs_without_the_agent() throws Exception {
        check(run(Path.of(System.getProperty("java.home"))), "none");
    }

    private static void check(List<String> said, String committer) {
        List<String> expected = new ArrayList<>();
        PROGRAMS.keySet().stream()
                .filter(name -> !name.equals("All"))
                .map(name -> "ran " + name)
                .forEach(expected::add);
        expected.add("committer=" + committer);
        assertThat(said)
                .filteredOn(line -> line.contains(MESSAGE))
                .singleElement()
                .asString()
                .startsWith("{");
        assertThat(said).filteredOn(line -> !line.contains(MESSAGE)).isEqualTo(expected);
    }

    /** Returns what it printed on either stream. */
    private static List<String> run(Path jdk, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(jdk.resolve("bin/java").toString()));
        command.addAll(List.of(options));
        command.add("-Dlog4j2.configurationFile=" + folder.resolve(LOG4J).toUri());
        command.addAll(List.of("-cp", folder + File.pathSeparator + System.getProperty("java.class.path"), "All"));
        Path said = folder.resolve("said");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("RSEQ_"));
        int status = builder.start().waitFor();
        assertThat(status).as(Files.readString(said)).isZero();
        return Files.readAllLines(said);
    }
}
