/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.Commits;
import io.rseq.internal.HeapRing;
import io.rseq.internal.Hook;
import io.rseq.internal.Initialized;
import io.rseq.internal.MemoryRing;
import io.rseq.internal.PerCpuMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A ring of records for each CPU, that any thread appends to without ever waiting, and that one reader or several drain: event logs,
 * traces, samples.
 *
 * <p><b>How.</b> Under the agent, on JDK 22 and later, a record of up to 512 bytes is appended by one <em>restartable sequence</em>: it copies the
 * bytes behind its CPU's tail, where nobody looks, and its one store of the new tail commits them. For a longer record, one at the ring's end,
 * one by concurrency id, and on earlier JDKs a sequence reserves room by that store; then append copies the bytes, and at last stores the
 * record's length with release order. Until then the record counts as being written. Each ring has one reader at a time, which moves the head
 * on; nobody else writes that. Where there are no sequences (no agent, {@code committer=atomic}) a ring on the heap for each index stands in,
 * where a compare-and-set reserves.
 *
 * <p><b>Promises.</b> A record that append said true of is drained once, whole, or is still here. Records of one CPU come in the order of
 * their reservation, and so do a thread's own, as long as it stays on one CPU; across CPUs there is no order but that of timestamps. Two
 * exceptions: a record whose sequences were restarted some 65 times takes the heap's ring, and may come before earlier ones of its CPU; and
 * timestamps are taken before the reservation, so a thread that is preempted between leaves a record with an earlier timestamp behind a
 * later one.
 *
 * <p><b>Progress.</b> Append by sequence is wait-free (some 65 restarts at most, then the heap's ring), else lock-free. It never blocks and
 * never overwrites: where there is no room the record is dropped, {@code append} answers false, and {@link #dropped()} counts. {@link
 * #drain} never blocks either: a CPU whose records another thread is draining is left out. HotSpot may take the frames of a reader away by an error
 * of the VM ({@link io.rseq.internal.LockedStack} says when): that CPU is read again after a collection has found the frame gone, and what is lost is the chunk
 * that it was taking, at most.
 *
 * <p><b>Memory ordering.</b> What a thread did before it appended a record <em>happens before</em> what the consumer of that record does.
 * Reading ends, for now, at a record that is still being written, even where later ones of that CPU are complete.
 *
 * <p><b>Migration</b> within the sequence restarts it; between reservation and completion it is harmless, the record lies where it was
 * reserved. <b>Preemption</b> in that time delays what the reader sees of that CPU, and no writer, until the ring is full. <b>Dying
 * threads</b>: nothing in that time can throw but the JVM itself; then the agent turns the record into padding. <b>Virtual threads</b>
 * append on their carrier's CPU, and can't be unmounted in that time. An agent that arrives later is made use of from the next append on;
 * what lies in a CPU's ring on the heap is drained first, and what lies in its memory waits for that.
 *
 * <p><b>Cost.</b> A record takes 8 bytes and its own, and 8 for a timestamp, in a multiple of 8; its CPU's ring is touched as it fills, and
 * given back after this is unreachable. What is drained goes through a chunk of 8 KiB or one record for each CPU, whichever is longer, but not
 * longer than a ring; a drain that finds records allocates two small objects, however many records there are. With timestamps an array for each index
 * is kept, of up to twice the longest record. The heap's rings take half as much again as their capacity. A timestamp costs {@link
 * System#nanoTime()} and a second copy of the record.
 *
 * <p><b>Sources.</b> The ring buffers of ftrace ({@code kernel/trace/ring_buffer.c}) and LTTng, which reserve by local operations on
 * per-CPU memory; Agrona's {@code ManyToOneRingBuffer} for records with their length stored last.
 *
 * @since 0.1.0
 */
public final class PerCpuBuffer {
    /** The fewest bytes that a CPU's ring can have. */
    public static final int MIN_CAPACITY = 1 << 10;

    /** The most. */
    public static final int MAX_CAPACITY = 1 << 26;

    private static final long NONE = PerCpuMemory.NONE;

    /* A cache line, in references. */
    private static final int APART = 16;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    static {
        Initialized.now(HeapRing.class, RecordReader.class);
    }

    private final long capacity;
    private final int maxRecord;
    private final boolean timestamps;
    private final Index index;
    private final long by;
    private final PerCpuMemory memory;
    private final AtomicReferenceArray<HeapRing> rings = new AtomicReferenceArray<>(Cpus.count());
    private final AtomicReferenceArray<RecordReader> readers = new AtomicReferenceArray<>(Cpus.count());
    private final LongAdder dropped = Initialized.longAdder();

    /*
     * Where a record and its timestamp come together, so that one copy takes both: an array for each index, which a thread takes while it
     * appends. One that finds none, since the thread that has it was preempted, makes another. Null without timestamps.
     */
    private final @Nullable AtomicReferenceArray<byte[]> scratch;

    /* What sequences are told: the memory's offset and by. Plain: who reads NONE too long goes the slow way, which looks again. */
    private long told = NONE;

    /** Of that many bytes for each CPU, without timestamps. */
    public PerCpuBuffer(int capacityPerCpu) {
        this(builder(capacityPerCpu));
    }

    private PerCpuBuffer(Builder builder) {
        capacity = builder.capacityPerCpu;
        maxRecord = builder.capacityPerCpu / 8;
        timestamps = builder.timestamps;
        index = builder.index;
        by = index.by();
        scratch = timestamps ? new AtomicReferenceArray<>(APART * Cpus.count()) : null;
        memory = new PerCpuMemory(MemoryRing.DATA + capacity);
        acquire();
    }

    /** Of that many bytes for each CPU: a power of two, {@link #MIN_CAPACITY} to {@link #MAX_CAPACITY}. */
    public static Builder builder(int capacityPerCpu) {
        return new Builder(capacityPerCpu);
    }

    /** The length of the longest record: an eighth of the capacity. */
    public int maxRecord() {
        return maxRecord;
    }

    /** How many bytes each CPU's ring has. */
    public int capacityPerCpu() {
        return (int) capacity;
    }

    /** How many records found no room. */
    public long dropped() {
        return dropped.sum();
    }

    /** {@link #append(byte[], int, int)} of all bytes. */
    public boolean append(byte[] record) {
        return append(record, 0, record.length);
    }

    /**
     * Appends a record.
     *
     * @return false: there was no room here, it is dropped, and counted
     * @throws IllegalArgumentException if it is longer than {@link #maxRecord()}
     * @throws IndexOutOfBoundsException if the range is not one of {@code source}
     */
    public boolean append(byte[] source, int from, int length) {
        Objects.checkFromIndexSize(from, length, source.length);
        if (length > maxRecord) throw new IllegalArgumentException("length=" + length + ": more than " + maxRecord);
        long time = timestamps ? System.nanoTime() : 0;
        long status = commit(time, source, from, length);
        return status == Commits.COMMITTED || appendOtherwise(status, time, source, from, length);
    }

    /**
     * Hands what has been appended, CPU by CPU, to {@code consumer}, and makes room. What is appended during the call may stay.
     *
     * <p>Records are taken by the chunk: copied in one piece, their places given back to the writers, then handed out one by one. If {@code
     * consumer} throws, the record that it threw at counts as drained, and this throws the same; the rest of the chunk stays with the buffer,
     * and comes before all else of its CPU in the next drain, on whatever thread. So a consumer that is slow, or fails, holds up no writer for
     * what it was not yet given of a chunk. It may append; its own drains of this buffer leave out the CPU that it is called for.
     *
     * @return how many records there were
     */
    public int drain(RecordConsumer consumer) {
        return drain(readers.length(), consumer);
    }

    /**
     * {@link #drain} of the CPU alone that the caller runs on, or of its concurrency id where rings are those'. The records that it reads
     * were written on this CPU, or under this id, so this is for a writer that found no room, and would rather make some than drop its
     * record. It may be moved to another CPU in between, where there is room or not:
     *
     * <pre>{@code
     * while (!events.append(record)) if (events.drainCurrent(consumer) == 0) Thread.yield(); // others are at it here
     * }</pre>
     *
     * @return how many records there were
     */
    public int drainCurrent(RecordConsumer consumer) {
        return drain(1, consumer);
    }

    @Override
    public String toString() {
        return "PerCpuBuffer[capacityPerCpu=" + capacity + ", maxRecord=" + maxRecord + ", timestamps=" + timestamps
                + ", index=" + index + ", dropped=" + dropped() + "]";
    }

    /* That many CPUs' records. */
    private int drain(int count, RecordConsumer consumer) {
        Objects.requireNonNull(consumer);
        Object frame = null; // made when a CPU has records: most polls find none
        WeakReference<Object> reading = null;
        int drained = 0;
        int cpus = readers.length();
        int own = index.own(); // first: it is in this cache, and threads that drain side by side begin each elsewhere
        for (int i = 0; i < count; i++) {
            int cpu = own + i < cpus ? own + i : own + i - cpus;
            long at = cpu < Hook.regions() ? memory.acquired() : NONE;
            if (rings.get(cpu) == null && (at == NONE || Commits.get(cpu, at) == 0)) continue;
            RecordReader reader = reader(cpu);
            if (reader.hasNothing(rings, at)) continue;
            if (frame == null) {
                frame = new Object();
                reading = new WeakReference<>(frame);
            }
            drained += reader.drain(reading, rings, at, consumer);
        }
        Reference.reachabilityFence(frame);
        Reference.reachabilityFence(this);
        return drained;
    }

    /** How many bytes of records were appended at each index since this was made, with what a record takes beside its own. */
    long[] byIndex() {
        long[] bytes = Structures.oneForEachIndex();
        long at = memory.acquired();
        for (int cpu = at == NONE ? -1 : Hook.regions() - 1; cpu >= 0; cpu--) bytes[cpu] = Commits.get(cpu, at);
        for (int index = 0; index < rings.length(); index++) {
            HeapRing ring = rings.get(index);
            if (ring != null) bytes[index] += ring.end();
        }
        Reference.reachabilityFence(this);
        return bytes;
    }

    private long commit(long time, byte[] source, int from, int length) {
        if (timestamps) return commitStamped(time, source, from, length);
        long status = Commits.append(told, capacity, source, from, length);
        Reference.reachabilityFence(this);
        return status;
    }

    private long commitStamped(long time, byte[] source, int from, int length) {
        if (told == NONE) return Commits.UNAVAILABLE;
        int at = APART * index.own();
        byte[] record = scratch.getAndSet(at, null);
        if (record == null || record.length < Long.BYTES + length) record = new byte[scratchLength(length)];
        LONG.set(record, 0, time);
        System.arraycopy(source, from, record, Long.BYTES, length);
        long status = Commits.append(told, capacity, record, 0, Long.BYTES + length);
        scratch.setRelease(at, record);
        Reference.reachabilityFence(this);
        return status;
    }

    /* In powers of two: made a few times while records grow longer. */
    private static int scratchLength(int record) {
        return Integer.highestOneBit(record | Long.BYTES) * 2 + Long.BYTES;
    }

    private boolean appendOtherwise(long refusal, long time, byte[] source, int from, int length) {
        long status = refusal;
        if (status == Commits.UNAVAILABLE && (told != NONE || acquire())) {
            index.own(); // registers a thread that has no area yet
            status = commit(time, source, from, length);
        }
        if (status == Commits.COMMITTED) return true;
        boolean appended = status != Commits.FULL && ring().append(timestamps, time, source, from, length);
        if (!appended) dropped.increment();
        return appended;
    }

    /* An agent that sees more CPUs than Cpus did, which only one that came later can, has sequences append where no reader looks. */
    private boolean acquire() {
        long at = Hook.seesMoreCpus() ? NONE : memory.acquire();
        if (at == NONE) return false;
        told = at + by;
        return true;
    }

    private HeapRing ring() {
        int own = index.own();
        HeapRing ring = rings.get(own);
        if (ring != null) return ring;
        rings.compareAndSet(own, null, new HeapRing((int) capacity));
        return rings.get(own);
    }

    private RecordReader reader(int cpu) {
        RecordReader reader = readers.get(cpu);
        if (reader != null) return reader;
        readers.compareAndSet(cpu, null, new RecordReader(cpu, capacity, maxRecord, timestamps));
        return readers.get(cpu);
    }

    /**
     * What a buffer is made of.
     *
     * @since 0.1.0
     */
    public static final class Builder {
        private final int capacityPerCpu;
        private boolean timestamps;
        private Index index = Index.CPU;

        private Builder(int capacityPerCpu) {
            if (capacityPerCpu < MIN_CAPACITY || capacityPerCpu > MAX_CAPACITY || Integer.bitCount(capacityPerCpu) != 1)
                throw new IllegalArgumentException("capacityPerCpu=" + capacityPerCpu + ": not a power of two in "
                        + MIN_CAPACITY + ".." + MAX_CAPACITY);
            this.capacityPerCpu = capacityPerCpu;
        }

        /** Whether each record is stamped with {@link System#nanoTime()}: not, unless told otherwise. */
        public Builder timestamps(boolean stamped) {
            timestamps = stamped;
            return this;
        }

        /**
         * Whether rings are the CPU's or the concurrency id's.
         *
         * @throws IllegalArgumentException for {@link Index#NUMA_NODE}: several CPUs run with the same one
         */
        public Builder index(Index of) {
            of.by(); // refuses the node
            index = of;
            return this;
        }

        /** The buffer, empty. */
        public PerCpuBuffer build() {
            return new PerCpuBuffer(this);
        }
    }
}
