/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.report;

import java.util.Map;

/** Maps, lists, numbers and strings as JSON (RFC 8259), on one line. */
public final class Json {
    private static final String DIGITS = "0123456789abcdef";

    private final StringBuilder text = new StringBuilder(160);

    private Json() {}

    /** Returns the JSON of a map, an iterable, a number or a boolean; of everything else that of its string. */
    public static String of(Object value) {
        Json json = new Json();
        json.append(value);
        return json.text.toString();
    }

    private void append(Object value) {
        if (value instanceof Map) appendMap((Map<?, ?>) value);
        else if (value instanceof Iterable) appendEach((Iterable<?>) value);
        else if (value instanceof Number || value instanceof Boolean) text.append(value);
        else appendString(String.valueOf(value));
    }

    private void appendMap(Map<?, ?> map) {
        text.append('{');
        String comma = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            text.append(comma);
            appendString(String.valueOf(entry.getKey()));
            text.append(':');
            append(entry.getValue());
            comma = ",";
        }
        text.append('}');
    }

    private void appendEach(Iterable<?> values) {
        text.append('[');
        String comma = "";
        for (Object value : values) {
            text.append(comma);
            append(value);
            comma = ",";
        }
        text.append(']');
    }

    private void appendString(String string) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char letter = string.charAt(i);
            if (letter == '"' || letter == '\\') text.append('\\').append(letter);
            else if (letter < ' ' || Character.isSurrogate(letter)) appendCode(letter);
            else text.append(letter);
        }
        text.append('"');
    }

    /* Half a surrogate pair is no UTF-8, so each half goes as an escape. */
    private void appendCode(char letter) {
        text.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) text.append(DIGITS.charAt(letter >> shift & 15));
    }
}
