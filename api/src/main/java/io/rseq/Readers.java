/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.Commits;
import io.rseq.internal.Hook;
import io.rseq.internal.PerCpuMemory;
import io.rseq.internal.StackRoom;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How many threads read under a {@link PerCpuReadWriteLock}, which is the algorithm's essay: a cell for each CPU, and a count on the heap. One thread at a
 * time waits here, the writer that has the {@link Claim}, until nobody reads.
 */
final class Readers {
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

    private final PerCpuMemory memory = new PerCpuMemory(Commits.COUNT_CLOSED + Long.BYTES);

    /* What sequences are told: the cells' offset, or NONE while they are closed, so that none is asked in vain. Others than the claimant may read it late. */
    private long told = NONE;

    /* Whether a writer is here, or waits for readers to leave. The claimant's to write. */
    volatile boolean writer;

    /* The sum of the cells when they were last closed. Sequences have not changed it since, if they are closed now. */
    private volatile long counted;

    /* Whether sequences may find the cells open. The claimant's to write. */
    private boolean open;

    /* Whether the kernel has the fence, once that was asked; whether it has it not, or not any more. */
    private boolean fenced;
    private boolean fenceless;

    /* How many came on the heap since a writer was here: about. */
    private int came;

    /* The writer that waits for readers to leave. */
    private volatile @Nullable Thread waiting;

    private final StripedCount onHeap = new StripedCount();

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
        int at = onHeap.come();
        if (!writer) return true;
        try {
            onHeap.undo(at);
        } catch (StackOverflowError end) {
            synchronized (onHeap) { // which calls nothing: there is no stack for it
                onHeap.owed++;
            }
            throw end;
        }
        wakeWriter();
        return false;
    }

    private void leaveOnHeap() {
        onHeap.leave();
        if (writer) wakeWriter();
    }

    /* Throws nothing: the caller has left. The writer looks by itself, too. */
    private void wakeWriter() {
        try {
            Thread waits = waiting;
            if (waits != null && isNone()) LockSupport.unpark(waits);
        } catch (VirtualMachineError shortage) {
            // of stack; or of heap, which a virtual thread takes to go on
        }
    }

    /** Opens the cells to sequences, if enough readers have come since a writer was here. */
    void openAgain(Claim claim) {
        if (open || fenceless || memory.acquire() == NONE || ++came < OPEN_AFTER) return;
        came = 0;
        StackRoom.check(); // the claim must be given back
        if (!claim.tryAcquire(Claim.OPENER)) return;
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

    /**
     * Waits until nobody reads, which new readers can't while {@link #writer} is set. False: {@code nanos} have passed, or the thread is interrupted, as it then still is. To wait takes no
     * memory but of a virtual thread: where the heap is full, nothing is thrown with the claim in hand.
     */
    boolean awaitNone(long nanos, boolean interruptibly) {
        came = 0;
        if (open) close();
        if (isNone()) return true;
        long deadline = System.nanoTime() + nanos;
        boolean interrupted = false;
        waiting = Thread.currentThread();
        try {
            for (long left = nanos; !isNone(); left = deadline - System.nanoTime()) {
                if (left <= 0 || interruptibly && Thread.currentThread().isInterrupted()) return false;
                interrupted |= !interruptibly && Thread.interrupted(); // with which nothing would wait
                LockSupport.parkNanos(this, Math.min(left, LOOK_NANOS));
            }
            return true;
        } finally {
            waiting = null;
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
        return onHeap.sum() + counted == 0;
    }

    // ---- anybody
    // -------------------------------------------------------------------------------------------------------------

    /** How many read: an estimate while others come and go. */
    long number() {
        return onHeap.sum() + (open ? sum(Hook.regions()) : counted);
    }
}
