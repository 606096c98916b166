/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import java.util.List;

/**
 * The classes that are left as they are though they are annotated: those that the user names, and mocks and proxies. A mock copies the
 * annotations of what it overrides, and what it verifies and stubs by are the arguments that callers pass. Nothing but a generator's name
 * for it tells such a class from another.
 */
final class Exclusions {
    private static final List<String> GENERATED = List.of(
            "*$MockitoMock$*",
            "*$ByteBuddy$*",
            "*$$EnhancerBy*",
            "*$$SpringCGLIB$$*",
            "*_$$_jvst*",
            "*$HibernateProxy$*");

    /** The class that Mockito's inline mocks call. */
    static final String INLINE_MOCK = "org/mockito/internal/creation/bytebuddy/inject/MockMethodDispatcher";

    private final List<String> patterns;

    Exclusions(List<String> patterns) {
        this.patterns = patterns;
    }

    /** Whether the user excluded it. */
    boolean has(String className) {
        return matchesAny(patterns, className);
    }

    /** Whether it is a mock or a proxy. */
    static boolean isGenerated(String className) {
        return matchesAny(GENERATED, className);
    }

    private static boolean matchesAny(List<String> patterns, String className) {
        for (String pattern : patterns) if (matches(pattern, className)) return true;
        return false;
    }

    /** A {@code *} stands for any characters; the text between stars must come in that order, and at the ends if no star is there. */
    static boolean matches(String pattern, String text) {
        int star = pattern.indexOf('*');
        if (star < 0) return pattern.equals(text);
        if (!text.startsWith(pattern.substring(0, star))) return false;
        int at = star;
        for (int next = pattern.indexOf('*', star + 1); next >= 0; next = pattern.indexOf('*', star + 1)) {
            String part = pattern.substring(star + 1, next);
            int found = text.indexOf(part, at);
            if (found < 0) return false;
            at = found + part.length();
            star = next;
        }
        String end = pattern.substring(star + 1);
        return text.length() - end.length() >= at && text.endsWith(end);
    }
}
