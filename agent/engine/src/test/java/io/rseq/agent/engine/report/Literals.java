/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.report;

import java.util.ArrayList;
import java.util.List;

/**
 * The texts that a source file of Java or C puts together from string literals. Literals that '+', or in C nothing, joins are one text; whatever is
 * between them is left out. What stands in an annotation, a static assertion, assembly or a line of the preprocessor is none.
 */
final class Literals {
    private final String source;
    private final List<String> texts = new ArrayList<>();
    private int at;

    private Literals(String source) {
        this.source = source;
    }

    static List<String> of(String source) {
        Literals literals = new Literals(source);
        literals.expression(false);
        return literals.texts;
    }

    /** Reads up to the bracket that closes what is open here, or the end. */
    private void expression(boolean ignored) {
        StringBuilder text = new StringBuilder();
        boolean ignoresNext = false;
        while (at < source.length()) {
            char c = source.charAt(at);
            if (source.startsWith("/*", at)) at = end("*/");
            else if (source.startsWith("//", at) || c == '#' && isFirstInLine()) at = end("\n");
            else if (c == '"') text.append(literal()).append(' ');
            else if (c == '\'') literal();
            else if (c == '@' || source.startsWith("_Static_assert", at) || source.startsWith("__asm__", at)) {
                ignoresNext = true;
                at++;
                while (at < source.length() && isPartOfName(source.charAt(at))) at++;
            } else if (c == '(' || c == '{' || c == '[') {
                at++;
                expression(ignored || ignoresNext && c == '(');
                ignoresNext = false;
                if (c == '{') ends(text, ignored);
            } else if (c == ')' || c == '}' || c == ']') {
                at++;
                break;
            } else {
                if (c == ',' || c == ';' || c == '?' || c == ':' || c == '=') ends(text, ignored);
                if (!Character.isWhitespace(c)) ignoresNext = false;
                at++;
            }
        }
        ends(text, ignored);
    }

    private void ends(StringBuilder text, boolean ignored) {
        if (text.length() > 0 && !ignored) texts.add(text.toString().trim());
        text.setLength(0);
    }

    private int end(String mark) {
        int found = source.indexOf(mark, at);
        return found < 0 ? source.length() : found + mark.length();
    }

    private boolean isFirstInLine() {
        return source.substring(source.lastIndexOf('\n', at) + 1, at).isBlank();
    }

    private static boolean isPartOfName(char c) {
        return Character.isJavaIdentifierPart(c) || c == '.';
    }

    /** Of a string or a character, without its quotes; escapes are left out. */
    private String literal() {
        char quote = source.charAt(at++);
        StringBuilder literal = new StringBuilder();
        while (source.charAt(at) != quote) {
            if (source.charAt(at) == '\\') at++;
            else literal.append(source.charAt(at));
            at++;
        }
        at++;
        return literal.toString();
    }
}
