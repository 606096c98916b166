/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What each cell of the matrix showed, as a table of Markdown. */
final class OwnershipTable {
    private static final String HEADING =
            "| world | library | comes | owner | library on `main` | on a platform thread | on a virtual"
                    + " thread | agent's totals | end |\n|---|---|---|---|---|---|---|---|---|\n";

    private final List<String> rows = new ArrayList<>();

    void add(Neighbour.Cell cell, Outcome outcome) {
        List<String> columns = new ArrayList<>(List.of(
                cell.world().toString(),
                cell.neighbour().toString(),
                cell.way().toString(),
                outcome.startLine().get("owner")));
        for (String thread : List.of("main", "platform", "virtual")) columns.add(seen(outcome, thread));
        columns.add(outcome.exitCode() == 0 ? totals(outcome) : "");
        columns.add(outcome.exitCode() == 0 ? "0" : "SIGABRT");
        rows.add("| " + String.join(" | ", columns) + " |");
    }

    void write() throws IOException {
        Path file = AgentJar.buildFolder().resolveSibling("ownership-matrix.md");
        Files.writeString(file, HEADING + String.join("\n", rows) + "\n");
    }

    /** Errno of the library's register, where the kernel's registration was then and after its unregister, and the shared counts. */
    private static String seen(Outcome outcome, String thread) {
        if (outcome.out().stream().noneMatch(line -> line.startsWith(thread + ".in="))) return "";
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

    private static String totals(Outcome outcome) {
        StringBuilder text = new StringBuilder();
        for (String key : List.of("registered", "released", "live", "adopted", "refused", "reregistered")) {
            String value = outcome.exitLine().get(key);
            if (!value.equals("0"))
                text.append(text.length() == 0 ? "" : " ")
                        .append(key)
                        .append('=')
                        .append(value);
        }
        return text.toString();
    }
}
