/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Cells on the Java heap, a row of them for each index: where a structure counts when there are no sequences. Any thread may add to any
 * cell. What was never written costs no more than a reference for each chunk of a row, and no two rows share a cache line. A chunk is stored once and never replaced.
 */
final class AtomicCells {
    private static final int CHUNK_SHIFT = 9; // 512 cells, a page
    private static final int CHUNK = 1 << CHUNK_SHIFT;

    /* On both sides of a chunk, in longs: two cache lines, as they are fetched in pairs. */
    private static final int PAD = 16;

    private final int cells;
    private final int chunks;
    private final AtomicReferenceArray<AtomicLongArray> table;

    AtomicCells(int rows, int cells) {
        this.cells = cells;
        this.chunks = (cells + CHUNK - 1) >> CHUNK_SHIFT;
        this.table = new AtomicReferenceArray<>(Math.multiplyExact(rows, chunks));
    }

    void add(int row, int cell, long delta) {
        int slot = row * chunks + (cell >> CHUNK_SHIFT);
        AtomicLongArray chunk = table.get(slot);
        if (chunk == null) chunk = make(slot);
        chunk.getAndAdd(PAD + (cell & CHUNK - 1), delta);
    }

    /** Adds what each cell holds, in all rows together, to {@code totals}. */
    void addTo(long[] totals) {
        for (int slot = 0; slot < table.length(); slot++) {
            AtomicLongArray chunk = table.get(slot);
            if (chunk == null) continue;
            int first = slot % chunks << CHUNK_SHIFT;
            int end = Math.min(CHUNK, cells - first);
            for (int cell = 0; cell < end; cell++) totals[first + cell] += chunk.get(PAD + cell);
        }
    }

    private AtomicLongArray make(int slot) {
        AtomicLongArray made = new AtomicLongArray(Math.min(cells, CHUNK) + 2 * PAD);
        AtomicLongArray there = table.compareAndExchange(slot, null, made);
        return there == null ? made : there;
    }
}
