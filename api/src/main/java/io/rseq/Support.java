/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is in force in this process, in the vocabulary of the agent's start line: {@code owner}, {@code area}, {@code size}, {@code
 * features}, {@code kernel}, {@code cpus}, {@code reader}, {@code committer}. Immutable. {@link #toString()} prints it in one line.
 *
 * @since 0.1.0
 */
public final class Support {
    private static final Support NONE = new Support("", Map.of());

    private final String line;
    private final Map<String, String> facts;

    private Support(String line, Map<String, String> facts) {
        this.line = line;
        this.facts = facts;
    }

    /** {@code committer}: whether the one in {@code description} is in force for this class loader's copy of the API; if not, it commits atomically. */
    static Support of(String description, boolean committer) {
        if (description == null || description.isEmpty()) return NONE;
        String line = committer ? description : description.replaceFirst("committer=\\S*", "committer=atomic");
        return new Support(line, parse(line));
    }

    /** Whether the agent is loaded, in this class loader's copy of the API as well. */
    public boolean agent() {
        return this != NONE;
    }

    /** Whether an index is read from the kernel's area, rather than asked for or made up. */
    public boolean accelerated() {
        return agent() && !reader().equals("getcpu");
    }

    /** Who registered the area: {@code glibc}, {@code agent}, {@code foreign}, {@code librseq}, {@code unknown} or {@code none}. */
    public String owner() {
        return fact("owner");
    }

    /** How an index is read: {@code raw}, {@code ffm}, {@code jni}, {@code getcpu}, or {@code none} without the agent. */
    public String reader() {
        return fact("reader");
    }

    /** How the structures commit, or {@code none}. */
    public String committer() {
        return fact("committer");
    }

    /** All facts by key, in the order of the start line. Empty without the agent. */
    public Map<String, String> facts() {
        return facts;
    }

    @Override
    public String toString() {
        if (this == NONE)
            return "agent=none cpus=" + Cpus.count() + "; add -javaagent:rseq-agent.jar for the real index";
        return "agent=loaded " + line;
    }

    private String fact(String key) {
        return facts.getOrDefault(key, "none");
    }

    /* "owner=glibc 2.36 area=..": a word without '=' belongs to the value before it, and only the first word is the value's name. */
    private static Map<String, String> parse(String description) {
        Map<String, String> facts = new LinkedHashMap<>();
        for (String word : description.split(" ")) {
            int equals = word.indexOf('=');
            if (equals > 0) facts.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return Collections.unmodifiableMap(facts);
    }
}
