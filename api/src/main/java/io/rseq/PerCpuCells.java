/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.Commits;
import io.rseq.internal.Hook;
import io.rseq.internal.PerCpuMemory;
import java.lang.ref.Reference;

/**
 * A row of cells for each CPU, which {@link PerCpuCounter} and {@link PerCpuHistogram} add to: through a restartable sequence in per-CPU
 * memory, or atomically on the heap. What a cell holds is the sum of both, so it stays exact when the agent arrives in the middle, and
 * when one add goes this way and the next the other.
 *
 * <p>A cell of one CPU is written by sequences on that CPU alone, and read by anyone. It is never set back: whoever wants to begin at 0
 * again keeps what it read as a base to subtract. So what is read twice from one cell is two values that it really held, in that order.
 */
final class PerCpuCells {
    private final PerCpuMemory memory;
    private final int cells;
    private final Index index;
    private final long field;

    /* The memory's, copied so that an add is a load shorter. Plain: who reads NONE too long goes the slow way, which looks again. */
    private long offset;

    private volatile AtomicCells atomics;

    PerCpuCells(int cells, Index index) {
        if (index == Index.NUMA_NODE)
            throw new IllegalArgumentException("index=NUMA_NODE: a sequence can't commit by it; CPU or CONCURRENCY_ID");
        this.cells = cells;
        this.index = index;
        this.field = index == Index.CONCURRENCY_ID ? Commits.FIELD_CONCURRENCY_ID : Commits.FIELD_CPU;
        this.memory = new PerCpuMemory((long) cells * Long.BYTES);
        this.offset = memory.offset();
    }

    Index index() {
        return index;
    }

    /** {@code 0 <= cell < cells}: not checked. */
    void add(int cell, long delta) {
        if (Commits.add(offset + (long) cell * Long.BYTES, delta, field) != Commits.COMMITTED) addSlowly(cell, delta);
        Reference.reachabilityFence(this);
    }

    /** What each cell holds, over all CPUs. Each cell is read once. */
    long[] totals() {
        long[] totals = new long[cells];
        long at = memory.acquired();
        if (at != PerCpuMemory.NONE) {
            for (int cpu = regions() - 1; cpu >= 0; cpu--) {
                for (int cell = 0; cell < cells; cell++)
                    totals[cell] += Commits.get(cpu, at + (long) cell * Long.BYTES);
            }
        }
        AtomicCells heap = atomics;
        if (heap != null) heap.addTo(totals);
        Reference.reachabilityFence(this);
        return totals;
    }

    private void addSlowly(int cell, long delta) {
        if (offset == PerCpuMemory.NONE) {
            long at = memory.acquire();
            if (at != PerCpuMemory.NONE) {
                offset = at;
                if (Commits.add(at + (long) cell * Long.BYTES, delta, field) == Commits.COMMITTED) return;
            }
        }
        // Asking for the index also registers a thread that had no area: its next add is a sequence.
        atomics().add(index == Index.CONCURRENCY_ID ? Cpus.concurrencyId() : Cpus.index(), cell, delta);
    }

    private AtomicCells atomics() {
        AtomicCells made = atomics;
        return made == null ? makeAtomics() : made;
    }

    private synchronized AtomicCells makeAtomics() {
        if (atomics == null) atomics = new AtomicCells(Cpus.count(), cells);
        return atomics;
    }

    /* The agent's number, if it came later and saw another /sys than Cpus did. */
    private static int regions() {
        int regions = Hook.cpus();
        return regions > 0 ? regions : Cpus.count();
    }
}
