/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A row of atomic cells for each CPU, in one array. Between the cells of two rows, and around the first and the last, lies a gap as wide
 * as the widest unit that CPUs keep coherent, so that a write to one row never takes a line away from the CPU that writes another.
 *
 * <p>A cell is an atomic although its row is meant for one CPU: the index is a hint, and two threads may hold the same one.
 */
final class PaddedRows {
    /** In longs: 128 bytes, two lines of x86-64, which fetches them in pairs, and one of the larger aarch64 CPUs. */
    private static final int GAP = 16;

    private final int rows;
    private final int width;
    private final AtomicLongArray cells;

    PaddedRows(int rows, int width) {
        if (rows < 1 || width < 1) throw new IllegalArgumentException("rows=" + rows + " width=" + width);
        this.rows = rows;
        this.width = width;
        this.cells = new AtomicLongArray(Math.addExact(GAP, Math.multiplyExact(rows, Math.addExact(width, GAP))));
    }

    int rows() {
        return rows;
    }

    int width() {
        return width;
    }

    void add(int row, int cell, long delta) {
        cells.getAndAdd(at(row, cell), delta);
    }

    /** Raises the cell to {@code value}, unless it is there already, which is the common case and costs one read. */
    void raise(int row, int cell, long value) {
        int at = at(row, cell);
        for (long seen = cells.get(at); seen < value; seen = cells.get(at)) {
            if (cells.weakCompareAndSetVolatile(at, seen, value)) return;
        }
    }

    long get(int row, int cell) {
        return cells.get(at(row, cell));
    }

    /** The cell over all rows. Exact once no one writes. */
    long sum(int cell) {
        long sum = 0;
        for (int row = 0; row < rows; row++) sum += get(row, cell);
        return sum;
    }

    int at(int row, int cell) {
        if (row < 0 || row >= rows || cell < 0 || cell >= width)
            throw new IndexOutOfBoundsException("row " + row + " of " + rows + ", cell " + cell + " of " + width);
        return GAP + row * (width + GAP) + cell;
    }
}
