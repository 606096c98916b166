/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.StackRoom;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import java.util.concurrent.locks.Condition;

/**
 * The writers' mutex of a {@link PerCpuReadWriteLock}, and the queue in which threads wait for it: writers exclusively, readers shared. What a reader
 * acquires is nothing but its turn; it counts itself in as that comes, and releases it at once, for the next one.
 *
 * <p>A thread that finds the claim free may take it past those who wait, which need microseconds to wake up, {@value #MOST_BARGES} times in a row. Then
 * it is the turn of the one that waits longest.
 */
final class Claim extends AbstractQueuedSynchronizer {
    private static final long serialVersionUID = 1;

    /** What {@link #acquire} takes: a writer claims. */
    static final int WRITER = 1;

    /** A reader claims, for as long as it opens the cells to sequences. */
    static final int OPENER = 2;

    private static final int MOST_BARGES = 32;
    private static final String NOT_HELD = "this thread does not hold the write lock";

    private final transient Readers readers;

    /* How often the claim was taken past a thread that waited. The claimant's. */
    private transient int barges;

    Claim(Readers readers) {
        this.readers = readers;
    }

    @Override
    protected boolean tryAcquire(int as) {
        if (getState() != 0) return false;
        boolean others = hasQueuedPredecessors();
        if (others && barges >= MOST_BARGES || !compareAndSetState(0, as)) return false;
        setExclusiveOwnerThread(Thread.currentThread());
        barges = others ? barges + 1 : 0;
        if (as == WRITER) readers.writer = true;
        return true;
    }

    @Override
    protected boolean tryRelease(int as) {
        if (getState() != as || getExclusiveOwnerThread() != Thread.currentThread())
            throw new IllegalMonitorStateException(NOT_HELD);
        readers.writer = false;
        setExclusiveOwnerThread(null);
        setState(0);
        return true;
    }

    @Override
    protected int tryAcquireShared(int ignored) {
        return readers.enterOnHeap() ? 1 : -1;
    }

    @Override
    protected boolean tryReleaseShared(int ignored) {
        return true;
    }

    @Override
    protected boolean isHeldExclusively() {
        return getState() == WRITER && getExclusiveOwnerThread() == Thread.currentThread();
    }

    /** Waits, as the claimant, until nobody reads, for at most {@code nanos}. Otherwise the claim is given back: false, or an exception. */
    boolean expels(long nanos, boolean interruptibly) throws InterruptedException {
        if (isAlone(nanos, interruptibly)) return true;
        if (interruptibly && Thread.interrupted()) throw new InterruptedException();
        return false;
    }

    /** The same, for as long as it takes. Nothing where an error, in the middle of an await, left this thread without the claim. */
    void expel() {
        if (isHeldExclusively()) isAlone(Long.MAX_VALUE, false);
    }

    /** The same, without waiting. */
    boolean expelsNow() {
        return isAlone(0, false);
    }

    private boolean isAlone(long nanos, boolean interruptibly) {
        boolean alone = false;
        try {
            alone = readers.awaitNone(nanos, interruptibly);
        } finally {
            if (!alone) release(WRITER);
        }
        return alone;
    }

    boolean isWriter() {
        return getState() == WRITER;
    }

    void refuseOwner() {
        if (isHeldExclusively())
            throw new IllegalMonitorStateException("this thread holds the write lock, and would wait for itself");
    }

    void checkOwner() {
        StackRoom.check();
        if (!isHeldExclusively()) throw new IllegalMonitorStateException(NOT_HELD);
    }

    Condition newCondition() {
        return new ConditionObject();
    }
}
