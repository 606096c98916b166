/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import jdk.internal.misc.Unsafe;

/**
 * Defines {@code java.lang.$RseqCommits}, and behind it {@code $RseqAllocation} and {@code $RseqCalls} (and {@code $RseqCalls17}), into {@code java.base}, once, when
 * the first class that calls it is about to be woven: an application without structures pays nothing for it. The way in is that of the first
 * hook.
 */
final class CommitsHook {
    /** What {@code @Woven(by = ...)} calls it. */
    static final String NAME = "$RseqCommits";

    /** What it has the JDK's cleaner run. */
    private static final String ALLOCATION = "$RseqAllocation";

    /** What it calls. */
    private static final String CALLS = "$RseqCalls";

    /** What that calls, on 17 alone. */
    private static final String CALLS_17 = "$RseqCalls17";

    private static final int WITH_CRITICAL_NATIVES = 17;

    private static boolean defined;
    private static boolean refused;

    private CommitsHook() {}

    /** Whether it is there. The first time that it can't be, all of this process commits atomically, and the hook knows why. */
    static synchronized boolean define() {
        if (defined || refused) return defined;
        try {
            if (Runtime.version().feature() == WITH_CRITICAL_NATIVES) define(CALLS_17);
            define(CALLS);
            define(ALLOCATION);
            define(NAME);
            defined = true;
        } catch (IOException | RuntimeException | LinkageError failure) {
            refused = true;
            $Rseq.refuseCommits("java.lang." + NAME + " and " + CALLS + " can't be defined: " + failure);
        }
        return defined;
    }

    private static void define(String name) throws IOException {
        byte[] file = read("/hook/" + name.substring(1) + ".bytes");
        Unsafe.getUnsafe().defineClass("java/lang/" + name, file, 0, file.length, null, null);
    }

    private static byte[] read(String resource) throws IOException {
        try (InputStream in = CommitsHook.class.getResourceAsStream(resource)) {
            if (in == null) throw new FileNotFoundException(resource);
            return in.readAllBytes();
        }
    }
}
