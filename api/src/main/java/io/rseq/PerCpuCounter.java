/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.Commits;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;

/**
 * A counter that many threads add to and few read, like {@link java.util.concurrent.atomic.LongAdder}, of 8 bytes for each CPU.
 *
 * <p><b>How.</b> Each CPU has a cell in per-CPU memory. Under the agent an add is a <em>restartable sequence</em>: load the index of the
 * CPU, add to its cell with one plain instruction. No lock prefix, no fence, no compare-and-set: only the thread that runs on a CPU
 * writes that CPU's cell, and when the kernel takes it off the CPU between the load and the add, it resumes at the beginning. Where there
 * are no sequences (no agent, {@code committer=atomic}, a thread without a registered area, a sequence that was restarted too often) the
 * same add is an atomic one, to cells on the heap that are striped by {@link Cpus#index()}. {@link #sum()} looks at both.
 *
 * <p><b>Progress.</b> {@code add} is wait-free by sequence (at most 64 restarts, then the atomic way) and by atomic on x86-64 and on
 * aarch64 with LSE; the first calls may allocate. {@code sum} is wait-free. {@code reset} and {@code sumThenReset} are lock-free: one
 * starts again only if another one was done meanwhile.
 *
 * <p><b>Memory ordering.</b> An add publishes nothing: what a thread wrote before it need not be visible to who sees it in the sum, and a
 * thread may see its own add in {@code sum()} at once while another does not yet. An add that <em>happens before</em> a {@code sum()} by
 * other means (a join, a lock, a future) is in that sum.
 *
 * <p><b>While writers run,</b> {@code sum()} reads one cell after the other: an add during the read may or may not be in it, as with
 * {@code LongAdder}, so with adds of both signs it can be a value that the counter never had. After all adds, the sum is exact. With adds
 * of one sign alone no sum is less than one before it, unless a reset lies between. {@code reset} and {@code sumThenReset} may be called
 * while writers run, which {@code LongAdder} forbids: no cell is set back (nobody writes another CPU's cell), what was read becomes a
 * base to subtract. So each add is in exactly one result: all results of {@code sumThenReset} and the last {@code sum} together are all
 * adds. Overflow wraps, in every part of it.
 *
 * <p><b>Migration and preemption.</b> A thread that is moved, preempted or signalled within the sequence starts it again on its new CPU;
 * nothing was written. After the one store it is done. So threads that outnumber CPUs never wait for each other, nor does a preempted
 * thread hold anything up.
 *
 * <p><b>Dying threads</b> leave nothing behind: the cell is the CPU's. <b>Virtual threads</b> count on their carrier's CPU; the sequence
 * cannot be unmounted in its middle. An agent that arrives later (attach) is made use of from the next add on, and sums stay exact.
 *
 * <p><b>Cost.</b> 8 bytes for each CPU that adds (cells of different counters share that CPU's lines, cells of different CPUs never share
 * one), given back after the counter is unreachable; on the heap about 200 bytes. Without sequences about 300 bytes for each index in
 * use. {@code sum()} costs a cache miss for each CPU that added since. Where one thread counts, or few threads count rarely, an {@link
 * java.util.concurrent.atomic.AtomicLong} does.
 *
 * <p>With {@link Index#CONCURRENCY_ID} the cells are those of the kernel's {@code mm_cid} instead: a process that may use 2 CPUs of 256
 * touches 2.
 *
 * <p><b>Sources.</b> rseq(2); {@code include/uapi/linux/rseq.h} and {@code kernel/rseq.c} in Linux; the per-CPU counters of {@code
 * include/linux/percpu_counter.h} and the allocation of {@code mm/percpu.c} there; {@code LongAdder} for the interface.
 *
 * @since 0.1.0
 */
public final class PerCpuCounter extends Number {
    private static final long serialVersionUID = 1;

    private static final VarHandle BASE;

    /* Of each counter that was never reset: a reset brings no base back, so one will do. */
    private static final Base FIRST = new Base(0);

    static {
        try {
            BASE = MethodHandles.lookup().findVarHandle(PerCpuCounter.class, "base", Base.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final transient PerCpuCells cells;
    private transient long told;

    /*
     * What the cells held at the last reset. Each reset makes another object, so that none of two at once takes the base of a third one for its own,
     * where adds of both signs brought the number back.
     */
    private transient volatile Base base = FIRST;

    /** At 0, with a cell for each CPU. */
    public PerCpuCounter() {
        this(Index.CPU);
    }

    /**
     * At 0, with a cell for each {@code index}.
     *
     * @throws IllegalArgumentException for {@link Index#NUMA_NODE}: several CPUs run with the same one
     */
    public PerCpuCounter(Index index) {
        cells = new PerCpuCells(1, index);
        told = cells.told();
    }

    /** Adds {@code delta}, which may be negative. */
    public void add(long delta) {
        if (Commits.add(told, delta) != Commits.COMMITTED) addSlowly(delta);
        Reference.reachabilityFence(this);
    }

    private void addSlowly(long delta) {
        long now = cells.addSlowly(0, delta);
        if (now != told)
            told = now; // not each time: where there are no sequences, the CPUs would take this line from each other
    }

    /** Adds 1. */
    public void increment() {
        add(1);
    }

    /** Subtracts 1. */
    public void decrement() {
        add(-1);
    }

    /** All that was added since the last reset. */
    public long sum() {
        Base before = base; // first: so that no cell is read earlier than for the base
        return total() - before.total;
    }

    /** Returns what was added since the last reset, and resets. An add meanwhile is in this result or in a later one, and in no other. */
    public long sumThenReset() {
        while (true) {
            Base before = base;
            Base now = new Base(total());
            if (BASE.compareAndSet(this, before, now)) return now.total - before.total;
        }
    }

    /** Back to 0. What is added during the call is either dropped with the rest or in a later sum. */
    public void reset() {
        sumThenReset();
    }

    /** {@link #sum()}. */
    @Override
    public long longValue() {
        return sum();
    }

    /** {@link #sum()}, its low 32 bits. */
    @Override
    public int intValue() {
        return (int) sum();
    }

    /** {@link #sum()}, rounded. */
    @Override
    public float floatValue() {
        return sum();
    }

    /** {@link #sum()}, rounded. */
    @Override
    public double doubleValue() {
        return sum();
    }

    /** {@link #sum()}, in decimal. */
    @Override
    public String toString() {
        return Long.toString(sum());
    }

    /** What was added at each index since this was made. */
    long[] byIndex() {
        return cells.byIndex();
    }

    private long total() {
        return cells.totals()[0];
    }

    /* Not a record: its identity is what is compared. */
    private static final class Base {
        final long total;

        Base(long total) {
            this.total = total;
        }
    }

    private Object writeReplace() {
        return new Serialized(sum(), cells.index());
    }

    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("a counter is serialized as its sum");
    }

    private record Serialized(long sum, Index index) implements Serializable {
        private Object readResolve() {
            PerCpuCounter counter = new PerCpuCounter(index);
            counter.add(sum);
            return counter;
        }
    }
}
