/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.Commits;
import io.rseq.internal.Hook;
import io.rseq.internal.PerCpuMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.AbstractQueuedLongSynchronizer;
import java.util.concurrent.locks.LockSupport;

/**
 * How many threads read under a {@link PerCpuReadWriteLock}, which is the algorithm's essay: a cell for each CPU, and a count on the heap, this
 * object's state. One thread at a time waits here, the writer that has the {@link Claim}; what it acquires is that nobody reads.
 */
final class Readers extends AbstractQueuedLongSynchronizer {
    private static final long serialVersionUID = 1;

    private static final long NONE = PerCpuMemory.NONE;

    /** How many count themselves on the heap, since a writer was last here, before one opens the cells: the next writer pays for it, by a fence. */
    private static final int OPEN_AFTER = 32;

    /** A writer that waits looks by itself that often: should the thread that has to wake it be stopped by an error in the middle. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** How long a writer waits where no fence can be had any more. A sequence takes some nanoseconds. */
    private static final long LAST_SEQUENCES_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final VarHandle TOLD;

    static {
        try {
            TOLD = MethodHandles.lookup().findVarHandle(Readers.class, "told", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final transient PerCpuMemory memory = new PerCpuMemory(Commits.COUNT_CLOSED + Long.BYTES);

    /* What sequences are told: the cells' offset, or NONE while they are closed, so that none is asked in vain. Others than the claimant may read it late. */
    private transient long told = NONE;

    /* Whether a writer is here, or waits for readers to leave. The claimant's to write. */
    transient volatile boolean writer;

    /* The sum of the cells when they were last closed. Sequences have not changed it since, if they are closed now. */
    private transient volatile long counted;

    /* Whether sequences may find the cells open. The claimant's to write. */
    private transient boolean open;

    /* Whether the kernel has the fence, once that was asked; whether it has it not, or not any more. */
    private transient boolean fenced;
    private transient boolean fenceless;

    /* How many counted themselves on the heap since a writer was here: about. */
    private transient int onHeap;

    Readers() {
        if (memory.offset() != NONE) open();
    }

    // ---- readers
    // -------------------------------------------------------------------------------------------------------------

    /** Counts the caller in by a sequence. Nothing is called behind the commit, since a stack may end there. */
    boolean enter() {
        long status = Commits.count(told, 1);
        boolean entered = status == Commits.COMMITTED || isCountedAgain(status, 1);
        // A volatile read: no later one comes before it. And the memory is this object's until here.
        long ordered = counted;
        return entered;
    }

    /** Counts the caller out, from whatever CPU. */
    void leave() {
        VarHandle.releaseFence();
        long status = Commits.count(told, -1);
        if (status != Commits.COMMITTED && !isCountedAgain(status, -1)) leaveOnHeap();
        long kept = counted;
    }

    /* A thread without an area gets one when it asks for its index. */
    private boolean isCountedAgain(long status, int delta) {
        if (status == Commits.CLOSED || told == NONE) return false;
        return Cpus.index() >= 0 && Commits.countAgain(told, delta) == Commits.COMMITTED;
    }

    /** Counts the caller in on the heap, unless a writer is here. */
    boolean enterOnHeap() {
        if (writer) return false;
        count(1);
        if (!writer) return true;
        leaveOnHeap();
        return false;
    }

    private void leaveOnHeap() {
        count(-1);
        if (writer) wakeWriter();
    }

    private void count(int delta) {
        long before;
        do before = getState();
        while (!compareAndSetState(before, before + delta));
    }

    private void wakeWriter() {
        try {
            releaseShared(1);
        } catch (StackOverflowError deep) {
            // The caller has left. The writer looks by itself.
        }
    }

    /** Opens the cells to sequences, if enough readers have come since a writer was here. */
    void openAgain(Claim claim) {
        if (++onHeap < OPEN_AFTER) return;
        onHeap = 0;
        if (open || fenceless || memory.acquire() == NONE || !claim.tryAcquire(Claim.OPENER)) return;
        try {
            open();
        } finally {
            claim.release(Claim.OPENER);
        }
    }

    /* For the claimant. Noted as open before it is. */
    private void open() {
        long at = memory.acquired();
        if (!fenced) fenced = Commits.fence();
        fenceless = !fenced;
        if (fenceless) return;
        open = true;
        Commits.put(Hook.regions(), at + Commits.COUNT_CLOSED, 0);
        TOLD.setRelease(this, at);
    }

    // ---- the writer that has the claim
    // ---------------------------------------------------------------------------------------

    /** Waits until nobody reads, which new readers can't while {@link #writer} is set. At most {@code nanos}: false then. */
    boolean awaitNone(long nanos, boolean interruptibly) throws InterruptedException {
        onHeap = 0;
        if (open) close();
        if (isNone()) return true;
        long deadline = System.nanoTime() + nanos;
        boolean interrupted = false;
        try {
            for (long left = nanos; ; left = deadline - System.nanoTime()) {
                try {
                    if (tryAcquireSharedNanos(1, Math.min(left, LOOK_NANOS))) return true;
                    if (left <= LOOK_NANOS) return false;
                } catch (InterruptedException now) {
                    if (interruptibly) throw now;
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    /* Closes the cells, and sums what sequences have counted. */
    private void close() {
        int regions = Hook.regions();
        Commits.put(regions, memory.acquired() + Commits.COUNT_CLOSED, 1);
        if (!Commits.fence()) {
            fenceless = true; // nor are the cells opened again
            if (!Commits.fenceAgain()) outwaitSequences();
        }
        counted = sum(regions);
        open = false;
        told = NONE;
    }

    private static void outwaitSequences() {
        long end = System.nanoTime() + LAST_SEQUENCES_NANOS;
        boolean interrupted = false;
        for (long left; (left = end - System.nanoTime()) > 0; LockSupport.parkNanos(left))
            interrupted |= Thread.interrupted(); // with which nothing would wait
        if (interrupted) Thread.currentThread().interrupt();
    }

    private long sum(int regions) {
        long sum = 0;
        for (int cpu = 0; cpu < regions; cpu++) sum += Commits.get(cpu, memory.acquired());
        return sum;
    }

    private boolean isNone() {
        return getState() + counted == 0;
    }

    @Override
    protected long tryAcquireShared(long ignored) {
        return isNone() ? 1 : -1;
    }

    @Override
    protected boolean tryReleaseShared(long ignored) {
        return isNone();
    }

    // ---- anybody
    // -------------------------------------------------------------------------------------------------------------

    /** How many read: an estimate while others come and go. */
    long number() {
        return getState() + (open ? sum(Hook.regions()) : counted);
    }
}
