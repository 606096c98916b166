/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * A ring of records on the Java heap, for many writers and one reader at a time: the atomic way of a per-CPU buffer.
 *
 * <p>A writer claims its place with one compare-and-set on the tail, copies, and marks the record complete with release order. So append is
 * lock-free, and a writer that is preempted in the middle holds up the reader and no other writer. A lock would not do: a writer that must
 * not block would have to drop its record because another one is not running. The tail counts all bytes that were ever claimed, in 64 bits, so no
 * compare-and-set meets an old value again.
 *
 * <p>Marks lie in an array of their own, one for 8 bytes of data, and are 0 but where a complete record, or the padding before the end,
 * begins. The reader sets them back before it lets go of the places, of as many records at once as it took. A record never crosses the end.
 * A writer whose stack ends between its claim and its mark leaves padding, by a plain store, for which there is always room. Nothing is decided
 * between the two: at a branch that was not taken before, HotSpot goes back to the interpreter, and may drop the frame then ({@link LockedStack}).
 * After Agrona's {@code ManyToOneRingBuffer}.
 */
public final class HeapRing implements RecordSource {
    /** The rest of the ring; below it, a record's place that nothing came into: of so many bytes. */
    private static final int PADDED = -1;

    private static final VarHandle MARK = MethodHandles.arrayElementVarHandle(int[].class);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, java.nio.ByteOrder.nativeOrder());
    private static final VarHandle TAIL;
    private static final VarHandle HEAD;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            TAIL = lookup.findVarHandle(HeapRing.class, "tail", long.class);
            HEAD = lookup.findVarHandle(HeapRing.class, "head", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final byte[] data;
    private final int[] marks;
    private volatile long tail;
    private volatile long head;

    /* How far the reader took records: what it lets go of next. */
    private long taken;

    /** Of {@code capacity} bytes, a power of two. */
    public HeapRing(int capacity) {
        data = new byte[capacity];
        marks = new int[capacity / GRANULE];
    }

    /**
     * Appends a record, with the time in front of it where {@code stamped}.
     *
     * @return false: there is no room for it
     */
    public boolean append(boolean stamped, long time, byte[] source, int from, int length) {
        int stamp = stamped ? Long.BYTES : 0;
        int size = size(stamp + length);
        while (true) {
            long start = tail;
            int rest = data.length - position(start);
            int padding = rest < size ? rest : 0;
            if (start + padding + size - head > data.length) return false;
            int end = position(start) / GRANULE;
            int at = position(start + padding);
            int endMark = padding > 0 ? PADDED : 0;
            if (!TAIL.compareAndSet(this, start, start + padding + size)) continue;
            marks[end] = endMark;
            try {
                LONG.set(data, at, time); // the record comes over it where it is not stamped: no place is smaller
                System.arraycopy(source, from, data, at + stamp, length);
                MARK.setRelease(marks, at / GRANULE, stamp + length + 1);
            } catch (Throwable failure) {
                marks[at / GRANULE] = PADDED - size;
                throw failure;
            }
            return true;
        }
    }

    @Override
    public long end() {
        return tail;
    }

    @Override
    public int take(long end, byte[] target) {
        long at = taken;
        int fits = Math.min(target.length, CHUNK);
        int filled = 0;
        while (at < end) {
            int place = position(at);
            int mark = (int) MARK.getAcquire(marks, place / GRANULE);
            if (mark == 0) break;
            if (mark == PADDED) {
                at += data.length - place;
                continue;
            }
            if (mark < PADDED) {
                at += PADDED - mark;
                continue;
            }
            int length = mark - 1;
            long next = filled + RecordSource.size(length);
            if (next > fits && filled > 0) break;
            LONG.set(target, filled, (long) length);
            System.arraycopy(data, place, target, filled + HEADER, length);
            filled = (int) next;
            at += size(length);
        }
        taken = at; // nothing from here on throws
        return filled;
    }

    @Override
    public boolean tookAll(long end) {
        return taken >= end;
    }

    @Override
    public void letGo() {
        long from = head;
        if (from == taken) return;
        int first = position(from) / GRANULE;
        int last = position(taken) / GRANULE;
        if (first < last) Arrays.fill(marks, first, last, 0);
        else {
            Arrays.fill(marks, first, marks.length, 0);
            Arrays.fill(marks, 0, last, 0);
        }
        HEAD.setRelease(this, taken);
    }

    /* A record of no bytes has a place of its own as well. */
    private static int size(int length) {
        return Math.max(GRANULE, length + GRANULE - 1 & -GRANULE);
    }

    private int position(long sequence) {
        return (int) sequence & data.length - 1;
    }
}
