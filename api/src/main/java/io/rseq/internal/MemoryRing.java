/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

/**
 * One CPU's buffer in per-CPU memory, as its reader sees it: the bytes ever reserved, by sequences; 64 bytes further those ever consumed,
 * by the reader; 128 bytes further the records, each a length, negative while it is written, and a kind, 4 bytes each, then its bytes, in a
 * multiple of 8.
 *
 * <p>The reader goes from header to header, each read with acquire order, then copies all that lies between in one piece, then stores what
 * it consumed, once, with release order. It wipes nothing: a sequence writes the header, negative, before the tail that makes it visible.
 */
public final class MemoryRing implements RecordSource {
    /** Bytes before the data. */
    public static final int DATA = 128;

    private static final int HEAD = 64;

    private final int cpu;
    private final long offset;
    private final long capacity;

    /* How far records were taken. */
    private long head;

    /* What lies at HEAD: nobody else writes it. */
    private long released;

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
    public int take(long end, byte[] target) {
        long start = head;
        long place = offset + DATA + (start & capacity - 1) - start;
        // No record crosses the end of the data.
        long limit = Math.min(end, (start | capacity - 1) + 1);
        long fits = start + Math.min(target.length, CHUNK);
        long at = start;
        int length = 0;
        long size = RecordSource.size(length);
        while (at < limit) {
            int now = (int) Commits.get(cpu, place + at);
            if (now < 0 && Commits.available()) now = (int) Commits.get(cpu, place + at); // completed, if abandoned
            // Rather than at += size(now): the CPU foresees a branch, and need not wait for this header to look for the
            // next.
            if (now != length) {
                if (now < 0) break;
                length = now;
                size = RecordSource.size(now);
            }
            if (at + size > fits && at > start) break;
            at += size;
        }
        int taken = (int) (at - start);
        if (taken > 0) Commits.copyOut(cpu, place + start, target, 0, taken);
        head = at; // nothing from here on throws
        return taken;
    }

    @Override
    public boolean tookAll(long end) {
        return head >= end;
    }

    @Override
    public void letGo() {
        long taken = head;
        if (released == taken) return;
        Commits.put(cpu, offset + HEAD, taken);
        released = taken;
    }
}
