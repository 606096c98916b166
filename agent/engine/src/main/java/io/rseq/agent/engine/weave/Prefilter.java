/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

/**
 * Whether a class file can concern us at all: a walk over its constant pool for the descriptors of our annotations. It neither allocates nor
 * parses further, and a file that is not one is simply none of ours. Of the classes that the application loads it sees those alone that have
 * such a descriptor in them at all ({@code $Rseq.namesUs}): a string may have it, too.
 */
final class Prefilter {
    private static final String PER_CPU = "Lio/rseq/PerCpu;";
    private static final String WOVEN = "Lio/rseq/internal/Woven;";

    static final int COUNT_AT = 8;
    static final int POOL_AT = 10;

    /* Bytes of a constant after its tag, by tag (JVMS 4.4); 0: variable, or not a tag. Long and Double take two entries. */
    static final byte[] SIZES = {0, 0, 0, 4, 4, 8, 8, 2, 2, 4, 4, 4, 4, 0, 0, 3, 2, 4, 4, 2, 2};
    static final int UTF8 = 1;
    static final int LONG = 5;
    static final int DOUBLE = 6;

    private Prefilter() {}

    static boolean concernsUs(byte[] file) {
        if (file.length < POOL_AT) return false;
        int count = u2(file, COUNT_AT);
        int at = POOL_AT;
        for (int i = 1; i < count; i++) {
            if (at + 3 > file.length) return false;
            int tag = file[at];
            if (tag == UTF8) {
                int length = u2(file, at + 1);
                at += 3;
                if (length == PER_CPU.length() && equal(PER_CPU, file, at)) return true;
                if (length == WOVEN.length() && equal(WOVEN, file, at)) return true;
                at += length;
            } else {
                if (tag < 0 || tag >= SIZES.length || SIZES[tag] == 0) return false;
                if (tag == LONG || tag == DOUBLE) i++;
                at += 1 + SIZES[tag];
            }
        }
        return false;
    }

    private static boolean equal(String text, byte[] file, int at) {
        if (at + text.length() > file.length) return false;
        for (int i = text.length() - 2; i >= 0; i--) { // from the end, where names differ; both end in ';'
            if (file[at + i] != text.charAt(i)) return false;
        }
        return true;
    }

    static int u2(byte[] file, int at) {
        return (file[at] & 0xFF) << 8 | file[at + 1] & 0xFF;
    }
}
