/* SPDX-License-Identifier: Apache-2.0 */
package com.fasterxml.jackson.core.util;

import java.lang.ref.SoftReference;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A pool of Jackson's recyclers, a row of idle ones for each CPU. With {@code adopt=jackson} the agent defines this class beside each copy of
 * Jackson's own, in its class loader and under its package's name ({@code tools.jackson} has the same), and {@code JsonRecyclerPools.defaultPool()}
 * answers {@link #GLOBAL}. It names nothing but Jackson, the JDK, and the hook.
 *
 * <p><b>Algorithm.</b> A thread takes what lies in the first full slot of its CPU's row, by an atomic exchange, and makes a recycler where there is
 * none. It gives back by a store to the first empty slot of the row of the CPU that it then runs on, and drops what finds none.
 *
 * <p><b>Progress, memory ordering.</b> Both are wait-free: one look through a row. The store has release order and the exchange acquires, so what a
 * thread did to a recycler <em>happens before</em> what the next one does. A recycler is in one slot or in one hand, as the exchange hands it to one
 * thread. Two threads that store to one slot at the same time lose one of the two recyclers to the collector, which is why it need be no exchange.
 *
 * <p><b>Migration, preemption, death of a thread, virtual threads</b> in any of that do no harm: the index only chooses a row. What is not given back is
 * garbage.
 *
 * <p><b>Bound.</b> {@link #SLOTS} recyclers a CPU, each as large as Jackson lets it grow. A row is held softly, as Jackson holds a thread's recycler:
 * where memory is short it goes, with all that lies in it.
 *
 * <p><b>Serialized</b>, it is what Jackson's default is without the agent: a stream that names this class could be read nowhere else.
 *
 * <p><b>Why not by sequences.</b> One exchange on a line of this CPU's own is lost in a document that takes a microsecond, for whose buffers Jackson does
 * several.
 */
class $RseqRecyclerPool implements RecyclerPool<BufferRecycler> {
    private static final long serialVersionUID = 1;

    /** How many recyclers of a CPU may be idle. A thread that parks with one in hand is why there is more than one. */
    static final int SLOTS = 16;

    /** In front of and behind a row's slots: two lines that it shares with nothing, at 4 bytes or 8 a reference. */
    private static final int PADDING = 32;

    static final RecyclerPool<BufferRecycler> GLOBAL = new $RseqRecyclerPool($Rseq.cpus());

    /* By CPU; null until something is given back there. */
    private final transient AtomicReferenceArray<SoftReference<AtomicReferenceArray<BufferRecycler>>> rows;

    $RseqRecyclerPool(int cpus) {
        rows = new AtomicReferenceArray<>(cpus);
    }

    /** The CPU that the caller runs on; a test's own. */
    int cpu() {
        return $Rseq.cpu();
    }

    @Override
    public BufferRecycler acquirePooled() {
        AtomicReferenceArray<BufferRecycler> row = row(cpu());
        BufferRecycler idle = row == null ? null : take(row);
        return idle == null ? new BufferRecycler() : idle;
    }

    @Override
    public void releasePooled(BufferRecycler recycler) {
        int cpu = cpu();
        AtomicReferenceArray<BufferRecycler> row = row(cpu);
        if (row == null) row = makeRow(cpu);
        if (row == null) return;
        for (int slot = PADDING; slot < PADDING + SLOTS; slot++) {
            if (row.getOpaque(slot) != null) continue;
            row.setRelease(slot, recycler);
            return;
        }
    }

    @Override
    public int pooledCount() {
        int count = 0;
        for (int cpu = 0; cpu < rows.length(); cpu++) {
            AtomicReferenceArray<BufferRecycler> row = row(cpu);
            for (int slot = 0; row != null && slot < row.length(); slot++) {
                if (row.getOpaque(slot) != null) count++;
            }
        }
        return count;
    }

    @Override
    public boolean clear() {
        for (int cpu = 0; cpu < rows.length(); cpu++) rows.setRelease(cpu, null);
        return true;
    }

    private static BufferRecycler take(AtomicReferenceArray<BufferRecycler> row) {
        for (int slot = PADDING; slot < PADDING + SLOTS; slot++) {
            if (row.getOpaque(slot) == null) continue;
            BufferRecycler idle = row.getAndSet(slot, null);
            if (idle != null) return idle;
        }
        return null;
    }

    private AtomicReferenceArray<BufferRecycler> row(int cpu) {
        SoftReference<AtomicReferenceArray<BufferRecycler>> row = rows.getAcquire(cpu);
        return row == null ? null : row.get();
    }

    /* Null where there is no memory: who gives back is closing a document that is done. */
    private AtomicReferenceArray<BufferRecycler> makeRow(int cpu) {
        try {
            AtomicReferenceArray<BufferRecycler> row = new AtomicReferenceArray<>(PADDING + SLOTS + PADDING);
            rows.setRelease(cpu, new SoftReference<>(row));
            return row;
        } catch (OutOfMemoryError none) {
            return null;
        }
    }

    /** The agent puts the method here that Jackson's own default pool comes from. */
    private Object writeReplace() {
        return JsonRecyclerPools.threadLocalPool();
    }
}
