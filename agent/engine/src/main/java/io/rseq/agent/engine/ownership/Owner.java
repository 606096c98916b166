/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.ownership;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Who registered a thread's area; in the order of the C side's {@code enum owner}. */
public enum Owner {
    NONE,
    GLIBC,
    LIBRSEQ,
    FOREIGN,
    AGENT,
    UNKNOWN;

    private static final Owner[] VALUES = values();

    /** The log's word for it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All words, in order. */
    public static List<String> words() {
        List<String> words = new ArrayList<>();
        for (Owner owner : VALUES) words.add(owner.word());
        return words;
    }

    static Owner of(int number) {
        return number >= 0 && number < VALUES.length ? VALUES[number] : UNKNOWN;
    }
}
