/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.cli;

import io.rseq.agent.engine.NamedStructures;
import io.rseq.agent.engine.report.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a JVM with the agent answered: the start line, the totals, a line per named structure, and one per thread, or a warning in their place. */
final class StatusText {
    private static final String WARNING = "WARN ";

    private final String inForce;
    private final Map<String, String> totals;
    private final List<Map<String, String>> structures = new ArrayList<>();
    private final List<Map<String, String>> threads = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    StatusText(String text) {
        String[] lines = text.split("\n");
        inForce = lines[0];
        totals = lines.length > 1 ? Facts.of(lines[1]) : Map.of();
        for (int i = 2; i < lines.length; i++) {
            if (lines[i].startsWith(WARNING)) warnings.add(lines[i].substring(WARNING.length()));
            else if (NamedStructures.isLine(lines[i])) structures.add(Facts.of(lines[i]));
            else threads.add(Facts.of(lines[i]));
        }
    }

    String inForce() {
        return inForce;
    }

    Map<String, String> totals() {
        return totals;
    }

    List<Map<String, String>> structures() {
        return structures;
    }

    List<Map<String, String>> threads() {
        return threads;
    }

    String json(String pid) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("pid", Long.valueOf(pid));
        all.put("inForce", Facts.typed(Facts.of(inForce)));
        all.put("totals", Facts.typed(totals));
        all.put("structures", typed(structures));
        all.put("threads", typed(threads));
        all.put("warnings", warnings);
        return Json.of(all);
    }

    private static List<Object> typed(List<Map<String, String>> lines) {
        List<Object> rows = new ArrayList<>();
        for (Map<String, String> line : lines) rows.add(Facts.typed(line));
        return rows;
    }
}
