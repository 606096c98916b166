/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.Commits;
import io.rseq.internal.Hook;
import io.rseq.internal.Initialized;
import io.rseq.internal.PerCpuMemory;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A cell for each CPU whose value can be taken, so that the cell begins at 0 again: in per-CPU memory, and on the heap for what finds no sequence there.
 * What {@link PerCpuDoubleAdder} and {@link PerCpuMax} write to.
 *
 * <p>Nobody writes another CPU's cell while sequences may. So who takes closes each cell that is not 0, has every sequence restarted that began before
 * (membarrier(2)), exchanges the cell for 0, and opens it: one call of the agent's, which nothing can interrupt for good. What finds its cell closed goes to the
 * heap, and waits for nobody. Several may take at once; each value is one taker's. Where the kernel has no such fence (before Linux 5.10), all cells are on
 * the heap.
 */
final class ClosableCells {
    private static final long NONE = PerCpuMemory.NONE;

    static {
        Initialized.now(AtomicLongArray.class); // which AtomicCells uses
    }

    private final PerCpuMemory memory = new PerCpuMemory(Commits.CLOSABLE);
    private final Index index;
    private final long by;
    private final LongBinaryOperator join;

    /* The answer of the kernel, once there are sequences: false, and refused is set, where it has no fence. */
    private volatile boolean fenced;
    private volatile boolean refused;

    private volatile @Nullable AtomicCells heap;

    /** {@code join} is what sequences do to a cell; 0 joined with anything is that. */
    ClosableCells(Index index, LongBinaryOperator join) {
        this.index = index;
        this.by = index.by();
        this.join = join;
    }

    Index index() {
        return index;
    }

    /** What sequences are told: of {@link PerCpuMemory#NONE} while there are none. Acquires the memory if they have come. */
    long told() {
        long at = refused ? NONE : memory.acquire();
        if (at != NONE && !fenced) {
            fenced = Commits.fence();
            refused = !fenced;
        }
        return (fenced ? at : NONE) + by;
    }

    /** The index that a thread has on the heap. A thread that has no area yet gets one, so that its first operation is a sequence, too. */
    int own() {
        return index.own();
    }

    /** Joins with the cell on the heap. */
    void joinOnHeap(int own, long operand) {
        AtomicCells made = heap;
        if (made == null) made = makeHeap();
        made.join(own, 0, operand, join);
    }

    /** What all cells hold. */
    long joined() {
        long at = acquired();
        long all = 0;
        for (int cpu = at == NONE ? -1 : Hook.regions() - 1; cpu >= 0; cpu--)
            all = join.applyAsLong(all, Commits.get(cpu, at));
        Reference.reachabilityFence(this);
        return join.applyAsLong(all, onHeap(false));
    }

    /** What the cells of each index hold. */
    long[] byIndex() {
        long[] held = Structures.oneForEachIndex();
        long at = acquired();
        for (int cpu = at == NONE ? -1 : Hook.regions() - 1; cpu >= 0; cpu--) held[cpu] = Commits.get(cpu, at);
        AtomicCells made = heap;
        if (made != null) made.joinRowsTo(held, join);
        Reference.reachabilityFence(this);
        return held;
    }

    /** Where {@link Commits#takeDoubles} and {@link Commits#takeMax} find the cells; {@link PerCpuMemory#NONE}: nowhere. */
    long acquired() {
        return fenced ? memory.acquired() : NONE;
    }

    /** What the heap's cells hold, which hold 0 then. */
    long takenFromHeap() {
        return onHeap(true);
    }

    private long onHeap(boolean taking) {
        AtomicCells made = heap;
        return made == null ? 0 : made.joined(0, join, taking);
    }

    private synchronized AtomicCells makeHeap() {
        if (heap == null) heap = new AtomicCells(Cpus.count(), 1);
        return heap;
    }
}
