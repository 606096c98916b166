/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.HeapRing;
import io.rseq.internal.MemoryRing;
import io.rseq.internal.PerCpuMemory;
import io.rseq.internal.RecordSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Reads one CPU's records, from the heap and from per-CPU memory; one thread at a time, and who comes second does not wait.
 *
 * <p>It takes a chunk of records at once, gives their places back, and hands them out from its own bytes; what a consumer that threw has
 * left of a chunk is the first that the next drain hands out.
 *
 * <p>The consumer's code runs meanwhile, so no monitor will do, and a lock in a field could outlive the frame of its holder ({@link
 * io.rseq.internal.LockedStack} says how). So a reader is known by an object that its frame alone holds: when that was collected, the frame is gone,
 * and the next one reads. What is handed out is stored before the consumer sees it: such a reader may lose the chunk that it was taking, and
 * nothing comes twice.
 */
final class RecordReader {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final VarHandle READER;

    static {
        try {
            READER = MethodHandles.lookup().findVarHandle(RecordReader.class, "reader", WeakReference.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /* Who reads. Null, or cleared: nobody. A null that came back is harmless: it still means that nobody reads. */
    private volatile @Nullable WeakReference<Object> reader;

    private final int cpu;
    private final long capacity;
    private final int chunkLength;
    private final int stamp;
    private @Nullable MemoryRing memory;

    /* Records that were taken, and between which of its bytes those lie that were not handed out. */
    private byte @Nullable [] chunk;
    private int next;
    private int filled;

    RecordReader(int cpu, long capacity, int maxRecord, boolean timestamps) {
        this.cpu = cpu;
        this.capacity = capacity;
        this.stamp = timestamps ? Long.BYTES : 0;
        this.chunkLength = (int) Math.max(RecordSource.size(stamp + maxRecord), Math.min(capacity, RecordSource.CHUNK));
    }

    /** Returns whether there is nothing to hand out. Another thread that reads meanwhile may have it say either. */
    boolean hasNothing(AtomicReferenceArray<HeapRing> rings, long offset) {
        if (reader != null) return false; // read first: what the last reader left is seen, then
        MemoryRing known = memory;
        HeapRing ring = rings.get(cpu);
        return next == filled
                && (known == null ? offset == PerCpuMemory.NONE : known.tookAll(known.end()))
                && (ring == null || ring.tookAll(ring.end()));
    }

    /**
     * Drains this CPU's of the {@code rings}, and the per-CPU memory at {@code offset}, if there is any.
     *
     * @param frame refers to what the caller's frame alone holds, and holds until this returns
     */
    int drain(WeakReference<Object> frame, AtomicReferenceArray<HeapRing> rings, long offset, RecordConsumer consumer) {
        WeakReference<Object> other = reader;
        if (other != null && !other.refersTo(null) || !READER.compareAndSet(this, other, frame)) return 0;
        try {
            if (chunk == null) chunk = new byte[chunkLength];
            int drained = handOut(consumer);
            if (memory == null && offset != PerCpuMemory.NONE) memory = new MemoryRing(cpu, offset, capacity);
            // First, for the order of one thread's records: what it appended on the heap before one that lies before
            // this end is there by now. So the memory waits where the heap's ring stops at a record under way: what
            // lies behind that may be older than what its thread appended here.
            long end = memory == null ? 0 : memory.end();
            HeapRing ring = rings.get(cpu);
            if (ring != null) {
                long heapEnd = ring.end();
                drained += drain(ring, heapEnd, consumer);
                if (!ring.tookAll(heapEnd)) return drained;
            }
            return memory == null ? drained : drained + drain(memory, end, consumer);
        } finally {
            // Not by a store: after the consumer threw, a collection may find the caller's frame gone, and another
            // reads by now.
            READER.compareAndSet(this, frame, null);
        }
    }

    private int drain(RecordSource source, long end, RecordConsumer consumer) {
        int drained = 0;
        do {
            filled = 0; // first: none of these stores by itself makes a record of what was handed out
            next = 0;
            filled = source.take(end, chunk);
            source.letGo();
            drained += handOut(consumer);
        } while (filled > 0);
        return drained;
    }

    private int handOut(RecordConsumer consumer) {
        byte[] records = chunk;
        int end = filled;
        int at = next;
        int drained = 0;
        long length = 0;
        int size = (int) RecordSource.size(0);
        while (at < end) {
            long header = (long) LONG.get(records, at);
            if (header != length) {
                length = header;
                size = (int) RecordSource.size((int) header);
            }
            int from = at + RecordSource.HEADER;
            boolean padding = length >>> Integer.SIZE == RecordSource.PADDING;
            long timestamp = padding || stamp == 0 ? 0 : (long) LONG.get(records, from);
            at += size;
            next = at; // before the call: the record that it throws at is drained
            if (padding) continue;
            drained++;
            consumer.accept(cpu, timestamp, records, from + stamp, (int) length - stamp);
        }
        return drained;
    }
}
