/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compiles and runs what docs/structures.md has readers copy: the declarations, then what stands between lines of three dots, part by part. */
class SnippetsTest {
    private static final String IMPORTS = Stream.of(
                    "io.rseq",
                    "java.io",
                    "java.lang.ref",
                    "java.nio",
                    "java.util",
                    "java.util.concurrent",
                    "java.util.concurrent.locks",
                    "org.HdrHistogram")
            .map(name -> "import " + name + ".*;\n")
            .collect(Collectors.joining());

    /* What the page leaves to its readers. */
    private static final String CONTEXT = """
            class Context {
                interface Log { void info(String line, Object... values); }
                static class Shard { void put(String key, String value) {} void flush() {} }
                Log log = (line, values) -> {};
                PerCpuHistogram latency = new PerCpuHistogram(1000, 2);
                Map<String, String> routes = Map.of();
                ByteArrayOutputStream batch = new ByteArrayOutputStream();
                byte[] bytes = new byte[16];
                int length = 16;
                long elapsed = 1, queued = 2, start = 3;
                String key = "", value = "", message = "";
                void serialize(String message, ByteBuffer buffer) {}
                long allocateBlock() { return 1; }
                void releaseBlock(long block) {}
                void export(Object counts, long count, double sum, double min, double max) {}
            }
            """;

    @TempDir
    private Path folder;

    static List<String> snippets() throws Exception {
        String page = Files.readString(Path.of("../docs/structures.md"));
        return Pattern.compile("(?s)\n```java\n(.*?)\n```")
                .matcher(page)
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("snippets")
    void each_snippet_of_the_page_compiles_and_runs(String snippet) throws Exception {
        Files.writeString(folder.resolve("Snippet.java"), program(snippet));
        Process javac = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/javac",
                        "-d",
                        folder.toString(),
                        "-cp",
                        jars(),
                        folder.resolve("Snippet.java").toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(javac.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(javac.waitFor()).as("%s%n%s", said, program(snippet)).isZero();
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            Method run = loader.loadClass("Snippet").getDeclaredMethod("run");
            run.setAccessible(true);
            run.invoke(null);
        }
    }

    private static String program(String snippet) {
        String[] parts = snippet.split("\n\\.\\.\\.\n");
        boolean declares = parts[0].matches("(?s)(private|static|final) .*");
        StringBuilder program = new StringBuilder(IMPORTS).append("class Snippet extends Context {\n");
        if (declares) program.append(parts[0]).append("\n");
        program.append("static void run() throws Exception { new Snippet().all(); }\n");
        program.append("Object all() throws Exception {\n");
        boolean returns = false;
        for (int i = declares ? 1 : 0; i < parts.length; i++) {
            program.append(parts[i]).append("\n");
            returns |= parts[i].contains("return ");
        }
        return program.append(returns ? "" : "return null;\n")
                .append("}\n}\n")
                .append(CONTEXT)
                .toString();
    }

    private static String jars() {
        return Stream.of(PerCpuCounter.class, Histogram.class)
                .map(type -> Path.of(URI.create(type.getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toString()))
                        .toString())
                .collect(Collectors.joining(":"));
    }
}
