/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

/**
 * A lock for sections of some dozen instructions that call nobody else's code. Whoever waits spins, then yields: neither a thread nor a
 * carrier is ever parked, and a virtual thread that waits lets others have its carrier. Not reentrant, not fair.
 *
 * <p>A holder that is preempted holds the others up until it runs again; so nothing that must not block takes it, unless by
 * {@link #tryLock}. What was written under it is seen by the next holder.
 */
public final class ShortLock extends LockWord {
    private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 64 : 0;

    /* The line behind the word. */
    long p10, p11, p12, p13, p14, p15, p16, p17;

    public boolean tryLock() {
        return !held && HELD.compareAndSet(this, false, true);
    }

    public void lock() {
        for (int spins = 0; !tryLock(); spins++) {
            if (spins < SPINS) Thread.onSpinWait();
            else Thread.yield();
        }
    }

    public void unlock() {
        HELD.setRelease(this, false);
    }
}
