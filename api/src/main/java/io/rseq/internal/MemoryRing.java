/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

/**
 * One CPU's buffer in per-CPU memory, as its reader sees it: the bytes ever reserved, by sequences; 64 bytes further those ever consumed,
 * by the reader; 128 bytes further the records, each a length, negative while it is written, and a kind, 4 bytes each, then its bytes, in a
 * multiple of 8.
 */
public final class MemoryRing implements RecordSource {
    /** Bytes before the data. */
    public static final int DATA = 128;

    /** Bytes before each record's own. */
    public static final int HEADER = 8;

    private static final int HEAD = 64;
    private static final int PADDING = 1;

    private final int cpu;
    private final long offset;
    private final long capacity;

    /* What lies at HEAD: nobody else writes it. */
    private long head;

    /** The buffer at {@code offset}, of {@code capacity} bytes of data. */
    public MemoryRing(int cpu, long offset, long capacity) {
        this.cpu = cpu;
        this.offset = offset;
        this.capacity = capacity;
    }

    @Override
    public long end() {
        return Commits.get(cpu, offset);
    }

    @Override
    public int next(long end) {
        while (head < end) {
            long header = Commits.get(cpu, place());
            int length = (int) header;
            if (length < 0) return NONE;
            if ((int) (header >>> Integer.SIZE) != PADDING) return length;
            leave(length);
        }
        return NONE;
    }

    @Override
    public void take(byte[] target, int length) {
        Commits.copyOut(cpu, place() + HEADER, target, 0, length);
        leave(length);
    }

    private void leave(int length) {
        head += length + HEADER + Long.BYTES - 1 & -Long.BYTES;
        Commits.put(cpu, offset + HEAD, head);
    }

    private long place() {
        return offset + DATA + (head & capacity - 1);
    }
}
