/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import jdk.internal.misc.Unsafe;

/**
 * Defines {@code java.lang.$RseqCommits} and {@code $RseqMemory}, and what these call, {@code $RseqCalls} in the form for this JDK,
 * into {@code java.base}, once, when the first class that calls them is about to be woven: an application without structures pays nothing for
 * it. The way in is that of the first hook.
 */
public final class CommitsHook {
    /** What {@code @Woven(by = ...)} calls them. */
    private static final String COMMITS = "$RseqCommits";

    private static final String MEMORY = "$RseqMemory";

    private static final String CALLS = "$RseqCalls";

    private static final int LAST_WITHOUT_LINKER = 17;

    /** Each behind what it calls. */
    private static final String[] ALL = {
        "$RseqSequences", MEMORY, CALLS, "$RseqRecords", "$RseqOpening", "$RseqAllocation", COMMITS
    };

    /** How many of them are there. */
    private static int defined;

    /** Those behind them that are there, each for one adoption. */
    private static final Set<String> FURTHER = new HashSet<>();

    private static boolean refused;

    private CommitsHook() {}

    /** Whether this is what {@code @Woven(by = ...)} calls one of them. */
    static boolean has(String name) {
        return name.equals(COMMITS) || name.equals(MEMORY);
    }

    /**
     * Whether they are there. The first time that they can't be, all of this process commits atomically, and the hook knows why. Where heap or stack
     * end meanwhile, the next call goes on with what is not defined yet.
     */
    static synchronized boolean define() {
        if (refused) return false;
        try {
            for (; defined < ALL.length; defined++) {
                if (ALL[defined] == MEMORY) $Rseq.sizeMemory();
                defineOne(ALL[defined]);
            }
        } catch (IOException | RuntimeException | LinkageError failure) {
            refused = true;
            $Rseq.refuseCommits("java.lang." + COMMITS + " and what it needs can't be defined: " + failure);
        }
        return !refused;
    }

    /** Whether they are there, and that class of the hook as well, which an adoption's rerouted classes call. */
    public static synchronized boolean define(String further) throws IOException {
        if (!define()) return false;
        if (FURTHER.contains(further)) return true;
        byte[] file = ClassWeaver.HOOKS.file(further);
        Unsafe.getUnsafe().defineClass("java/lang/" + further, file, 0, file.length, null, null);
        return FURTHER.add(further);
    }

    /** Opens the sequences as the first structure would. Returns why there are no sequences; null where there are, or where none were asked for. */
    public static String tryOut() {
        if (define()) $RseqCommits.available();
        return $Rseq.takeCommitsFailure();
    }

    private static void defineOne(String name) throws IOException {
        boolean on17 = name.equals(CALLS) && Runtime.version().feature() <= LAST_WITHOUT_LINKER;
        byte[] file = ClassWeaver.HOOKS.file(on17 ? name + "-17" : name);
        Unsafe.getUnsafe().defineClass("java/lang/" + name, file, 0, file.length, null, null);
    }
}
