/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

import io.rseq.agent.engine.report.LineLogger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How structures commit. All but the last call restartable sequences without thread-state transition; each JDK knows at most one way to do
 * that. What is said at the start is a forecast: the committer is opened and checked when the first structure is made.
 */
public enum Committer {
    AUTO,
    /** A downcall with {@code Linker.Option.critical}; JDK 22 and later. */
    FFM_CRITICAL,
    /** A downcall with {@code Linker.Option.isTrivial}, a preview that reflection may use; JDK 21. */
    FFM_TRIVIAL,
    /** A native method that C2 goes past; on x86-64 a critical one, compiled as such by CriticalJNINatives. JDK 17. */
    CRITICAL_JNI,
    /** No sequences: atomic operations on the Java heap. */
    ATOMIC;

    private static final int FIRST_CRITICAL = 22;
    private static final int FIRST_TRIVIAL = 21;
    private static final int LAST_JNI = 17;
    private static final String ZERO = "Zero";

    /** The hook's number for it. */
    public int number() {
        return ordinal();
    }

    /** The log's word for it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static List<String> words() {
        List<String> words = new ArrayList<>();
        for (Committer committer : values()) words.add(committer.word());
        return words;
    }

    /** The wanted committer if this process can have it, as far as can be told now; otherwise the next best, with a warning. */
    static Committer choose(Committer wanted) {
        if (wanted == ATOMIC) return ATOMIC;
        int feature = Runtime.version().feature();
        String vm = System.getProperty("java.vm.name", "");
        boolean constant = $Rseq.hasConstantArea();
        Committer best = constant ? best(feature, vm, isInterpreted()) : ATOMIC;
        if (wanted != AUTO && wanted != best) {
            String reason = constant
                    ? "this is JDK " + feature + ", " + vm
                    : "there is no area at a constant place in each thread";
            LineLogger.LOG.warn(
                    "committer=" + wanted.word() + " is not to be had here, using " + best.word() + ": " + reason);
        }
        return best;
    }

    /** {@code interpreted}: nothing is compiled, no wrapper of a critical native either. HotSpot's Zero has no downcall without a transition. */
    static Committer best(int feature, String vm, boolean interpreted) {
        if (vm.contains(ZERO)) return ATOMIC;
        if (feature >= FIRST_CRITICAL) return FFM_CRITICAL;
        if (feature == FIRST_TRIVIAL) return FFM_TRIVIAL;
        return feature == LAST_JNI && !interpreted ? CRITICAL_JNI : ATOMIC;
    }

    private static boolean isInterpreted() {
        return System.getProperty("java.vm.info", "").startsWith("interpreted");
    }
}
