/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.PerCpuReadWriteLock;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;

/**
 * A lock, and two plain numbers under it that are equal but while a thread writes; what notices that a thread reads beside one that writes; and books of how
 * often it was done.
 */
final class Guarded {
    private static final int QUICK = 32;
    private static final int MOST_MICROSECONDS = 20_000;
    private static final int STAY_ONE_IN = 4;
    private static final long STAY_NANOS = 200_000;

    /* About. */
    final AtomicLong reads = new AtomicLong();
    final AtomicLong writes = new AtomicLong();
    final AtomicLong interrupts = new AtomicLong();

    private final PerCpuReadWriteLock lock = new PerCpuReadWriteLock();
    private final Lock reading = lock.readLock();
    private final Lock writing = lock.writeLock();
    private final AtomicInteger inside = new AtomicInteger();
    private volatile boolean written;
    private long first;
    private long second;

    /* A thread that may be interrupted. */
    private final AtomicReference<Thread> target = new AtomicReference<>();

    /**
     * Reads, if the form of lock that the dice choose gives the lock. Mostly in a few instructions, of which many are the lock's: so a thread that is
     * preempted is often in a sequence. A virtual thread may come back on another carrier in the middle of the other reads.
     */
    void read(SplittableRandom dice) {
        if (!isLocked(reading, dice.nextInt(QUICK), dice)) return;
        boolean counted = dice.nextInt(QUICK) == 0;
        if (counted) inside.incrementAndGet();
        long seen = first;
        if (counted && dice.nextBoolean()) Thread.yield();
        boolean alone = !written && second == seen;
        if (counted) inside.decrementAndGet();
        reading.unlock();
        if (!alone) throw new AssertionError("a reader beside a writer");
        if (counted) reads.addAndGet(QUICK);
    }

    /** Writes likewise; {@code form}: {@link #isLocked}. */
    boolean write(int form, SplittableRandom dice) {
        if (!isLocked(writing, form, dice)) return false;
        boolean alone = !written;
        written = true;
        first++;
        // Others wait, and a thread that was preempted on its way in comes to go on.
        if (dice.nextInt(STAY_ONE_IN) == 0) LockSupport.parkNanos(STAY_NANOS);
        second++;
        alone &= inside.get() == 0 && first == second;
        written = false;
        writing.unlock();
        if (!alone) throw new AssertionError("a writer beside others");
        writes.incrementAndGet();
        return true;
    }

    /** Interrupts a thread that waits for the lock, if there is one. */
    void interruptOne() {
        Thread thread = target.getAndSet(null);
        if (thread == null) return;
        thread.interrupt();
        interrupts.incrementAndGet();
    }

    /** What the writers wrote. */
    long written() {
        return first;
    }

    /** How many the lock says that it is held by. */
    long held() {
        return lock.readLockCount() + (lock.isWriteLocked() ? 1 : 0);
    }

    /** 0: not waiting; 1: some time; 2: until it is interrupted; others: as long as it takes. */
    private boolean isLocked(Lock wanted, int form, SplittableRandom dice) {
        if (form == 0) return wanted.tryLock();
        if (form > 2) {
            wanted.lock();
            return true;
        }
        boolean aims = target.compareAndSet(null, Thread.currentThread());
        boolean locked = true;
        try {
            if (form == 1) locked = wanted.tryLock(dice.nextInt(MOST_MICROSECONDS), TimeUnit.MICROSECONDS);
            else wanted.lockInterruptibly();
        } catch (InterruptedException told) {
            if (aims) return false;
            throw new AssertionError(told);
        }
        // Where somebody has aimed at this thread, the interrupt comes, and is nobody else's.
        while (aims && !target.compareAndSet(Thread.currentThread(), null) && !Thread.interrupted())
            Thread.onSpinWait();
        return locked;
    }
}
