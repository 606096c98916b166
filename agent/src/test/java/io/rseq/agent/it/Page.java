/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A page of the documents, and what it has readers type. */
record Page(String name, String text) {
    private static final Pattern CLASS = Pattern.compile("public class (\\w+)");

    static Page of(String name) {
        try {
            Path root = Path.of(System.getProperty("rseq.docs")).resolveSibling(".");
            return new Page(name, Files.readString(root.resolve(name)));
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    /** The blocks between fences of that language. */
    List<String> blocks(String language) {
        return Pattern.compile("(?s)\n```" + language + "\n(.*?)\n```")
                .matcher(text)
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    /** Its lines for a shell. */
    List<String> commands() {
        return blocks("sh").stream().flatMap(String::lines).toList();
    }

    /** Its line that begins so, without what indents it. */
    String line(String start) {
        return text.lines()
                .map(String::strip)
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElseThrow();
    }

    /** What it sets between backticks, in a line, and begins so. */
    String span(String start) {
        int from = text.indexOf("`" + start) + 1;
        if (from == 0) throw new IllegalArgumentException(name + " has no `" + start);
        return text.substring(from, text.indexOf('`', from));
    }

    /** Writes each whole program to a file of its class's name. */
    void writePrograms(Path folder) throws IOException {
        for (String block : blocks("java")) {
            String name = CLASS.matcher(block)
                    .results()
                    .findFirst()
                    .map(MatchResult::group)
                    .orElse("");
            if (!name.isEmpty())
                Files.writeString(folder.resolve(name.substring("public class ".length()) + ".java"), block);
        }
    }
}
