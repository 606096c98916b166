/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import io.rseq.Cpus;
import java.lang.ref.Cleaner;
import java.util.BitSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;

/**
 * What {@link Commits} calls while a {@link FakeAgent} is there: per-CPU memory of atomics, and additions that answer each status in turn. Freed
 * memory must not be added to.
 */
public final class FakeSequences {
    private static final int UNAVAILABLE_EVERY = 7;
    private static final int RESTARTS_EVERY = 11;

    /** Bytes of a region. */
    private static final long REGION = 1L << 28;

    private static final long LINE = 64;
    private static final long CLOSED_AT = 8;

    static final AtomicLong ADDS = new AtomicLong();
    static final AtomicLong ALLOCATIONS = new AtomicLong();
    static final AtomicLong ALLOCATED = new AtomicLong();
    static volatile Runnable afterGet = () -> {};
    static volatile long limit = Long.MAX_VALUE;
    static volatile int layout = Commits.LAYOUT;
    static volatile int cpus = Cpus.count();
    static volatile boolean registersWhenAsked;

    /* Where all threads are kept; -1: nobody is. */
    static volatile int kept = -1;

    private static final ThreadLocal<Boolean> ASKED = ThreadLocal.withInitial(() -> false);

    private static final Cleaner CLEANER = Cleaner.create();
    private static final AtomicLong NEXT = new AtomicLong();
    private static final ConcurrentMap<Long, AtomicLong> CELLS = new ConcurrentHashMap<>();
    private static final Set<Long> OFFSETS = ConcurrentHashMap.newKeySet();

    private FakeSequences() {}

    public static int layout() {
        return layout;
    }

    public static boolean available() {
        return true;
    }

    public static int cpus() {
        return cpus;
    }

    public static int cpu() {
        ASKED.set(true);
        if (kept >= 0) return kept;
        return registersWhenAsked ? Fallback.index() % cpus : Fallback.index();
    }

    /* Every so often UNAVAILABLE, where threads are not kept on a CPU, or RESTARTED; or UNAVAILABLE to threads that are not registered, and nothing else to none. */
    static long refusal(long number) {
        if (registersWhenAsked) return ASKED.get() ? Commits.COMMITTED : Commits.UNAVAILABLE;
        if (kept < 0 && number % UNAVAILABLE_EVERY == 0) return Commits.UNAVAILABLE;
        return number % RESTARTS_EVERY == 0 ? Commits.RESTARTED : Commits.COMMITTED;
    }

    public static long allocate(long bytes) {
        ALLOCATIONS.incrementAndGet();
        if (ALLOCATED.addAndGet(bytes) <= limit) return next(bytes);
        ALLOCATED.addAndGet(-bytes);
        return Commits.NONE;
    }

    public static void freeWith(Object owner, long offset, long bytes) {
        CLEANER.register(owner, () -> free(offset, bytes));
    }

    private static long next(long bytes) {
        long offset = NEXT.getAndAdd(bytes + LINE - 1 & -LINE); // as the agent's: a row has a line of its own
        for (long cell = offset; cell < offset + bytes; cell += Long.BYTES) OFFSETS.add(cell);
        return offset;
    }

    public static void free(long offset, long bytes) {
        for (long cell = offset; cell < offset + bytes; cell += Long.BYTES) {
            if (!OFFSETS.remove(cell)) throw new AssertionError("freed twice: " + cell);
            for (int cpu = 0; cpu <= Cpus.count(); cpu++) CELLS.remove(key(cpu, cell));
        }
        ALLOCATED.addAndGet(-bytes);
    }

    public static long add(long told, long delta) {
        return update(told, false, old -> old + delta);
    }

    public static long addDouble(long told, double delta) {
        return update(told, true, old -> Double.doubleToRawLongBits(Double.longBitsToDouble(old) + delta));
    }

    public static long max(long told, long value) {
        return update(told, true, old -> Long.compareUnsigned(value, old) > 0 ? value : old);
    }

    private static long update(long told, boolean closable, LongUnaryOperator change) {
        long offset = told & -Long.BYTES;
        if (none(offset)) return Commits.UNAVAILABLE;
        if (!OFFSETS.contains(offset)) throw new AssertionError("nobody's: " + offset);
        long refusal = refusal(ADDS.incrementAndGet());
        if (refusal != Commits.COMMITTED) return refusal;
        int index = (told & Commits.BY_CONCURRENCY_ID) != 0 ? Cpus.concurrencyId() : Cpus.index();
        int cpu = kept < 0 ? index % cpus : kept;
        synchronized (CELLS) { // who closes, fences: what has looked whether the cell is closed has committed then
            if (closable && cell(cpu, offset + CLOSED_AT).get() != 0) return Commits.CLOSED;
            cell(cpu, offset).updateAndGet(change);
        }
        return Commits.COMMITTED;
    }

    public static double takeDoubles(long offset) {
        double sum = 0;
        for (long bits : take(offset)) sum += Double.longBitsToDouble(bits);
        return sum;
    }

    public static long takeMax(long offset) {
        long highest = 0;
        for (long value : take(offset)) if (Long.compareUnsigned(value, highest) > 0) highest = value;
        return highest;
    }

    private static long[] take(long offset) {
        long[] taken = new long[cpus];
        BitSet closed = new BitSet();
        for (int cpu = 0; cpu < cpus; cpu++) {
            if (cell(cpu, offset).get() == 0) continue;
            synchronized (CELLS) {
                cell(cpu, offset + CLOSED_AT).incrementAndGet();
            }
            closed.set(cpu);
        }
        boolean fenced = FakeStacks.fenceAgain();
        for (int cpu = closed.nextSetBit(0); cpu >= 0; cpu = closed.nextSetBit(cpu + 1)) {
            if (fenced) taken[cpu] = cell(cpu, offset).getAndSet(0);
            cell(cpu, offset + CLOSED_AT).decrementAndGet();
        }
        return taken;
    }

    /* The region behind those of the CPUs is shared: who reads there what nobody wrote takes it for a CPU's. */
    public static long get(int cpu, long offset) {
        if (!OFFSETS.contains(offset)) throw new AssertionError("nobody's: " + offset);
        AtomicLong cell = CELLS.get(key(cpu, offset));
        if (cpu > cpus || cpu == cpus && cell == null) throw new IndexOutOfBoundsException("region " + cpu);
        long value = cell == null ? 0 : cell.get();
        afterGet.run();
        return value;
    }

    /* As the agent has it: a structure that was made before there were sequences passes what allocate answered it, or a cell of it. */
    static boolean none(long offset) {
        return offset < Commits.NONE + REGION;
    }

    static void set(int cpu, long offset, long value) {
        if (cpu > cpus) throw new IndexOutOfBoundsException("region " + cpu);
        if (!OFFSETS.contains(offset)) throw new AssertionError("nobody's: " + offset);
        cell(cpu, offset).set(value);
    }

    private static AtomicLong cell(int cpu, long offset) {
        return CELLS.computeIfAbsent(key(cpu, offset), key -> new AtomicLong());
    }

    private static long key(int cpu, long offset) {
        return offset * (Cpus.count() + 1) + cpu; // the region after the last CPU's is shared
    }
}
