/* SPDX-License-Identifier: Apache-2.0 */
package java.lang;

import static java.lang.$RseqSequences.*;

import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Stable;

/**
 * Whether there are sequences in this process, and by which index they commit: found out by the first structure that asks, by a check and, for the
 * concurrency id, a trial; then for good.
 */
final class $RseqOpening {
    /** As in io.rseq.agent.engine.Committer. */
    private static final int ATOMIC = 2;

    /** enum verdict (trial.h). */
    private static final int VERDICT_NONE = 0;

    private static final int VERDICT_RIGHT = 1;

    private static final int VERDICT_WRONG = 2;

    private static final int VERDICT_ONE_CPU = 3;

    private static final long PAUSE_NS = 1_000_000_000;

    /** Additions of the check at the opening. */
    private static final int CHECKS = 64;

    /** The last try to open ended for want of heap or stack; the next one comes PAUSE_NS later. */
    private static volatile boolean postponed;

    private static volatile long postponedAt;

    private static final Unsafe U = Unsafe.getUnsafe();

    /** Set last. */
    @Stable
    private static boolean opened;

    /** For good: asked by each operation that goes the atomic way, so without the lock. */
    @Stable
    private static boolean refused;

    /** Whether what is told BY_CONCURRENCY_ID commits by that id, and not by the CPU that stands for it. */
    @Stable
    private static boolean byId;

    /** Whether {@link #byId} was found out, by the first such commit. */
    @Stable
    private static boolean byIdKnown;

    private static volatile boolean toldRefusedFence;

    private $RseqOpening() {}

    @ForceInline
    static boolean isOpen() {
        return opened;
    }

    /** Opens them, if nobody has. */
    @ForceInline
    static boolean available() {
        return opened || !refused && open();
    }

    /** Whether a second try makes sense: a virtual thread may have moved on by then, to a carrier that is not registered either. */
    static boolean register() {
        return opened && $Rseq.register();
    }

    /** After what may have found the fence refused. */
    static void tellOfRefusedFence() {
        if (!toldRefusedFence && fenceIsRefused0()) tellRefusedFence();
    }

    private static synchronized void tellRefusedFence() {
        if (toldRefusedFence) return;
        toldRefusedFence = true;
        $Rseq.tell(
                "the kernel refuses membarrier(2), which it did not before: a thread that takes what all CPUs hold, or write-locks"
                        + " a lock, runs on each of them in turn instead; let the filter of system calls allow it");
    }

    // ---- opening
    // -------------------------------------------------------------------------------------------------------------

    /**
     * The chosen committer, if it passes its check. Refused once is refused for good. Where heap or stack end meanwhile, structures commit atomically,
     * and the question is open again a while later, not at each operation: a full heap costs a collection at each try. A thread that
     * was refused its registration can't make the check: it goes the atomic way, and leaves the question to the next one that asks.
     */
    @DontInline
    private static boolean open() {
        int committer = $Rseq.committer();
        if (committer == 0) return false; // the agent is about to choose
        if (postponed && System.nanoTime() - postponedAt < PAUSE_NS) return false;
        return (committer == ATOMIC || $Rseq.register()) && open(committer);
    }

    private static synchronized boolean open(int committer) {
        if (opened || refused) return opened;
        String failure;
        try {
            failure = committer == ATOMIC ? "" : openOrReason();
        } catch (VirtualMachineError shortage) {
            postponedAt = System.nanoTime();
            postponed = true;
            return false;
        }
        if (failure != null) {
            refused = true;
            $Rseq.commitAtomically(failure);
            return false;
        }
        $Rseq.commitsOpened();
        return true;
    }

    private static String openOrReason() {
        try {
            return openNow();
        } catch (Throwable failure) {
            return $Rseq.reason(failure);
        }
    }

    /** Returns null when all is open, or why it is not. */
    private static String openNow() throws Throwable {
        if (layout0() != LAYOUT)
            return "librseq_jvm.so has layout " + layout0() + ", the agent's jar layout " + LAYOUT
                    + "; set native.path to a library of the jar's version";
        long regions = open0($RseqMemory.SHIFT);
        if (regions == 0) return reason0();
        $RseqMemory.prepare();
        Object made = $RseqCalls.make();
        String failure = check(made, regions);
        if (failure != null) return failure;
        $RseqCalls.publish(made, regions);
        $RseqMemory.open(regions);
        U.storeFence(); // who sees that it is open sees what that means
        opened = true;
        return null;
    }

    /** Adds to a cell that nobody else has, by both indexes, and looks whether exactly that arrived. Returns null, or what is wrong. */
    private static String check(Object made, long regions) throws Throwable {
        long cell = $RseqMemory.allocate0(Long.BYTES);
        if (cell < 0) return "no per-CPU memory for the check";
        $Rseq.register(); // a virtual thread that waited for the lock may run on another carrier by now
        long expected = 0;
        long answer = UNAVAILABLE;
        for (int i = 1; i <= CHECKS; i++) {
            boolean byId = $Rseq.hasConcurrencyId() && (i & 1) == 0;
            long status = $RseqCalls.tryAdd(made, byId ? ADD + BY_ID : ADD, cell, i);
            if (status == COMMITTED) expected += i;
            else answer = status;
        }
        long sum = 0;
        for (int cpu = 0; cpu < $Rseq.cpus(); cpu++)
            sum += U.getLongVolatile(null, regions + ((long) cpu << $RseqMemory.STRIDE_SHIFT) + cell);
        $RseqMemory.free0(cell, Long.BYTES);
        if (expected == 0)
            return "the sequences answer " + (answer - Long.MIN_VALUE) + " on this thread"
                    + (answer == UNAVAILABLE ? ": " + unavailable0() : "");
        return sum == expected ? null : "additions of " + expected + " summed to " + sum;
    }

    // ---- the concurrency id
    // --------------------------------------------------------------------------------------------------------------

    @ForceInline
    static boolean isById() {
        return byIdKnown ? byId : findById();
    }

    /**
     * Before the first commit by concurrency id, and for good: two indexes in one region would lose updates. The id is believed where two threads
     * that ran at once had different ones; otherwise the CPU stands for it, and on a single CPU it is as good. The trial takes up to a quarter of
     * a second, and other threads that commit by the id wait for it.
     */
    @DontInline
    private static synchronized boolean findById() {
        if (!opened) return false; // nothing commits
        if (!byIdKnown) {
            int verdict = $Rseq.hasConcurrencyId() ? concurrencyIds0() : VERDICT_ONE_CPU;
            if (verdict == VERDICT_WRONG) tellByCpu("two threads that ran at once had one mm_cid");
            if (verdict == VERDICT_NONE) tellByCpu("no two threads were seen to run at once; start it again");
            byId = verdict == VERDICT_RIGHT;
            U.storeFence(); // who sees that it is known sees it
            byIdKnown = true;
        }
        return byId;
    }

    private static void tellByCpu(String reason) {
        $Rseq.tell("structures by CONCURRENCY_ID commit by the CPU here: " + reason);
    }

    // ---- natives: opening_jni.c
    // -----------------------------------------------------------------------------------------------------------------

    private static native int layout0();

    private static native long open0(int shift);

    private static native String reason0();

    private static native String unavailable0();

    private static native int concurrencyIds0();

    static native boolean fence0();

    static native boolean fenceAgain0();

    private static native boolean fenceIsRefused0();

    static native long restarts0();
}
