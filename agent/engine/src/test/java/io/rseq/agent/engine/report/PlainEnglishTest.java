/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Pages, comments and texts name the actor, and none has a phrase that reads as a translation. */
class PlainEnglishTest {
    private static final Path ROOT = Pages.ROOT;
    private static final List<String> PLACES = List.of(
            "README.md",
            "CONTRIBUTING.md",
            "CHANGELOG.md",
            "SECURITY.md",
            "bom",
            "release",
            "docs",
            "api",
            "adapters",
            "agent",
            "native",
            "sample-app",
            "examples",
            "benchmarks",
            "jcstress");
    private static final Pattern FILE = Pattern.compile(".*\\.(java|c|h|S|md|sh|xml)");

    /** In pieces, so that this file has none of them. */
    private static final Pattern PHRASE = Pattern.compile(
            "\\bto be h" + "ad\\b|\\bwho" + "ever\\b|\\bm" + "end(s|ed|ing)?\\b|\\bwhich this (one )?i" + "s\\b",
            Pattern.CASE_INSENSITIVE);

    @Test
    void no_page_comment_or_text_has_a_phrase_of_the_list() throws IOException {
        List<String> found = new ArrayList<>();
        int files = 0;
        for (String place : PLACES) {
            for (Path file : filesOf(ROOT.resolve(place))) {
                files++;
                for (String line : Files.readAllLines(file))
                    if (PHRASE.matcher(line).find()) found.add(ROOT.relativize(file) + ": " + line.trim());
            }
        }
        assertThat(files).isGreaterThan(300);
        assertThat(found).isEmpty();
    }

    private static List<Path> filesOf(Path place) throws IOException {
        try (Stream<Path> files = Files.walk(place)) {
            return files.filter(file -> FILE.matcher(file.toString()).matches()
                            && !file.toString().contains("/target/"))
                    .toList();
        }
    }
}
