/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.HeapRing;
import io.rseq.internal.MemoryRing;
import io.rseq.internal.PerCpuMemory;
import io.rseq.internal.RecordSource;
import io.rseq.internal.ShortLock;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Reads one CPU's records, from the heap and from per-CPU memory; one thread at a time, and who comes second does not wait. */
final class RecordReader {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /* Held for as long as a drain takes, and only ever tried. */
    private final ShortLock reading = new ShortLock();

    private final int cpu;
    private final long capacity;
    private final int longest;
    private final int stamp;
    private MemoryRing memory;
    private byte[] bytes;

    RecordReader(int cpu, long capacity, int maxRecord, boolean timestamps) {
        this.cpu = cpu;
        this.capacity = capacity;
        this.stamp = timestamps ? Long.BYTES : 0;
        this.longest = stamp + maxRecord;
    }

    /** Drains this CPU's of the {@code rings}, and the per-CPU memory at {@code offset}, if there is any. */
    int drain(AtomicReferenceArray<HeapRing> rings, long offset, RecordConsumer consumer) {
        if (!reading.tryLock()) return 0;
        try {
            if (bytes == null) bytes = new byte[longest];
            if (memory == null && offset != PerCpuMemory.NONE) memory = new MemoryRing(cpu, offset, capacity);
            // First, for the order of one thread's records: what it appended on the heap before one that lies before
            // this end is there by now.
            long end = memory == null ? 0 : memory.end();
            HeapRing ring = rings.get(cpu);
            int drained = ring == null ? 0 : drain(ring, ring.end(), consumer);
            return memory == null ? drained : drained + drain(memory, end, consumer);
        } finally {
            reading.unlock();
        }
    }

    private int drain(RecordSource source, long end, RecordConsumer consumer) {
        int drained = 0;
        for (int length = source.next(end); length != RecordSource.NONE; length = source.next(end)) {
            source.take(bytes, length);
            drained++;
            long timestamp = stamp == 0 ? 0 : (long) LONG.get(bytes, 0);
            consumer.accept(cpu, timestamp, bytes, stamp, length - stamp);
        }
        return drained;
    }
}
