/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A link of a page leads to a file that is there, and to a heading that it has. */
class LinksOfThePagesTest {
    private static final Path ROOT = Pages.ROOT;
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("#+ (.*)");

    private final Map<Path, Set<String>> headings = new HashMap<>();

    @Test
    void every_link_leads_to_a_file_and_a_heading() throws IOException {
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Path page : Pages.all()) {
            for (String line : Pages.text(page)) {
                Matcher link = LINK.matcher(line.replaceAll("`[^`]*`", ""));
                while (link.find()) {
                    if (link.group(1).contains("://")) continue;
                    links++;
                    if (!leads(page, link.group(1))) broken.add(ROOT.relativize(page) + ": " + link.group(1));
                }
            }
        }
        assertThat(links).isGreaterThan(100);
        assertThat(broken).isEmpty();
    }

    @Test
    void the_index_names_every_page() throws IOException {
        String index = Files.readString(ROOT.resolve("docs/README.md"));
        for (Path page : Pages.all()) {
            String name = page.getFileName().toString();
            if (page.startsWith(ROOT.resolve("docs")) && !name.equals("README.md"))
                assertThat(index).contains("(" + name);
        }
    }

    private boolean leads(Path page, String link) throws IOException {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
        if (!Files.exists(target)) return false;
        return parts.length == 1 || headings(target).contains(parts[1]);
    }

    /** As they stand in an address: small letters, without punctuation, blanks as hyphens, and a number where there are several of a name. */
    private Set<String> headings(Path page) throws IOException {
        Set<String> known = headings.get(page);
        if (known != null) return known;
        Set<String> found = new HashSet<>();
        for (String line : Pages.text(page)) {
            Matcher heading = HEADING.matcher(line);
            if (!heading.matches()) continue;
            String anchor = heading.group(1)
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .replace(' ', '-');
            for (int more = 1; !found.add(more == 1 ? anchor : anchor + "-" + (more - 1)); more++) {}
        }
        headings.put(page, found);
        return found;
    }
}
