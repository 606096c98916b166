/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import java.nio.charset.StandardCharsets;

/**
 * What the constant pool of a class file says before ASM reads the file: whether the class bears an annotation of ours, and its name. The bytes may be
 * anything: a file that is not one is none of ours, and has no name.
 */
public final class Constants {
    private static final String PER_CPU = "Lio/rseq/PerCpu;";
    private static final String WOVEN = "Lio/rseq/internal/Woven;";

    private static final int[] MAGIC = {0xCA, 0xFE, 0xBA, 0xBE};
    private static final int COUNT_AT = 8;
    private static final int POOL_AT = 10;

    /* Bytes of a constant after its tag, by tag (JVMS 4.4); 0: variable, or not a tag. Long and Double take two entries. */
    private static final byte[] SIZES = {0, 0, 0, 4, 4, 8, 8, 2, 2, 4, 4, 4, 4, 0, 0, 3, 2, 4, 4, 2, 2};
    private static final int UTF8 = 1;
    private static final int LONG = 5;
    private static final int DOUBLE = 6;
    private static final int CLASS = 7;

    private Constants() {}

    /**
     * Returns whether a descriptor of our annotations is among the constants. Allocates nothing for a whole file. Of the classes that the application loads it sees
     * those alone that have such a descriptor in them at all ({@code $Rseq.namesUs}): a string may have it, too.
     */
    static boolean concernUs(byte[] file) {
        try {
            int count = u2(file, COUNT_AT);
            int at = POOL_AT;
            for (int i = 1; i < count; i += entries(file, at), at = next(file, at)) {
                if (file[at] == UTF8 && (is(PER_CPU, file, at) || is(WOVEN, file, at))) return true;
            }
            return false;
        } catch (IndexOutOfBoundsException truncated) {
            return false;
        }
    }

    /** Returns the name that the class file itself gives its class, as {@code java/lang/Object}; null where the bytes are no class file. */
    public static String className(byte[] file) {
        try {
            for (int i = 0; i < MAGIC.length; i++) if ((file[i] & 0xFF) != MAGIC[i]) return null;
            int[] pool = new int[u2(file, COUNT_AT)];
            int at = POOL_AT;
            for (int i = 1; i < pool.length; i += entries(file, at), at = next(file, at)) pool[i] = at;
            int thisClass = pool[u2(file, at + 2)];
            if (file[thisClass] != CLASS) return null;
            int name = pool[u2(file, thisClass + 1)];
            if (file[name] != UTF8) return null;
            // but for characters outside the first plane, which the JVM writes otherwise
            return new String(file, name + 3, u2(file, name + 1), StandardCharsets.UTF_8);
        } catch (IndexOutOfBoundsException truncated) {
            return null;
        }
    }

    /** Behind the constant at {@code at}; behind the file where that is none. */
    private static int next(byte[] file, int at) {
        int tag = file[at];
        if (tag == UTF8) return at + 3 + u2(file, at + 1);
        return tag < 0 || tag >= SIZES.length || SIZES[tag] == 0 ? file.length : at + 1 + SIZES[tag];
    }

    private static int entries(byte[] file, int at) {
        return file[at] == LONG || file[at] == DOUBLE ? 2 : 1;
    }

    private static boolean is(String text, byte[] file, int at) {
        if (u2(file, at + 1) != text.length()) return false;
        for (int i = text.length() - 2; i >= 0; i--) { // from the end, where names differ; both end in ';'
            if (file[at + 3 + i] != text.charAt(i)) return false;
        }
        return true;
    }

    private static int u2(byte[] file, int at) {
        return (file[at] & 0xFF) << 8 | file[at + 1] & 0xFF;
    }
}
