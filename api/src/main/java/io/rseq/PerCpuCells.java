/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.Commits;
import io.rseq.internal.Hook;
import io.rseq.internal.Initialized;
import io.rseq.internal.PerCpuMemory;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * A row of cells for each CPU, which {@link PerCpuCounter} and {@link PerCpuHistogram} add to: through a restartable sequence in per-CPU
 * memory, or atomically on the heap. What a cell holds is the sum of both, so it stays exact when the agent arrives in the middle, and
 * when one add goes this way and the next the other.
 *
 * <p>A cell of one CPU is written by sequences on that CPU alone, and read by anyone. It is never set back: a caller that wants to begin at 0
 * again keeps what it read as a base to subtract. So what is read twice from one cell is two values that it really held, in that order.
 *
 * <p>A structure that adds keeps a copy of {@link #told} of its own, a plain one, since every load on the way to a cell shows: a tenth to a
 * fifth of an add. Who reads {@code NONE} there too long goes the slow way, which looks again.
 */
final class PerCpuCells {
    static {
        Initialized.now(AtomicLongArray.class); // which AtomicCells uses
    }

    private final PerCpuMemory memory;
    private final int cells;
    private final Index index;
    private final long by;

    private volatile @Nullable AtomicCells atomics;

    PerCpuCells(int cells, Index index) {
        this.cells = cells;
        this.index = index;
        this.by = index.by();
        this.memory = new PerCpuMemory((long) cells * Long.BYTES);
    }

    Index index() {
        return index;
    }

    /** What an add to cell 0 is told; of {@link PerCpuMemory#NONE} while there are no sequences. Each cell is 8 bytes behind the one before. */
    long told() {
        return memory.offset() + by;
    }

    /**
     * For an add that was not committed. {@code 0 <= cell < cells}: not checked.
     *
     * @return {@link #told}, by now
     */
    long addSlowly(int cell, long delta) {
        long at = memory.acquire();
        int own = index.own(); // registers a thread that has no area yet: its first add is a sequence, too
        if (at == PerCpuMemory.NONE
                || Commits.addAgain(at + (long) cell * Long.BYTES + by, delta) != Commits.COMMITTED) {
            atomics().add(own, cell, delta);
        }
        Reference.reachabilityFence(this);
        return at + by;
    }

    /** What each cell holds, over all CPUs. Each cell is read once. */
    long[] totals() {
        long[] totals = new long[cells];
        long at = memory.acquired();
        if (at != PerCpuMemory.NONE) {
            for (int cpu = Hook.regions() - 1; cpu >= 0; cpu--) {
                for (int cell = 0; cell < cells; cell++)
                    totals[cell] += Commits.get(cpu, at + (long) cell * Long.BYTES);
            }
        }
        AtomicCells heap = atomics;
        if (heap != null) heap.addTo(totals);
        Reference.reachabilityFence(this);
        return totals;
    }

    /** What all cells of each index hold together. */
    long[] byIndex() {
        long[] sums = Structures.oneForEachIndex();
        long at = memory.acquired();
        for (int cpu = at == PerCpuMemory.NONE ? -1 : Hook.regions() - 1; cpu >= 0; cpu--) {
            for (int cell = 0; cell < cells; cell++) sums[cpu] += Commits.get(cpu, at + (long) cell * Long.BYTES);
        }
        AtomicCells heap = atomics;
        if (heap != null) heap.joinRowsTo(sums, Long::sum);
        Reference.reachabilityFence(this);
        return sums;
    }

    private AtomicCells atomics() {
        AtomicCells made = atomics;
        return made == null ? makeAtomics() : made;
    }

    private synchronized AtomicCells makeAtomics() {
        if (atomics == null) atomics = new AtomicCells(Cpus.count(), cells);
        return atomics;
    }
}
