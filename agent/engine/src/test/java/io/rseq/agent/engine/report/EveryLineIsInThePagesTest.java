/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.report;

import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Reads the sources of whatever can write to the log, and the pages that explain its lines. A text of three words or more is a line, or the reason in
 * one, and has its entry: between backticks or in an example, with its words in their order. Words in capitals stand for values, and '...' for what is left out.
 */
class EveryLineIsInThePagesTest {
    private static final List<String> SOURCES =
            List.of("agent/src/main", "agent/engine/src/main", "agent/hook/src/main", "native/src");
    private static final List<String> PAGES = List.of("docs/operations.md", "docs/runbook.md", "docs/ownership.md");
    private static final Path ROOT = Pages.ROOT;

    /** What the commands print is no log line. */
    private static final String COMMANDS = "/cli/";

    private static final int FEWEST_WORDS = 3;
    private static final Pattern CONVERSION = Pattern.compile("%[0-9.]*(l|z|t|j)*[a-zA-Z]|\\{}");
    private static final Pattern PREFIX = Pattern.compile("^rseq: ");
    private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z']+");
    private static final String FENCE = "```";
    private static final Pattern ENTRY = Pattern.compile("`([^`]+)`");

    /** Texts that reach no log: what a caller of our own code did wrong. */
    private static final Set<String> NO_LINES = Set.of(
            "classes come from the engine's class loader",
            "rseq: opened already",
            "rseq: not the engine's module",
            "rseq: for the agent's engine alone",
            "rseq: nothing of that size can lie at   in per-CPU memory",
            "rseq:   bytes of per-CPU memory",
            "rseq:   bytes at   lie outside of a region of per-CPU memory",
            "rseq per-CPU books", // names of mappings
            "rseq per-CPU memory");

    @Test
    void every_text_of_a_line_has_its_entry() throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (String page : PAGES) {
            String[] parts = Files.readString(ROOT.resolve(page)).split(FENCE);
            for (int part = 0; part < parts.length; part += 2) {
                Matcher entry = ENTRY.matcher(parts[part]);
                while (entry.find()) entries.add(new Entry(entry.group(1)));
                if (part + 1 < parts.length)
                    parts[part + 1].lines().map(Entry::new).forEach(entries::add);
            }
        }
        List<String> missing = new ArrayList<>();
        int texts = 0;
        for (Path source : sources()) {
            for (String text : Literals.of(Files.readString(source))) {
                List<String> words = words(text);
                if (text.split("\\s+").length < FEWEST_WORDS || words.size() < FEWEST_WORDS || NO_LINES.contains(text))
                    continue;
                texts++;
                if (entries.stream().noneMatch(entry -> entry.explains(words)))
                    missing.add(ROOT.relativize(source) + ": \"" + text + '"');
            }
        }
        assertThat(texts).as("texts found in the sources").isGreaterThan(50);
        assertThat(missing)
                .as(
                        "texts without an entry in docs/operations.md: write what each means and what to do, with the text between backticks")
                .isEmpty();
    }

    @Test
    void an_entry_explains_its_line_and_no_other() {
        Entry whole = new Entry("WARN refused class CLASS: REASON; its methods keep the index that callers pass");
        Entry cut = new Entry("ERROR can't unpack NAME to FOLDER (REASON); ...");
        assertThat(whole.explains(words("refused class {}: {}; its methods keep the index")))
                .isTrue();
        assertThat(whole.explains(words("refused class {}: it can't be read"))).isFalse();
        assertThat(cut.explains(words("can't unpack %s to %s (%s); set native.tmpdir")))
                .isTrue();
        assertThat(cut.explains(words("can't load %s to %s"))).isFalse();
        assertThat(new Entry("... EXCEPTION: MESSAGE").explains(words("anything at all")))
                .isFalse();
    }

    @Test
    void a_text_is_all_literals_that_are_joined() {
        assertThat(
                        Literals.of(
                                "f(\"one \" + two(\"inner\") + \" three\", \"four\"); // \"five\"\n@A(\"six\") /* \"seven\" */ char c = '\"';"))
                .containsExactly("inner", "one   three", "four");
        assertThat(
                        Literals.of(
                                "#include \"x.h\"\n_Static_assert(a, \"b\");\n__asm__(\".d\" e \".f\");\nREASON(d, \"%u of\" \" c\", n);"))
                .containsExactly("%u of  c");
    }

    /** What stands between backticks, or is a line of an example, as words. */
    private static final class Entry {
        private final List<String> words;
        private final boolean cut;

        Entry(String text) {
            words = words(text);
            cut = text.contains("...");
        }

        boolean explains(List<String> line) {
            return isIn(line, words) || cut && words.size() >= FEWEST_WORDS && isIn(words, line);
        }
    }

    private static boolean isIn(List<String> some, List<String> all) {
        int found = 0;
        for (String word : all) if (found < some.size() && word.equals(some.get(found))) found++;
        return found == some.size();
    }

    /** Without those in capitals, on both sides: they are values in an entry, and in a line names that any entry has. */
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(
                CONVERSION.matcher(PREFIX.matcher(text).replaceFirst("")).replaceAll(" "));
        while (word.find()) if (!word.group().equals(word.group().toUpperCase())) words.add(word.group());
        return words;
    }

    private static List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String folder : SOURCES) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
                sources.addAll(files.filter(file -> file.toString().matches(".*\\.(java|c)"))
                        .filter(file -> !file.toString().contains(COMMANDS))
                        .sorted()
                        .collect(toList()));
            }
        }
        return sources;
    }
}
