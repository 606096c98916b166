/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.adapters.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A page whose Java blocks a reader copies into code of his own. A block is declarations, then statements, with lines of three dots between what stands
 * in different places; here all of it goes into one class, after what the page leaves to its readers, and is run in its order.
 */
enum SnippetPage {
    README("README.md", 1, List.of("io.rseq", "java.util.concurrent.atomic"), """
            static final int LINE = 16;
            final AtomicLongArray cells = new AtomicLongArray(Cpus.count() * LINE);
            """, Map.of("void count(", """
                    count(PerCpu.INJECTED);
                    long sum = 0;
                    for (int cpu = 0; cpu < Cpus.count(); cpu++) sum += cells.get(cpu * LINE);
                    check(sum == 1);
                    """)),

    STRUCTURES(
            "docs/structures.md",
            12,
            List.of(
                    "io.rseq",
                    "java.io",
                    "java.lang.ref",
                    "java.nio",
                    "java.util",
                    "java.util.concurrent",
                    "java.util.concurrent.locks",
                    "org.HdrHistogram"),
            """
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
            """,
            Map.of("PerCpuCounter", "check(since == 1);", "PerCpuBuffer", "check(batch.size() == length);")),

    ADAPTERS(
            "docs/adapters.md",
            4,
            List.of(
                    "io.micrometer.core.instrument",
                    "io.prometheus.metrics.model.registry",
                    "io.prometheus.metrics.model.snapshots",
                    "io.rseq",
                    "io.rseq.hdrhistogram",
                    "io.rseq.micrometer",
                    "io.rseq.prometheus",
                    "java.io",
                    "java.util.concurrent",
                    "org.HdrHistogram"),
            """
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            MeterRegistry registry = new io.micrometer.core.instrument.simple.SimpleMeterRegistry();
            long nanos = 1000;
            String request = "";
            void serve(String request) {}
            """,
            Map.of(
                    "PerCpuRecorder",
                    "check(out.toString().lines().count() == 1);",
                    "PerCpuRecyclerPool",
                    "check(mapper.writeValueAsString(java.util.List.of(1)).equals(\"[1]\"));",
                    "PerCpuTimer",
                    "check(registry.get(\"requests\").functionTimer().count() == 1);",
                    "CounterFamily",
                    "check(registry.scrape().size() == 2);"));

    private static final Pattern JACKSON_3_INSTEAD = Pattern.compile("new ObjectMapper\\(json\\); +// in Jackson 3: ");
    private static final List<String> JACKSON_2 =
            List.of("com.fasterxml.jackson.core", "com.fasterxml.jackson.databind", "io.rseq.jackson");
    private static final List<String> JACKSON_3 = List.of(
            "io.rseq.jackson3", "tools.jackson.core.json", "tools.jackson.databind", "tools.jackson.databind.json");

    private final String file;
    private final int snippets;
    private final List<String> imports;
    private final String context;
    private final Map<String, String> checks;

    /** Constructs a page of its file, the number of its snippets, what these import and find, and what holds after the one that has a word. */
    SnippetPage(String file, int snippets, List<String> imports, String context, Map<String, String> checks) {
        this.file = file;
        this.snippets = snippets;
        this.imports = imports;
        this.context = context;
        this.checks = checks;
    }

    /** The blocks between fences of that language. */
    List<String> blocks(Path root, String language) throws IOException {
        return Pattern.compile("(?s)\n```" + language + "\n(.*?)\n```")
                .matcher(Files.readString(root.resolve(file)))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    /** Adds a program for each snippet, by the name of its class. Whole programs are left to PagesIT, which runs them by their commands. */
    void addPrograms(Path root, Map<String, String> programs) throws IOException {
        int number = 0;
        int checked = 0;
        for (String block : blocks(root, "java")) {
            if (block.contains("public class ")) continue;
            String name = name() + "_" + ++number;
            String check = checks.keySet().stream()
                    .filter(word -> block.contains(word))
                    .map(checks::get)
                    .collect(Collectors.joining());
            if (!check.isEmpty()) checked++;
            if (block.contains("// in Jackson 3: ")) {
                programs.put(name, program(name, block, JACKSON_2, check));
                String newer = JACKSON_3_INSTEAD.matcher(block).replaceFirst("") + ";";
                programs.put(name + "_newer", program(name + "_newer", newer, JACKSON_3, check));
            } else programs.put(name, program(name, block, List.of(), check));
        }
        if (number != snippets || checked != checks.size())
            throw new AssertionError(
                    file + " has " + number + " snippets, " + checked + " of them known here: list them");
    }

    private String program(String name, String snippet, List<String> more, String check) {
        String[] parts = snippet.split("\n\\.\\.\\.\n");
        boolean declares = parts[0].matches("(?s)(@|private |static |final ).*");
        StringBuilder program = new StringBuilder();
        for (List<String> packages : List.of(imports, more))
            for (String each : packages) program.append("import ").append(each).append(".*;\n");
        program.append("class ")
                .append(name)
                .append(" extends Context_")
                .append(name)
                .append(" {\n");
        if (declares) program.append(parts[0]).append("\n");
        program.append("Object run() throws Exception {\n");
        boolean returns = false;
        for (int i = declares ? 1 : 0; i < parts.length; i++) {
            program.append(parts[i]).append("\n");
            returns |= parts[i].contains("return ");
        }
        return program.append(returns ? "" : check + "\nreturn null;\n")
                .append("}\n}\nclass Context_")
                .append(name)
                .append(" {\nstatic void check(boolean holds) { if (!holds) throw new AssertionError(); }\n")
                .append(context)
                .append("}\n")
                .toString();
    }

    /** A program that logs a message. */
    static String logs(String message) {
        return "class Log { void run() { org.apache.logging.log4j.LogManager.getLogger(Log.class).info(\"" + message
                + "\"); } }\n";
    }

    /** The program that runs all others. */
    static String all(Set<String> programs) {
        return "class All {\npublic static void main(String[] none) throws Exception {\n"
                + programs.stream()
                        .map(name -> "new " + name + "().run();\nSystem.out.println(\"ran " + name + "\");\n")
                        .collect(Collectors.joining())
                + "System.out.println(\"committer=\" + io.rseq.Cpus.support().committer());\n}\n}\n";
    }
}
