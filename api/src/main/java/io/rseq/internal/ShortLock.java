/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import java.util.concurrent.locks.LockSupport;

/**
 * A lock for short sections that call nobody else's code. Whoever waits spins, then yields, so that a virtual thread
 * that waits lets others have its carrier, and naps at last. For a yield promises nothing: a thread of a real-time priority gives way to
 * none below it, and were the holder one, would wait for ever; and where 60 threads yield to each other on two CPUs, a holder that was
 * preempted is one of many that are next. Not reentrant, not fair. An interrupt is kept, and does not end the wait.
 *
 * <p>A holder gives it up in a {@code finally} block, by storing {@code held = false}, and not by a call: where the section ends because
 * the stack did, a call may find no room either, and the lock would be held for good. For the same reason no {@code ReentrantLock} would do:
 * its {@code lock()} may use the stack that the JVM keeps in reserve, takes the lock, and throws the StackOverflowError that was put off.
 *
 * <p>A holder that is preempted holds the others up until it runs again; so nothing that must not block takes it, unless by
 * {@link #tryLock}. What was written under it is seen by the next holder.
 */
public final class ShortLock extends LockWord {
    private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 64 : 0;
    private static final int YIELDS = 16;
    private static final long NAP_NANOS = 50_000;

    /* The line behind the word. */
    long p10, p11, p12, p13, p14, p15, p16, p17;

    public boolean tryLock() {
        return !held && HELD.compareAndSet(this, false, true);
    }

    public void lock() {
        if (!tryLock()) await();
    }

    private void await() {
        for (int turn = 0; turn < SPINS + YIELDS; turn++) {
            if (turn < SPINS) Thread.onSpinWait();
            else Thread.yield();
            if (tryLock()) return;
        }
        boolean interrupted = false;
        do {
            interrupted |= Thread.interrupted(); // or it would not nap
            LockSupport.parkNanos(this, NAP_NANOS);
        } while (!tryLock());
        if (interrupted) interruptHolder();
    }

    private void interruptHolder() {
        boolean done = false;
        try {
            Thread.currentThread().interrupt();
            done = true;
        } finally {
            if (!done) held = false; // no room on the stack: whoever is thrown out of lock() must not hold it
        }
    }
}
