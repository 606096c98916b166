/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The pages of the repository, and what they set as code. */
public final class Pages {
    public static final Path ROOT = root();

    private static final String FENCE = "```";
    private static final String INDENT = "    ";
    private static final Pattern SPAN = Pattern.compile("`([^`]+)`");

    private Pages() {}

    /** Every page. */
    public static List<Path> all() throws IOException {
        try (Stream<Path> root = Files.list(ROOT);
                Stream<Path> docs = Files.list(ROOT.resolve("docs"));
                Stream<Path> examples = Files.walk(ROOT.resolve("examples"), 2)) {
            return Stream.of(root, docs, examples)
                    .flatMap(files -> files)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    /** A page's lines outside of fences. */
    static List<String> text(Path page) throws IOException {
        List<String> lines = new ArrayList<>();
        boolean fenced = false;
        for (String line : Files.readAllLines(page)) {
            if (line.startsWith(FENCE)) fenced = !fenced;
            else if (!fenced) lines.add(line);
        }
        return lines;
    }

    /** What a page sets as code: lines between fences, lines that are indented, and spans of a line between backticks. */
    public static List<String> code(Path page) throws IOException {
        List<String> code = new ArrayList<>();
        boolean fenced = false;
        for (String line : Files.readAllLines(page)) {
            if (line.startsWith(FENCE)) fenced = !fenced;
            else if (fenced) code.add(line);
            else if (line.startsWith(INDENT)) code.add(line.strip());
            else {
                Matcher span = SPAN.matcher(line);
                while (span.find()) code.add(span.group(1));
            }
        }
        return code;
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/operations.md"))) folder = folder.getParent();
        return folder;
    }
}
