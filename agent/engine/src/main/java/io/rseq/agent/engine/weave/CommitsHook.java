/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import jdk.internal.misc.Unsafe;

/**
 * Defines {@code java.lang.$RseqCommits} into {@code java.base}, once, when the first class that calls it is about to be woven: an
 * application without structures pays nothing for it. The way in is that of the first hook.
 */
final class CommitsHook {
    /** What {@code @Woven(by = ...)} calls it. */
    static final String NAME = "$RseqCommits";

    private static final String BYTES = "/hook/RseqCommits.bytes";

    private static boolean defined;
    private static boolean refused;

    private CommitsHook() {}

    /** Whether it is there. The first time that it can't be, all of this process commits atomically, and the hook knows why. */
    static synchronized boolean define() {
        if (defined || refused) return defined;
        try {
            byte[] file = read();
            Unsafe.getUnsafe().defineClass("java/lang/" + NAME, file, 0, file.length, null, null);
            defined = true;
        } catch (IOException | RuntimeException | LinkageError failure) {
            refused = true;
            $Rseq.refuseCommits("java.lang." + NAME + " can't be defined: " + failure);
        }
        return defined;
    }

    private static byte[] read() throws IOException {
        try (InputStream in = CommitsHook.class.getResourceAsStream(BYTES)) {
            if (in == null) throw new FileNotFoundException(BYTES);
            return in.readAllBytes();
        }
    }
}
