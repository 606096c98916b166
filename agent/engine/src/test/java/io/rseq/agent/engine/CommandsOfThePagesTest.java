/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.engine.cli.Command;
import io.rseq.agent.engine.report.Pages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the pages have a reader give the agent, its jar and Maven is what these take: by the agent's own parsers, and by the files of the build. */
class CommandsOfThePagesTest {
    private static final String OPERATIONS = "docs/operations.md";
    private static final Pattern ROW = Pattern.compile("\\| (`[^|]+`) \\| (.+) \\| (.+) \\|");
    private static final Pattern SPAN = Pattern.compile("`([^`]+)`");
    private static final Pattern VALUES = Pattern.compile("((?:`[^`]+`(?:, |$|[.:]))+)");

    private static final Pattern AGENT = Pattern.compile(
            "-javaagent:(?:\\$\\{[^}]*rseq[^}]*}|[^\\s=\"'<]*rseq-agent\\.jar)=([^\\s\"'<\\]]+)",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern LOADED = Pattern.compile("JVMTI\\.agent_load \\S*rseq-agent\\.jar '\"([^\"]+)\"'");
    private static final Pattern PROPERTY = Pattern.compile("-D(rseq\\.[a-z.]+)=(\\S*)");
    private static final Pattern VARIABLE = Pattern.compile("\\b(RSEQ_[A-Z_]*[A-Z])(?:=(\\S*))?");
    private static final Pattern OPTION = Pattern.compile("([a-z.]+)=([a-z0-9.]*)");
    private static final Pattern JAR = Pattern.compile("\\bjava -jar \\S*rseq-agent\\.jar ([^;|]+)");
    private static final Pattern ARTIFACT =
            Pattern.compile("\\b(rseq-[a-z]+(?:-[a-z]+)*)(?:[:-]|</artifactId> *<version>)(\\d+\\.\\d+\\.\\d+[\\w-]*)");
    private static final Pattern SCRIPT = Pattern.compile("(?:\\./)?((?:[\\w-]+/)*[\\w-]+\\.sh)( .*)?");

    /** How the pages write what is to be put in. */
    private static final Set<String> FORMS = Set.of("key=value,key=value", "-Drseq.key=value", "RSEQ_KEY");

    /** Of which a page says that the agent does not know it. */
    private static final String UNKNOWN = "adopt=micrometer";

    /** By page. */
    private static final Map<Path, List<String>> CODE = new TreeMap<>();

    private final List<String> wrong = new ArrayList<>();
    private int tried;
    private List<String> benchmarks;

    @BeforeAll
    static void read() throws IOException {
        for (Path page : Pages.all()) CODE.put(Pages.ROOT.relativize(page), Pages.code(page));
    }

    @Test
    void the_agent_takes_all_options_properties_and_variables() {
        forEachCode((page, code) -> {
            if (code.startsWith("mvn ") || FORMS.contains(code)) return;
            for (Pattern given : List.of(AGENT, LOADED))
                given.matcher(code).results().map(match -> match.group(1)).forEach(options -> {
                    if (!FORMS.contains(options)) take(code, Options.of(options, Map.of(), Map.of()));
                });
            PROPERTY.matcher(code)
                    .results()
                    .forEach(match -> take(code, Options.of("", Map.of(match.group(1), match.group(2)), Map.of())));
            VARIABLE.matcher(code).results().forEach(match -> {
                String value = match.group(2) == null ? "" : match.group(2);
                if (!FORMS.contains(match.group(1)))
                    take(code, Options.of("", Map.of(), Map.of(match.group(1), value)));
            });
        });
        assertThat(wrong).isEmpty();
        assertThat(tried).isGreaterThan(12);
    }

    @Test
    void the_table_of_the_options_has_each_key_and_values_that_are_taken() throws IOException {
        Set<String> keys = new TreeSet<>();
        for (Matcher row : rows("## Options")) {
            String key = row.group(1).replace("`", "");
            keys.add(key);
            Matcher values = VALUES.matcher(row.group(3));
            if (!values.lookingAt()) continue;
            spans(values.group(1))
                    .forEach(value -> take(key + "=" + value, Options.of(key + "=" + value, Map.of(), Map.of())));
        }
        String all = Options.of("word", Map.of(), Map.of()).warnings().get(0).replaceFirst(".* key one of ", "");
        assertThat(keys).containsExactlyInAnyOrder(all.split(", "));
        forEachCode((page, code) -> {
            Matcher option = OPTION.matcher(code);
            if (option.matches() && keys.contains(option.group(1)) && !code.equals(UNKNOWN))
                take(page + ": " + code, Options.of(code, Map.of(), Map.of()));
        });
        assertThat(wrong).isEmpty();
        assertThat(tried).isGreaterThan(100);
    }

    @Test
    void the_jar_takes_all_its_commands() throws IOException {
        Set<String> names = new TreeSet<>();
        for (Matcher row : rows("## Command line")) {
            for (String command : spans(row.group(1))) {
                parse(command);
                if (!command.startsWith("-")) names.add(command.split(" ")[0]);
                for (String option : spans(row.group(2))) if (option.startsWith("--")) parse(command + " " + option);
            }
        }
        assertThat(names)
                .isEqualTo(new TreeSet<>(
                        new CommandLine(new Command()).getSubcommands().keySet()));
        forEachCode((page, code) -> {
            Matcher jar = JAR.matcher(code);
            while (jar.find()) if (!jar.group(1).matches("(\\.\\.\\.|\"\\$@\").*")) parse(jar.group(1));
            if (code.contains(" ") && names.contains(code.split(" ")[0])) parse(code);
        });
        assertThat(wrong).isEmpty();
        assertThat(tried).isGreaterThan(20);
    }

    @Test
    void maven_finds_modules_profiles_properties_and_tests_of_all_its_commands() throws IOException {
        List<Path> poms = files("pom\\.xml");
        StringBuilder text = new StringBuilder();
        for (Path pom : poms) text.append(Files.readString(pom));
        Set<String> tests = files(".+(IT|Test)\\.java").stream()
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());
        tests.add("None");
        forEachCode((page, code) -> {
            if (!code.startsWith("mvn ")) return;
            tried++;
            String[] words = code.split("  ", 2)[0].split(" ");
            for (int i = 1; i < words.length; i++) {
                String word = words[i];
                String[] setting = word.split("=", 2);
                boolean known = true;
                if (word.equals("-pl"))
                    for (String module : words[++i].split(","))
                        known &= Files.exists(Pages.ROOT.resolve(module).resolve("pom.xml"));
                else if (word.equals("-f"))
                    known = Files.exists(Pages.ROOT.resolve(page).resolveSibling(words[++i]));
                else if (word.startsWith("-P")) known = text.indexOf("<id>" + word.substring(2) + "</id>") >= 0;
                else if (word.matches("-D(it\\.)?test=.*")) known = tests.containsAll(List.of(setting[1].split(",")));
                else if (word.matches("-D(surefire|failsafe|rseq\\.docs)\\..*")) continue;
                else if (word.startsWith("-D")) known = text.indexOf(setting[0].substring(2)) >= 0;
                if (!known) wrong.add(page + ": " + word + " of " + code);
            }
        });
        assertThat(wrong).isEmpty();
        assertThat(tried).isGreaterThan(15);
    }

