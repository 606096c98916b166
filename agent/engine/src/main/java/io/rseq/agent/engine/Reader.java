/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

import io.rseq.agent.engine.report.LineLogger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How the index is read, fastest first. A reader is used only after its check passed in this very process. */
public enum Reader {
    AUTO,
    /** Loads alone, from the Thread to the area. */
    RAW,
    /** A downcall without thread-state transition; JDK 21 and later. */
    FFM,
    /** A plain JNI call. */
    JNI,
    /** {@code getcpu}, for threads that have no area that we can read. */
    GETCPU;

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
        for (Reader reader : values()) words.add(reader.word());
        return words;
    }

    /**
     * The wanted reader if it is available here, otherwise the next best, with a warning. Virtual threads are checked when the first one
     * comes (see the hook): starting one here would start the JDK's scheduler before the application configures it.
     */
    static Reader choose(Reader wanted) {
        boolean area = $Rseq.hasArea();
        boolean constant = $Rseq.hasConstantArea();
        if ((wanted == AUTO || wanted == RAW) && constant && $Rseq.checkRaw()) return RAW;
        if (wanted == RAW)
            LineLogger.LOG.warn("reader=raw is not available here: the chain of loads did not lead to the area");
        if (wanted == GETCPU || !area) return GETCPU;
        if (wanted == JNI) return JNI;
        String failure = constant ? $Rseq.openFfm() : "the area lies elsewhere in each thread";
        if (failure == null) return FFM;
        if (wanted == FFM) LineLogger.LOG.warn("reader=ffm is not available here, using jni: {}", failure);
        return JNI;
    }
}
