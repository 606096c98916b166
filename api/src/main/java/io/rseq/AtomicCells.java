/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongBinaryOperator;

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
        chunk(row, cell).getAndAdd(PAD + (cell & CHUNK - 1), delta);
    }

    private AtomicLongArray chunk(int row, int cell) {
        int slot = row * chunks + (cell >> CHUNK_SHIFT);
        AtomicLongArray chunk = table.get(slot);
        return chunk == null ? make(slot) : chunk;
    }

    /** Puts what {@code join} makes of a cell and {@code operand} there; stores nothing where that changes nothing. */
    void join(int row, int cell, long operand, LongBinaryOperator join) {
        AtomicLongArray chunk = chunk(row, cell);
        int at = PAD + (cell & CHUNK - 1);
        while (true) {
            long now = chunk.get(at);
            long joined = join.applyAsLong(now, operand);
            if (joined == now || chunk.compareAndSet(at, now, joined)) return;
        }
    }

    /** What a cell holds in all rows, joined, beginning with 0. {@code taking}: it holds 0 then. */
    long joined(int cell, LongBinaryOperator join, boolean taking) {
        long all = 0;
        int at = PAD + (cell & CHUNK - 1);
        for (int slot = cell >> CHUNK_SHIFT; slot < table.length(); slot += chunks) {
            AtomicLongArray chunk = table.get(slot);
            if (chunk != null) all = join.applyAsLong(all, taking ? chunk.getAndSet(at, 0) : chunk.get(at));
        }
        return all;
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

    /** Joins what each row holds, in all its cells, with that of {@code all}. */
    void joinRowsTo(long[] all, LongBinaryOperator join) {
        for (int slot = 0; slot < table.length(); slot++) {
            AtomicLongArray chunk = table.get(slot);
            for (int at = PAD; chunk != null && at < chunk.length() - PAD; at++)
                all[slot / chunks] = join.applyAsLong(all[slot / chunks], chunk.get(at));
        }
    }

    private AtomicLongArray make(int slot) {
        AtomicLongArray made = new AtomicLongArray(Math.min(cells, CHUNK) + 2 * PAD);
        AtomicLongArray there = table.compareAndExchange(slot, null, made);
        return there == null ? made : there;
    }
}