    @Test
    void artifacts_and_scripts_are_those_of_the_build() throws IOException {
        benchmarks = files(".+\\.java").stream()
                .filter(file -> file.startsWith(Pages.ROOT.resolve("benchmarks")))
                .map(file -> file.getFileName().toString())
                .toList();
        Map<String, String> versions = new TreeMap<>();
        Pattern head =
                Pattern.compile("(?s)<version>([^<]+)</version>(?:(?!</?parent>).)*?</parent>.*?<artifactId>([^<]+)<");
        for (Path pom : files("pom\\.xml")) {
            Matcher own = head.matcher(Files.readString(pom));
            if (own.find()) versions.put(own.group(2), own.group(1));
        }
        forEachCode((page, code) -> {
            ARTIFACT.matcher(code).results().forEach(artifact -> {
                tried++;
                if (!artifact.group(2).equals(versions.get(artifact.group(1))))
                    wrong.add(page + ": " + artifact.group());
            });
            Matcher script = SCRIPT.matcher(code);
            if (!script.matches() || !script.group(1).contains("/")) return;
            tried++;
            Path file = Pages.ROOT.resolve(script.group(1));
            if (!Files.isExecutable(file)) wrong.add(page + ": " + code);
            else if (script.group(2) != null)
                arguments(page, file, script.group(2).split("  ", 2)[0]);
        });
        assertThat(wrong).isEmpty();
        assertThat(tried).isGreaterThan(10);
    }

    /** What begins with two hyphens, or is a word in small letters, is in the script; what looks like a pattern of benchmarks finds one. */
    private void arguments(Path page, Path script, String arguments) {
        for (String word : arguments.trim().split(" ")) {
            String name = word.replace("'", "");
            boolean known = true;
            if (name.matches("--[a-z]+|[a-z]{3,}"))
                known = Pattern.compile("(?<![\\w-])" + name + "\\b")
                        .matcher(read(script))
                        .find();
            else if (name.matches("[A-Z][a-z].*"))
                known = benchmarks.stream().anyMatch(Pattern.compile(name).asPredicate());
            if (!known) wrong.add(page + ": " + word + " of " + script);
        }
    }

    private interface Look {
        void at(Path page, String code);
    }

    private static void forEachCode(Look look) {
        CODE.forEach((page, codes) -> codes.forEach(code -> look.at(page, code)));
    }

    private void take(String given, Options options) {
        tried++;
        options.warnings().forEach(warning -> wrong.add(given + ": " + warning));
    }

    /** Without what marks a word as one that may be left out or repeated, and with values in place of their names. */
    private void parse(String command) {
        tried++;
        String[] words = command.replaceAll("[\\[\\]]", "")
                .replace("...", "")
                .replace("SECONDS", "2")
                .replaceAll("\\bN\\b", "3")
                .trim()
                .split("[ )]+");
        try {
            new CommandLine(new Command()).parseArgs(words);
        } catch (CommandLine.ParameterException refused) {
            wrong.add(command + ": " + refused.getMessage());
        }
    }

    /** The rows of a section's first table, without its head. */
    private static List<Matcher> rows(String section) throws IOException {
        List<Matcher> rows = new ArrayList<>();
        boolean inTable = false;
        String page = Files.readString(Pages.ROOT.resolve(OPERATIONS));
        for (String line :
                page.substring(page.indexOf("\n" + section + "\n")).lines().toList()) {
            if (line.startsWith("|---")) inTable = true;
            else if (inTable) {
                Matcher row = ROW.matcher(line);
                if (!row.matches()) break;
                rows.add(row);
            }
        }
        assertThat(rows).hasSizeGreaterThan(3);
        return rows;
    }

    private static List<String> spans(String text) {
        return SPAN.matcher(text).results().map(match -> match.group(1)).toList();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static List<Path> files(String name) throws IOException {
        try (Stream<Path> files = Files.walk(Pages.ROOT)) {
            return files.filter(file -> file.getFileName().toString().matches(name)
                            && !file.toString().contains("/target/"))
                    .toList();
        }
    }
}
