/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;

/**
 * What the cells of the matrix showed, as the table of Markdown that {@code docs/appendix-ownership.md} holds. One row stands for every JDK: what they
 * show must be the same. The column of a virtual thread is that of the JDKs that have them.
 */
final class OwnershipTable {
    private static final String HEADING =
            "| glibc | library | comes | owner | library on `main` | on a platform thread | on a virtual"
                    + " thread | on a native thread | counted |\n|---|---|---|---|---|---|---|---|---|\n";

    private static final String VIRTUAL = "virtual";
    private static final String REGENERATE = "mvn verify -pl agent -am -Dtest=None -Dit.test=OwnershipMatrixIT"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false -Drseq.docs.write=true";

    /** By glibc, library and way; by JDK what it showed. */
    private final Map<String, Map<String, String>> rows = new LinkedHashMap<>();

    private final Set<Neighbour.Cell> seen = new HashSet<>();
    private boolean virtualThreads;

    synchronized void add(Neighbour.Cell cell, Outcome outcome) {
        seen.add(cell);
        Jdk jdk = cell.world().jdk();
        virtualThreads |= jdk.hasVirtualThreads();
        List<String> columns = new ArrayList<>();
        columns.add(outcome.startLine().get("owner"));
        columns.add(seen(outcome, "main"));
        columns.add(seen(outcome, "platform"));
        columns.add(jdk.hasVirtualThreads() ? seen(outcome, "virtual") : VIRTUAL);
        columns.add(errno(outcome.fact("native.errno")) + (cell.nativeFirst() ? ", first" : ""));
        columns.add(counted(outcome));
        String key =
                "| " + (cell.world().glibc() ? "on" : "off") + " | " + cell.neighbour() + " | " + cell.way() + " | ";
        rows.computeIfAbsent(key, none -> new LinkedHashMap<>()).put(jdk.toString(), String.join(" | ", columns));
    }

    boolean isWhole(List<Neighbour.Cell> cells) {
        return seen.containsAll(cells);
    }

    /** Writes {@code target/ownership-matrix.md}. */
    void write() throws IOException {
        Path file = AgentJar.buildFolder().resolveSibling("ownership-matrix.md");
        Files.writeString(file, HEADING + String.join("\n", lines()) + "\n");
    }

    /** Fails where the page shows something else, or writes it. A glibc without rseq has the rows of glibc=off alone. */
    void compare() throws IOException {
        rows.forEach((key, jdks) -> assertThat(withoutVirtual(jdks))
                .as("every JDK shows the same: %s%s", key, jdks)
                .hasSize(1));
        Assumptions.assumeTrue(virtualThreads, "the table is made on a machine that has a JDK with virtual threads");
        Path page = Path.of(System.getProperty("rseq.docs")).resolve("appendix-ownership.md");
        List<String> text = Files.readAllLines(page);
        boolean both = lines().get(0).startsWith("| on ");
        List<String> shown = text.stream().filter(line -> isRow(line, both)).toList();
        if (Boolean.getBoolean("rseq.docs.write")) {
            int at = text.indexOf(HEADING.split("\n")[0]) + 2;
            text.removeIf(line -> isRow(line, both));
            text.addAll(at, lines());
            Files.writeString(page, String.join("\n", text) + "\n");
        } else {
            assertThat(shown)
                    .as("docs/appendix-ownership.md does not show what was seen; this writes it: %s", REGENERATE)
                    .isEqualTo(lines());
        }
    }

    private static boolean isRow(String line, boolean both) {
        return line.startsWith("| off | ") || both && line.startsWith("| on | ");
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        rows.forEach((key, jdks) -> {
            String shown = jdks.values().iterator().next();
            for (String columns : jdks.values()) {
                if (!hasVirtualGap(columns)) shown = columns;
            }
            lines.add(key + shown + " |");
        });
        return lines;
    }

    private static Set<String> withoutVirtual(Map<String, String> jdks) {
        Set<String> different = new HashSet<>();
        for (String columns : jdks.values()) {
            String[] parts = columns.split(" \\| ", -1);
            parts[3] = VIRTUAL;
            different.add(String.join(" | ", parts));
        }
        return different;
    }

    private static boolean hasVirtualGap(String columns) {
        return columns.split(" \\| ", -1)[3].equals(VIRTUAL);
    }

    /** Errno of the library's register, where the kernel's registration was then and after its unregister, and the shared counts. */
    private static String seen(Outcome outcome, String thread) {
        String in = outcome.fact(thread + ".in");
        String after = outcome.fact(thread + ".after");
        String before = errno(Observed.of(in, "errno")) + " " + place(in);
        return Observed.of(in, "errno").equals("0") ? before + ", then " + place(after) : before;
    }

    private static String errno(String number) {
        return number.equals("22") ? "EINVAL" : number;
    }

    private static String place(String state) {
        String count = Observed.of(state, "refcount");
        return Observed.of(state, "kernel") + (count.equals("-1") ? "" : " " + count);
    }

    /** What the agent's totals are not 0 of. How many differs with the threads that a JVM has. */
    private static String counted(Outcome outcome) {
        List<String> counted = new ArrayList<>();
        for (String key : List.of("registered", "adopted", "refused", "reregistered")) {
            if (!outcome.exitLine().get(key).equals("0")) counted.add(key);
        }
        return String.join(" ", counted);
    }
}
