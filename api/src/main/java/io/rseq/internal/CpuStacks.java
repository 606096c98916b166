/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import io.rseq.Cpus;

/**
 * The CPUs' stacks in per-CPU memory, for what is more than a push or a pop: batches, which pass through the region that all CPUs share and
 * are the overflow's holder's alone, and the taking of other CPUs' values.
 *
 * <p>A stack is its count, a word that is not 0 while it is closed, and its values. Sequences write the count and the values of
 * their own CPU, and nothing of a stack that they find closed. Who closes one, and then fences, has it for itself.
 */
public final class CpuStacks {
    private static final long CLOSED = 8;
    private static final long VALUES = 16;

    private final long capacity;
    private final int batch;
    private final long by;

    /** Of {@code capacity} values, that exchange up to {@code batch} at a time. {@code by}: added to what sequences are told. */
    public CpuStacks(long capacity, int batch, long by) {
        this.capacity = capacity;
        this.batch = batch;
        this.by = by;
    }

    /** Bytes in each region. */
    public static long bytes(long capacity) {
        return VALUES + Long.BYTES * capacity;
    }

    /** How many values there are: an estimate while others push and pop. */
    public long size(long at) {
        long size = 0;
        for (int cpu = regions() - 1; cpu >= 0; cpu--) size += Commits.get(cpu, at);
        return size;
    }

    /** Makes room on this CPU. False: the overflow has none for it. */
    public boolean moveOut(long at, LockedStack overflow) {
        int shared = regions();
        StackRoom.check();
        overflow.lock.lock();
        try {
            int room = overflow.lockedRoom(batch);
            if (room == 0) return false;
            long moved = Commits.popBatch(at + by, capacity, at, room);
            for (int i = 0; i < moved; i++) overflow.lockedPush(Commits.get(shared, at + (long) i * Long.BYTES));
            return true; // none moved: it is another CPU's by now, or closed, which the next push finds out
        } finally {
            overflow.lock.held = false;
        }
    }

    /** Takes a value from the overflow, and moves others to this CPU; {@link LockedStack#EMPTY} if there is none. */
    public long moveIn(long at, LockedStack overflow) {
        int shared = regions();
        StackRoom.check();
        overflow.lock.lock();
        try {
            int here = overflow.lockedCount();
            if (here == 0) return LockedStack.EMPTY;
            long value = overflow.lockedPeek(0);
            int more = Math.min(batch, here) - 1;
            for (int i = 0; i < more; i++) Commits.put(shared, at + (long) i * Long.BYTES, overflow.lockedPeek(1 + i));
            long moved = more == 0 ? 0 : Commits.pushBatch(at + by, capacity, at, more);
            overflow.lockedDrop(1 + (int) Math.max(0, moved));
            return value;
        } finally {
            overflow.lock.held = false;
        }
    }

    /** Retires the stripes and moves what they held to the CPUs' stacks, while nobody else knows these yet. */
    public void takeFrom(StripedStack stripes, long at, LockedStack overflow) {
        int regions = regions();
        LockedStack values = new LockedStack(Integer.MAX_VALUE);
        StackRoom.check();
        try {
            for (int cpu = 0; cpu < Cpus.count(); cpu++) {
                LockedStack stripe = new LockedStack(Integer.MAX_VALUE);
                stripes.retire(cpu, stripe);
                values.takeOver(stripe);
                if (cpu >= regions) continue; // the agent sees fewer CPUs than Cpus did: the overflow takes these
                int count = (int) Math.min(values.size(), capacity);
                for (int i = 0; i < count; i++)
                    Commits.put(cpu, at + VALUES + (long) i * Long.BYTES, values.lockedPop());
                if (count > 0) Commits.put(cpu, at, count);
                // Where a stripe holds more than a stack, the rest goes on with the next one's, at last to the
                // overflow.
            }
        } finally {
            // Also where memory is short: who tries again finds the other stripes as they are.
            overflow.takeOver(values);
        }
    }

    /**
     * Moves all values of all CPUs to {@code all}, the caller's own. One caller at a time.
     *
     * @return false: there is no fence, and nothing was moved
     * @throws OutOfMemoryError what is not in {@code all} by then is where it was
     */
    public boolean giveAllTo(LockedStack all, long at) {
        int regions = regions();
        boolean[] closed = new boolean[regions];
        boolean moving = false;
        StackRoom.check();
        try {
            for (int cpu = 0; cpu < regions; cpu++) {
                // nor is the memory of a CPU that never ran touched
                if (Commits.get(cpu, at) == 0 && Commits.get(cpu, at + CLOSED) == 0) continue;
                closed[cpu] = true;
                Commits.put(cpu, at + CLOSED, 1);
            }
            moving = Commits.fence();
            for (int cpu = 0; moving && cpu < regions; cpu++) {
                if (closed[cpu]) giveClosedTo(all, cpu, at);
            }
            return moving;
        } finally {
            if (moving) Commits.fence(); // whoever finds a stack open again must not have read its count before
            for (int cpu = 0; cpu < regions; cpu++) {
                if (closed[cpu]) Commits.put(cpu, at + CLOSED, 0);
            }
        }
    }

    private void giveClosedTo(LockedStack all, int cpu, long at) {
        int count = (int) Commits.get(cpu, at);
        all.lockedRoom(count);
        for (int i = 0; i < count; i++) all.lockedPush(Commits.get(cpu, at + VALUES + (long) i * Long.BYTES));
        Commits.put(cpu, at, 0);
    }

    /* How many there are by the agent, which may see another /sys than Cpus did. The region that all share comes after them. */
    private static int regions() {
        int regions = Hook.cpus();
        return regions > 0 ? regions : Cpus.count();
    }
}
