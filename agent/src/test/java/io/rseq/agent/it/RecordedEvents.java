/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The agent's events of a recording, as the JDK's own {@code jfr} prints them. */
record RecordedEvents(
        Path file,
        List<Map<String, String>> transitions,
        List<Map<String, String>> totals,
        List<Map<String, String>> structures) {
    static RecordedEvents of(World world, Path file) {
        List<String> lines = Command.of(world.jdk().tool("jfr"), "print", "--events", "rseq.*", file.toString())
                .run()
                .succeeded()
                .out();
        List<Map<String, String>> transitions = new ArrayList<>();
        List<Map<String, String>> totals = new ArrayList<>();
        List<Map<String, String>> structures = new ArrayList<>();
        Map<String, String> event = null;
        for (String line : lines) {
            if (line.startsWith("rseq.")) {
                event = new LinkedHashMap<>();
                if (line.startsWith("rseq.Transition ")) transitions.add(event);
                else if (line.startsWith("rseq.Structure ")) structures.add(event);
                else totals.add(event);
            }
            int equals = line.indexOf(" = ");
            if (equals > 0) event.put(line.substring(0, equals).trim(), line.substring(equals + " = ".length()));
        }
        return new RecordedEvents(file, transitions, totals, structures);
    }

    /** The transitions as the log writes them. */
    List<String> logLines() {
        return transitions.stream().map(RecordedEvents::logLine).toList();
    }

    /** Those of threads that the program started when it was recorded. */
    List<String> recordedThreads() {
        return logLines().stream()
                .filter(line -> line.contains(" thread=recorded_"))
                .toList();
    }

    Map<String, String> lastTotals() {
        return totals.get(totals.size() - 1);
    }

    /** The last value of a figure of all CPUs together, and the sum of its last values on each. */
    long[] figure(String structure, String figure) {
        Map<Integer, Long> byCpu = new TreeMap<>();
        for (Map<String, String> event : structures) {
            if (text(event, "structure").equals(structure)
                    && text(event, "figure").equals(figure))
                byCpu.put(Integer.valueOf(event.get("cpu")), Long.valueOf(event.get("value")));
        }
        Long all = byCpu.remove(-1);
        return new long[] {
            all == null ? -1 : all,
            byCpu.values().stream().mapToLong(Long::longValue).sum()
        };
    }

    private static String logLine(Map<String, String> event) {
        String name = text(event, "thread").replace(' ', '_');
        String transition = text(event, "transition");
        String line = "rseq: DEBUG thread=" + name + " tid=" + event.get("tid") + " " + transition;
        if (transition.equals("released"))
            return line + " refcount=" + event.get("refcount") + " action=" + text(event, "action");
        return line + " owner=" + text(event, "owner") + " refcount=" + event.get("refcount") + " area="
                + event.get("area").toLowerCase(Locale.ROOT);
    }

    private static String text(Map<String, String> event, String field) {
        String value = event.get(field);
        return value.startsWith("\"") ? value.substring(1, value.length() - 1) : value;
    }
}
