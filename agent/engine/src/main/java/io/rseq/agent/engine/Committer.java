/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

import io.rseq.agent.engine.report.LineLogger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How structures commit. What the start line says is a forecast: sequences are opened and checked when the first structure is made.
 */
public enum Committer {
    /** Sequences where there are any. */
    AUTO,
    /** Restartable sequences. Each generation of the JDK has one way to enter them: {@code $RseqCalls} in the hook. */
    SEQUENCES,
    /** Atomic operations on the Java heap. */
    ATOMIC;

    private static final int FIRST_WITH_LINKER = 21;
    private static final int WITH_NATIVE_METHODS = 17;
    private static final String ZERO = "Zero";

    /** The hook's number for it. */
    public int number() {
        return ordinal();
    }

    /** The log's word for it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static List<String> words() {
        List<String> words = new ArrayList<>();
        for (Committer committer : values()) words.add(committer.word());
        return words;
    }

    /** The wanted committer if this process can have it, as far as is known now; otherwise the next best, with a warning. */
    static Committer choose(Committer wanted) {
        if (wanted == ATOMIC) return ATOMIC;
        int feature = Runtime.version().feature();
        String vm = System.getProperty("java.vm.name", "");
        boolean constant = $Rseq.hasConstantArea();
        Committer best = constant ? best(feature, vm) : ATOMIC;
        if (wanted != AUTO && wanted != best) {
            String reason = constant
                    ? "this is JDK " + feature + ", " + vm
                    : "there is no area at a constant place in each thread";
            LineLogger.LOG.warn(
                    "committer=" + wanted.word() + " is not available here, using " + best.word() + ": " + reason);
        }
        return best;
    }

    /** HotSpot's Zero has no call without a transition. */
    static Committer best(int feature, String vm) {
        boolean entered = feature >= FIRST_WITH_LINKER || feature == WITH_NATIVE_METHODS;
        return entered && !vm.contains(ZERO) ? SEQUENCES : ATOMIC;
    }
}
