/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

import io.rseq.agent.engine.report.LineLogger;
import io.rseq.agent.engine.report.Reason;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The application's structures that have names. The API keeps them, and each class loader may have an API of its own: this asks each that is loaded
 * now, and holds none of them.
 */
public final class NamedStructures {
    private static final String KEEPER = "io.rseq.Structures";
    private static final String BEFORE_A_LINE = "structure=";

    private NamedStructures() {}

    /** Returns the figures of each by its name; of several with one name in several loaders one. */
    public static SortedMap<String, Map<String, Long>> figures() {
        SortedMap<String, Map<String, Long>> all = new TreeMap<>();
        for (Class<?> type : Engine.instrumentation().getAllLoadedClasses()) {
            if (type.getName().equals(KEEPER)) putFigures(type, all);
        }
        return all;
    }

    private static void putFigures(Class<?> keeper, Map<String, Map<String, Long>> all) {
        try {
            for (Map.Entry<?, ?> each : ((Map<?, ?>) keeper.getMethod("figures").invoke(null)).entrySet()) {
                Map<String, Long> figures = new TreeMap<>();
                for (Map.Entry<?, ?> figure : ((Map<?, ?>) each.getValue()).entrySet())
                    figures.put((String) figure.getKey(), (Long) figure.getValue());
                all.put((String) each.getKey(), figures);
            }
        } catch (ReflectiveOperationException | RuntimeException | LinkageError unknown) {
            LineLogger.LOG.warn("named structures are not shown: " + Reason.of(unknown));
        }
    }

    /** Returns a line for each, blanks in names as underscores. */
    static String lines() {
        StringBuilder lines = new StringBuilder();
        for (Map.Entry<String, Map<String, Long>> each : figures().entrySet()) {
            lines.append(BEFORE_A_LINE).append(each.getKey().replaceAll("\\s", "_"));
            for (Map.Entry<String, Long> figure : each.getValue().entrySet())
                lines.append(' ').append(figure.getKey()).append('=').append(figure.getValue());
            lines.append('\n');
        }
        return lines.toString();
    }

    /** Whether a line of a status is one of these. */
    public static boolean isLine(String line) {
        return line.startsWith(BEFORE_A_LINE);
    }
}
