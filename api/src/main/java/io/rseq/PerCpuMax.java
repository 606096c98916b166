/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.Commits;
import io.rseq.internal.PerCpuMemory;
import java.lang.ref.Reference;

/**
 * The highest of the longs that many threads offer, such as the longest wait since the last report; like a {@link
 * java.util.concurrent.atomic.LongAccumulator} of {@code Math::max}, of 16 bytes for each CPU. {@link PerCpuMin} is its counterpart.
 *
 * <p><b>How.</b> Each CPU has a cell in per-CPU memory. Under the agent an offer is a <em>restartable sequence</em>: load the index of the CPU, look whether its cell is
 * open, compare, and store where the value is higher. Most offers are lower than what was offered before, and store nothing. Where there are no sequences, the same
 * is done by compare-and-set to a cell on the heap, of which there is one for each {@link Cpus#index()}; the highest of both is what counts. Sequences compare
 * unsigned, and memory comes as 0: so a cell holds a value with its sign bit turned over, and 0 is {@code Long.MIN_VALUE}, which stands for nothing.
 *
 * <p><b>Progress.</b> {@code offer} is wait-free by sequence (at most 64 restarts, then the heap), lock-free on the heap; the first calls may allocate. {@code max} is
 * wait-free. {@code maxThenReset} waits for nobody, and nobody waits for it.
 *
 * <p><b>Memory ordering.</b> An offer publishes nothing. One that <em>happens before</em> a {@code max()} by other means counts there, unless a reset took it.
 *
 * <p><b>Resets</b> may be called while others offer, and by several threads at once. Each value that was offered is at most the result of one reset, the one that
 * took it, or of the last {@code max}; so the highest of all is found by exactly one. A reset takes what is in the cells as {@link PerCpuDoubleAdder}'s does, with a
 * fence of some microseconds (Linux 5.10).
 *
 * <p><b>Migration, preemption, dying threads, virtual threads, a late agent, old kernels:</b> as {@link PerCpuDoubleAdder}.
 *
 * <p><b>Not promised.</b> {@code max()} while others offer reads one cell after the other: an offer during the read may count or not. That {@code
 * Long.MIN_VALUE} was offered can't be told from nothing.
 *
 * <p><b>Sources.</b> Those of {@link PerCpuCounter}; a {@code LongAccumulator} for what it does. Where most values are below the highest and nobody resets, that is
 * the faster one: it reads one number that nobody writes.
 *
 * @since 0.1.0
 */
public final class PerCpuMax {
    private static final long SIGN = Long.MIN_VALUE;

    private final ClosableCells cells;
    private long told;

    /** Of nothing yet, with a cell for each CPU. */
    public PerCpuMax() {
        this(Index.CPU);
    }

    /**
     * Of nothing yet, with a cell for each {@code index}.
     *
     * @throws IllegalArgumentException for {@link Index#NUMA_NODE}: several CPUs run with the same one
     */
    public PerCpuMax(Index index) {
        cells = new ClosableCells(index, (a, b) -> Long.compareUnsigned(a, b) < 0 ? b : a);
        told = cells.told();
    }

    /** Makes {@code value} the highest, if it is. */
    public void offer(long value) {
        if (Commits.max(told, value ^ SIGN) != Commits.COMMITTED) offerSlowly(value ^ SIGN);
        Reference.reachabilityFence(this);
    }

    private void offerSlowly(long unsigned) {
        long now = cells.told();
        int own = cells.own();
        if (Commits.maxAgain(now, unsigned) != Commits.COMMITTED) cells.joinOnHeap(own, unsigned);
        if (now != told)
            told = now; // not each time: where there are no sequences, the CPUs would take this line from each other
    }

    /** Returns the highest that was offered since the last reset; {@code Long.MIN_VALUE} of nothing. */
    public long max() {
        return cells.joined() ^ SIGN;
    }

    /** Returns the highest that was offered since the last reset, and resets. An offer meanwhile counts here or in a later result. */
    public long maxThenReset() {
        long at = cells.acquired();
        long taken = at == PerCpuMemory.NONE ? 0 : Commits.takeMax(at);
        Reference.reachabilityFence(this);
        return Math.max(taken ^ SIGN, cells.takenFromHeap() ^ SIGN);
    }

    /** {@link #max()}, in decimal. */
    @Override
    public String toString() {
        return Long.toString(max());
    }
}
