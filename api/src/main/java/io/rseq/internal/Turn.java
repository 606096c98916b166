/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps threads apart before they meet at the monitor of this object. Only the monitor excludes others: a thread takes its turn first, and so
 * finds the monitor free.
 *
 * <p><b>Why.</b> From JDK 24 on a virtual thread that waits for a monitor leaves its carrier. When its time has come it waits for the scheduler, whose
 * carriers run their own queues first: where these never empty, as where virtual threads yield to each other, it waits for ever. Meanwhile no
 * other thread is woken, and a platform thread that waits for the same monitor waits for ever, too ({@code LongStackIT}).
 *
 * <p>A thread that waits for its turn spins, then yields, so that a virtual thread lets others have its carrier, and naps at last: a yield promises
 * nothing. After {@link #NAPS} naps it goes to the monitor all the same. So a turn that nobody gives up, because HotSpot took the frame away
 * ({@link LockedStack} says how), costs others some milliseconds once. An interrupt ends naps early, and is kept.
 */
public abstract class Turn extends LinePadding {
    private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 64 : 0;
    private static final int YIELDS = 16;
    private static final int NAPS = 100;
    private static final long NAP_NANOS = 50_000;

    private static final VarHandle TAKEN;

    static {
        try {
            TAKEN = MethodHandles.lookup().findVarHandle(Turn.class, "taken", boolean.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /* Set to false by a store, and not by a call: where a section ends because the stack did, a call may find no room either. */
    public volatile boolean taken;

    /** Waits for the turn, some milliseconds at most. The caller ends it by storing {@code taken = false}. */
    public final void takeTurn() {
        if (!tryTurn()) awaitTurn();
    }

    private boolean tryTurn() {
        return !taken && TAKEN.compareAndSet(this, false, true);
    }

    private void awaitTurn() {
        for (int i = 0; i < SPINS + YIELDS + NAPS; i++) {
            if (i < SPINS) Thread.onSpinWait();
            else if (i < SPINS + YIELDS) Thread.yield();
            else LockSupport.parkNanos(this, NAP_NANOS);
            if (tryTurn()) return;
        }
    }
}
