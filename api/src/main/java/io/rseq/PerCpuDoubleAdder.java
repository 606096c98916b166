/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.Commits;
import io.rseq.internal.PerCpuMemory;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.lang.ref.Reference;

/**
 * A sum of doubles that many threads add to and few read, like {@link java.util.concurrent.atomic.DoubleAdder}, of 16 bytes for each CPU.
 *
 * <p><b>How.</b> Each CPU has a cell in per-CPU memory: a double, and a word that is not 0 while the cell is closed. Under the agent an add is a
 * <em>restartable sequence</em>: load the index of the CPU, look whether its cell is open, load the double, add, store. No lock prefix, no compare-and-set:
 * when the kernel takes the thread off its CPU before the store, it starts again. Where there are no sequences (no agent, {@code committer=atomic}, a thread
 * without a registered area, a sequence that was restarted too often, a closed cell), the add is a compare-and-set of a cell on the heap, of which there is
 * one for each {@link Cpus#index()}. {@link #sum()} looks at both.
 *
 * <p><b>Progress.</b> {@code add} is wait-free by sequence (at most 64 restarts, then the heap), lock-free on the heap; the first calls may allocate. {@code
 * sum} is wait-free. {@code reset} and {@code sumThenReset} wait for nobody, and nobody waits for them.
 *
 * <p><b>Memory ordering.</b> As {@link PerCpuCounter}: an add publishes nothing, and one that <em>happens before</em> a {@code sum()} by other means is in
 * that sum, unless a reset took it.
 *
 * <p><b>Resets</b> may be called while writers run, which {@code DoubleAdder} forbids, and by several threads at once: each add is in exactly one result of
 * {@code sumThenReset}, or in the last {@code sum}. No base is subtracted, as a counter does it, because a double that has seen 1e300, an infinity or NaN swallows what
 * is added later. A reset takes what is in the cells: it closes those that are not 0, has all sequences restarted that began before (membarrier(2), Linux 5.10),
 * exchanges each cell for 0, and opens it, which takes some microseconds, and interrupts every CPU that runs a thread of this process. Adds meanwhile go to
 * the heap.
 *
 * <p><b>Rounding.</b> Each cell is a sum in the order of its adds, and a sum adds the cells: the result of the same adds may differ in its last digits from one time
 * to the next, as {@code DoubleAdder}'s does. Where all partial sums are exact, such as those of whole numbers below 2<sup>53</sup>, so is the result.
 *
 * <p><b>While writers run,</b> {@code sum()} reads one cell after the other: an add during the read may or may not be in it, and of what a reset takes during the read a
 * part may be.
 *
 * <p><b>Migration, preemption.</b> A thread that is moved, preempted or signalled within the sequence starts it again on its new CPU; nothing was written. <b>Dying
 * threads</b> leave nothing behind: the cell is the CPU's, and cells are closed and opened within one native call, which no error of the VM interrupts. What a thread had
 * taken whose frame went before it returned is lost with it. <b>Virtual threads</b> add on their carrier's CPU. An agent that arrives later (attach) is made use of from the next
 * add on.
 *
 * <p><b>Not promised.</b> Before Linux 5.10 there is no such fence, and all cells are on the heap. Where a filter forbids the fence only after the first add, what the CPUs'
 * cells hold is in {@code sum}, and is not reset.
 *
 * <p><b>Cost.</b> 16 bytes for each CPU that adds, given back after the adder is unreachable; on the heap about 250 bytes, without sequences about 300 bytes
 * more for each index in use. Where one thread adds, a plain field does.
 *
 * <p><b>Sources.</b> Those of {@link PerCpuCounter}; {@code DoubleAdder} for the interface; the closing of per-CPU caches in tcmalloc (docs/design.md there).
 *
 * @since 0.1.0
 */
public final class PerCpuDoubleAdder extends Number {
    private static final long serialVersionUID = 1;

    private final transient ClosableCells cells;
    private transient long told;

    /** At 0, with a cell for each CPU. */
    public PerCpuDoubleAdder() {
        this(Index.CPU);
    }

    /**
     * At 0, with a cell for each {@code index}.
     *
     * @throws IllegalArgumentException for {@link Index#NUMA_NODE}: several CPUs run with the same one
     */
    public PerCpuDoubleAdder(Index index) {
        cells = new ClosableCells(index, (a, b) -> bits(number(a) + number(b)));
        told = cells.told();
    }

    /** Adds {@code x}. */
    public void add(double x) {
        if (Commits.addDouble(told, x) != Commits.COMMITTED) addSlowly(x);
        Reference.reachabilityFence(this);
    }

    private void addSlowly(double x) {
        long now = cells.told();
        int own = cells.own();
        if (Commits.addDoubleAgain(now, x) != Commits.COMMITTED) cells.joinOnHeap(own, bits(x));
        if (now != told)
            told = now; // not each time: where there are no sequences, the CPUs would take this line from each other
    }

    /** The sum of all that was added since the last reset; 0.0 of nothing. */
    public double sum() {
        return number(cells.joined());
    }

    /** What was added at each index since the last reset, cut off as a cast does. */
    long[] byIndex() {
        long[] sums = cells.byIndex();
        for (int index = 0; index < sums.length; index++) sums[index] = (long) number(sums[index]);
        return sums;
    }

    /** Returns what was added since the last reset, and resets. An add meanwhile is in this result or in a later one, and in no other. */
    public double sumThenReset() {
        long at = cells.acquired();
        double taken = at == PerCpuMemory.NONE ? 0 : Commits.takeDoubles(at);
        Reference.reachabilityFence(this);
        return taken + number(cells.takenFromHeap());
    }

    /** Back to 0. What is added during the call is either dropped with the rest or in a later sum. */
    public void reset() {
        sumThenReset();
    }

    /** {@link #sum()}. */
    @Override
    public double doubleValue() {
        return sum();
    }

    /** {@link #sum()}, cut off as a cast does. */
    @Override
    public long longValue() {
        return (long) sum();
    }

    /** {@link #sum()}, cut off as a cast does. */
    @Override
    public int intValue() {
        return (int) sum();
    }

    /** {@link #sum()}, rounded. */
    @Override
    public float floatValue() {
        return (float) sum();
    }

    /** {@link #sum()}, as {@link Double#toString(double)} has it. */
    @Override
    public String toString() {
        return Double.toString(sum());
    }

    private static double number(long bits) {
        return Double.longBitsToDouble(bits);
    }

    private static long bits(double number) {
        return Double.doubleToRawLongBits(number);
    }

    private Object writeReplace() {
        return new Serialized(sum(), cells.index());
    }

    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("an adder is serialized as its sum");
    }

    private record Serialized(double sum, Index index) implements Serializable {
        private Object readResolve() {
            PerCpuDoubleAdder adder = new PerCpuDoubleAdder(index);
            adder.add(sum);
            return adder;
        }
    }
}
