/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import java.nio.charset.StandardCharsets;

/**
 * The name that a class file itself gives its class. The bytes may be anything. {@link Prefilter} goes through the same constants, but keeps
 * nothing of them, and ends at the first of ours: it sees every class that names us, this few.
 */
final class ClassName {
    private static final int[] MAGIC = {0xCA, 0xFE, 0xBA, 0xBE};

    private static final int CLASS = 7;

    private ClassName() {}

    /** As {@code java/lang/Object}; null where there is none, since the bytes are no class file or no whole one. */
    static String in(byte[] file) {
        try {
            for (int i = 0; i < MAGIC.length; i++) if ((file[i] & 0xFF) != MAGIC[i]) return null;
            return read(file);
        } catch (IndexOutOfBoundsException truncated) {
            return null;
        }
    }

    private static String read(byte[] file) {
        int[] pool = new int[Prefilter.u2(file, Prefilter.COUNT_AT)];
        int at = Prefilter.POOL_AT;
        for (int i = 1; i < pool.length; i++) {
            pool[i] = at;
            int tag = file[at];
            if (tag == Prefilter.UTF8) {
                at += 3 + Prefilter.u2(file, at + 1);
            } else {
                if (Prefilter.SIZES[tag] == 0) return null;
                if (tag == Prefilter.LONG || tag == Prefilter.DOUBLE) i++;
                at += 1 + Prefilter.SIZES[tag];
            }
        }
        int thisClass = pool[Prefilter.u2(file, at + 2)];
        if (file[thisClass] != CLASS) return null;
        int name = pool[Prefilter.u2(file, thisClass + 1)];
        if (file[name] != Prefilter.UTF8) return null;
        // but for characters outside the first plane, which the JVM writes otherwise
        return new String(file, name + 3, Prefilter.u2(file, name + 1), StandardCharsets.UTF_8);
    }
}
