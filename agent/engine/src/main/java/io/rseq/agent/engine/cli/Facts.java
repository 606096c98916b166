/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The facts of a line of {@code key=value}, in their order. */
final class Facts {
    /** What a {@code long} surely holds. */
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");

    /** Whose values are words, whatever they look like. */
    private static final List<String> NAMES = List.of("thread", "structure");

    private Facts() {}

    /** A word without '=' belongs to the value before it; what comes before the first key is no fact. */
    static Map<String, String> of(String line) {
        Map<String, String> facts = new LinkedHashMap<>();
        String key = null;
        for (String word : line.split(" ")) {
            int equals = word.indexOf('=');
            if (equals < 0 && key != null) {
                facts.merge(key, word, (before, more) -> before + " " + more);
            } else if (equals > 0) {
                key = word.substring(0, equals);
                facts.put(key, word.substring(equals + 1));
            }
        }
        return facts;
    }

    /** The same as JSON's values: numbers where they are whole numbers. */
    static Map<String, Object> typed(Map<String, String> facts) {
        Map<String, Object> typed = new LinkedHashMap<>();
        facts.forEach((key, value) ->
                typed.put(key, !NAMES.contains(key) && NUMBER.matcher(value).matches() ? Long.valueOf(value) : value));
        return typed;
    }
}
