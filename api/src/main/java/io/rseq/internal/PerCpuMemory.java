/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One allocation of per-CPU memory: the same bytes in the region of every possible CPU, given back when the object is unreachable.
 *
 * <p>It is acquired as soon as there are sequences: in the constructor, or, where the agent arrives later, by the first operation that
 * finds none and asks again. Until then, and without the agent for good, {@link #offset()} is {@link #NONE}, and the structure goes its
 * atomic way.
 *
 * <pre>{@code
 * long offset = memory.offset();                                     // plain: the hot path
 * if (Commits.add(offset, delta) == COMMITTED) {                     // of NONE: UNAVAILABLE
 *     Reference.reachabilityFence(memory);                           // not given back while a sequence runs on it
 *     return;
 * }
 * offset = memory.acquire();                                         // the slow path asks again: a woven static call, no more
 * }</pre>
 *
 * <p>The memory is zeroed before the offset is published (release), and stays the structure's until the structure is unreachable; the
 * offset never changes once it is there. Where the regions are full it stays {@link #NONE} for good, and the structure goes on as without the agent.
 * Acquiring waits for nobody but another thread that acquires the same; all else is wait-free.
 */
public final class PerCpuMemory {
    /** The offset of what there is none of. Sequences take it, and what is not far above it, for an answer: UNAVAILABLE. */
    public static final long NONE = Commits.NONE;

    private static final VarHandle OFFSET;

    static {
        try {
            OFFSET = MethodHandles.lookup().findVarHandle(PerCpuMemory.class, "offset", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final long bytes;
    private long offset = NONE;

    /* The regions were full: the structure goes its atomic way, and does not ask again at each operation. */
    private volatile boolean refused;

    /** Acquires {@code bytes} in each region, where there are sequences and room. */
    public PerCpuMemory(long bytes) {
        if (bytes <= 0) throw new IllegalArgumentException("bytes=" + bytes);
        this.bytes = bytes;
        Hook.structures = true;
        acquire();
    }

    /** Bytes in each region, whether acquired or not. */
    public long bytes() {
        return bytes;
    }

    /** For the hot path: a plain read. {@link #NONE}, perhaps for longer than need be, until there are sequences. */
    public long offset() {
        return offset;
    }

    /** For a thread that reads the cells of all CPUs: {@link #NONE} when no thread that the caller knows of has written there. */
    public long acquired() {
        return (long) OFFSET.getAcquire(this);
    }

    /**
     * For the slow path: the offset, acquired now if sequences have come since. {@link #NONE} where there are none, or no room. Throws nothing for
     * want of memory: the structure goes on without, and where the heap was full just now, the next call asks again.
     */
    public long acquire() {
        long now = acquired();
        if (now != NONE || refused) return now;
        try {
            return Commits.woven() && Commits.available() ? acquireNow() : NONE;
        } catch (OutOfMemoryError noHeap) {
            return NONE;
        }
    }

    private synchronized long acquireNow() {
        if (offset == NONE && !refused) {
            long allocated = own(Commits.allocate(bytes));
            if (allocated == NONE) refused = true;
            else OFFSET.setRelease(this, allocated);
        }
        return offset;
    }

    /* Not by a cleaner of this class's: its thread, and what it runs, would keep this class's loader reachable, and all that is static there. */
    private long own(long allocated) {
        if (allocated == NONE) return NONE;
        try {
            Commits.freeWith(this, allocated, bytes);
        } catch (Throwable noHeap) {
            Commits.free(allocated, bytes);
            throw noHeap;
        }
        return allocated;
    }
}
