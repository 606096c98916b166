/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The agent's events of a recording, as the JDK's own {@code jfr} prints them. */
record RecordedEvents(Path file, List<Map<String, String>> transitions, List<Map<String, String>> totals) {
    static RecordedEvents of(World world, Path file) {
        List<String> lines = Command.of(world.jdk().tool("jfr"), "print", "--events", "rseq.*", file.toString())
                .run()
                .succeeded()
                .out();
        List<Map<String, String>> transitions = new ArrayList<>();
        List<Map<String, String>> totals = new ArrayList<>();
        Map<String, String> event = null;
        for (String line : lines) {
            if (line.startsWith("rseq.")) {
                event = new LinkedHashMap<>();
                (line.startsWith("rseq.Transition ") ? transitions : totals).add(event);
            }
            int equals = line.indexOf(" = ");
            if (equals > 0) event.put(line.substring(0, equals).trim(), line.substring(equals + " = ".length()));
        }
        return new RecordedEvents(file, transitions, totals);
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
