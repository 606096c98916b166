/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

/**
 * The CPUs' stacks in per-CPU memory, for what is more than a push or a pop: batches, which pass through the region that all CPUs share and
 * are the overflow's holder's alone, and the taking of other CPUs' values.
 *
 * <p>A stack is its count, a word that is not 0 while it is closed, and its values. Sequences write the count and the values of
 * their own CPU, and nothing of a stack that they find closed. The thread that closes one, and then fences, has it for itself. It opens the stack
 * by a store with release order, after all that it wrote there. No second fence is needed: each sequence reads the closed word first, and the
 * count after it, so one that finds the stack open again finds the count of then. One that read the word before the stack was closed was
 * restarted by the fence.
 *
 * <p>A stack is closed only under the monitor of this object, as is the move from the stripes. A thread that finds one closed, and then has the
 * monitor, knows that the frame of the thread that closed it is gone ({@link LockedStack} says how), and opens it. A value that is moved is taken
 * off its stack before it is put anywhere else: a thread that is stopped in between may lose it, a batch at most, and never leaves it twice.
 */
public final class CpuStacks extends Turn {
    private static final long CLOSED = 8;
    private static final long VALUES = 16;

    private final long capacity;
    private final int batch;
    private final long by;

    /** Constructs stacks of {@code capacity} values, that exchange up to {@code batch} at a time. {@code by}: added to what sequences are told. */
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
        for (int cpu = Hook.regions() - 1; cpu >= 0; cpu--) size += Commits.get(cpu, at);
        return size;
    }

    /** Adds how many values each CPU has. */
    public void addSizes(long at, long[] sizes) {
        for (int cpu = Hook.regions() - 1; cpu >= 0; cpu--) sizes[cpu] += Commits.get(cpu, at);
    }

    /** Makes room on this CPU. Returns false when the overflow has none for it. */
    public boolean moveOut(long at, LockedStack overflow) {
        int shared = Hook.regions();
        StackRoom.check();
        overflow.takeTurn();
        try {
            synchronized (overflow) {
                int room = overflow.lockedRoom(batch);
                if (room == 0) return false;
                long moved = Commits.popBatch(at + by, capacity, at, room);
                for (int i = 0; i < moved; i++) overflow.lockedPush(Commits.get(shared, at + (long) i * Long.BYTES));
                return true; // none moved: it is another CPU's by now, or closed, which the next push finds out
            }
        } finally {
            overflow.taken = false;
        }
    }

    /** Takes a value from the overflow, and moves others to this CPU; {@link LockedStack#EMPTY} if there is none. */
    public long moveIn(long at, LockedStack overflow) {
        int shared = Hook.regions();
        StackRoom.check();
        overflow.takeTurn();
        try {
            synchronized (overflow) {
                long value = overflow.isEmpty() ? LockedStack.EMPTY : overflow.lockedPop();
                int more = Math.min(batch - 1, overflow.size());
                if (more == 0) return value;
                for (int i = 0; i < more; i++) Commits.put(shared, at + (long) i * Long.BYTES, overflow.lockedPop());
                long moved = Math.max(0, Commits.pushBatch(at + by, capacity, at, more));
                for (int i = more; i > moved; i--)
                    overflow.lockedPush(Commits.get(shared, at + (long) (i - 1) * Long.BYTES));
                return value;
            }
        } finally {
            overflow.taken = false;
        }
    }

    /** Retires the stripes and moves what they held to the CPUs' stacks, before sequences are told of these, and the rest to {@code rest}, over its bound if need be. */
    public synchronized void takeFrom(StripedStack stripes, long at, LockedStack rest) {
        int regions = Hook.regions();
        StackRoom.check();
        int full = 0;
        for (int cpu = 0; cpu < Limits.CPUS; cpu++) {
            LockedStack stripe = stripes.retire(cpu);
            if (cpu < regions) moveTo(cpu, stripe, at);
            // Where a stripe holds more than a stack, or the agent sees fewer CPUs than Cpus did, other stacks have
            // room.
            while (full < regions && !stripe.isEmpty()) {
                moveTo(full, stripe, at);
                if (!stripe.isEmpty()) full++;
            }
            rest.takeAllFrom(stripe); // the shared one is locked first
        }
    }

    private void moveTo(int cpu, LockedStack stripe, long at) {
        for (long count = Commits.get(cpu, at); count < capacity; ) {
            long value = stripe.pop();
            if (value == LockedStack.EMPTY) return;
            Commits.put(cpu, at + VALUES + count * Long.BYTES, value);
            Commits.put(cpu, at, ++count);
        }
    }

    /**
     * Moves all values of all CPUs to {@code all}; where the kernel has no fence, those of this CPU alone.
     *
     * @throws OutOfMemoryError what is not in {@code all} by then is where it was
     */
    public synchronized void giveAllTo(LockedStack all, long at) {
        int regions = Hook.regions();
        boolean fenced = false;
        StackRoom.check();
        try {
            for (int cpu = 0; cpu < regions; cpu++) {
                // nor is the memory of a CPU that never ran touched
                if (Commits.get(cpu, at) != 0) Commits.put(cpu, at + CLOSED, 1);
            }
            fenced = Commits.fenceAgain();
            for (int cpu = 0; fenced && cpu < regions; cpu++) {
                if (Commits.get(cpu, at + CLOSED) != 0) giveClosedTo(all, cpu, at);
            }
        } finally {
            open(at);
        }
        if (!fenced) giveOwnTo(all, at);
    }

    /**
     * Pushes for a thread whose sequences do not commit: closes the stack of {@code cpu}, and fences.
     *
     * @return false: it is full; or the kernel has no fence, and nothing was pushed
     */
    public synchronized boolean pushAlone(int cpu, long at, long value) {
        StackRoom.check();
        open(at); // nobody else has one closed
        long status = Commits.pushAgain(at + by, capacity, value);
        if (status == Commits.COMMITTED || status == Commits.FULL) return status == Commits.COMMITTED;
        if (cpu >= Hook.regions() || Commits.get(cpu, at) >= capacity) return false;
        try {
            Commits.put(cpu, at + CLOSED, 1);
            long count = Commits.fence() ? Commits.get(cpu, at) : capacity;
            if (count >= capacity) return false;
            Commits.put(cpu, at + VALUES + count * Long.BYTES, value);
            Commits.put(cpu, at, count + 1);
            return true;
        } finally {
            open(at);
        }
    }

    /** Pops likewise; {@link LockedStack#EMPTY} where there is none, or no fence. */
    public synchronized long popAlone(int cpu, long at) {
        StackRoom.check();
        open(at);
        long status = Commits.popAgain(at + by, capacity);
        if (status > Commits.STATUS_MAX) return status;
        if (status == Commits.FULL || cpu >= Hook.regions() || Commits.get(cpu, at) == 0) return LockedStack.EMPTY;
        try {
            Commits.put(cpu, at + CLOSED, 1);
            long count = Commits.fence() ? Commits.get(cpu, at) : 0;
            if (count == 0) return LockedStack.EMPTY;
            Commits.put(cpu, at, count - 1);
            return Commits.get(cpu, at + VALUES + (count - 1) * Long.BYTES);
        } finally {
            open(at);
        }
    }

    /** Waits while another thread has stacks closed, and opens those that a thread left closed whose frame is gone. */
    public synchronized void open(long at) {
        for (int cpu = Hook.regions() - 1; cpu >= 0; cpu--) {
            if (Commits.get(cpu, at + CLOSED) != 0) Commits.put(cpu, at + CLOSED, 0);
        }
    }

    private void giveClosedTo(LockedStack all, int cpu, long at) {
        synchronized (all) {
            long count = Commits.get(cpu, at);
            all.lockedRoom((int) count);
            while (count > 0) {
                long value = Commits.get(cpu, at + VALUES + --count * Long.BYTES);
                Commits.put(cpu, at, count);
                all.lockedPush(value);
            }
        }
    }

    private void giveOwnTo(LockedStack all, long at) {
        synchronized (all) {
            for (long i = 0; i < capacity; i++) {
                all.lockedRoom(1);
                long value = Commits.popAgain(at + by, capacity);
                if (value <= Commits.STATUS_MAX) return;
                all.lockedPush(value);
            }
        }
    }
}
