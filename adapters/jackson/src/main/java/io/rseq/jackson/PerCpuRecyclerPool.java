/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.jackson;

import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.RecyclerPool;
import io.rseq.Lease;
import io.rseq.PerCpuPool;

/**
 * A pool of Jackson 2's buffers by CPU, for any number of platform and virtual threads: a {@link PerCpuPool}, whose essay says what it promises. A
 * recycler knows its lease, so giving it back looks nothing up.
 *
 * <pre>{@code
 * JsonFactory json = JsonFactory.builder().recyclerPool(PerCpuRecyclerPool.shared()).build();
 * }</pre>
 *
 * <p>Bounded: of each CPU it keeps so many recyclers as it was told, in use or idle; one that is made beyond them is used, and left to the collector
 * when it comes back.
 *
 * @since 0.1.0
 */
public final class PerCpuRecyclerPool implements RecyclerPool<BufferRecycler> {
    private static final long serialVersionUID = 1;
    private static final int SHARED_CAPACITY = 32;
    private static final PerCpuRecyclerPool SHARED = new PerCpuRecyclerPool(SHARED_CAPACITY, true);

    /** How many recyclers it keeps for each CPU. */
    private final int capacityPerCpu;

    /** Whether it is the shared one, of whatever process. */
    private final boolean shared;

    private final transient PerCpuPool<Leased> pool;

    /**
     * Constructs a pool of its own.
     *
     * @param capacityPerCpu how many recyclers it keeps for each CPU: as many as one CPU's threads have in use at a time
     * @throws IllegalArgumentException if it is less than 1, or far too many
     */
    public PerCpuRecyclerPool(int capacityPerCpu) {
        this(capacityPerCpu, false);
    }

    private PerCpuRecyclerPool(int capacityPerCpu, boolean shared) {
        this.capacityPerCpu = capacityPerCpu;
        this.shared = shared;
        pool = PerCpuPool.<Leased>builder(Leased::new)
                .capacityPerCpu(capacityPerCpu)
                .build();
    }

    /** Returns the one that all share, with room for 32 recyclers for each CPU. */
    public static PerCpuRecyclerPool shared() {
        return SHARED;
    }

    @Override
    public BufferRecycler acquirePooled() {
        Lease<Leased> lease = pool.lease();
        Leased recycler = lease.get();
        if (recycler.lease != lease) recycler.lease = lease; // the pool has one lease for each object that it keeps
        return recycler;
    }

    /** Gives it back; one of another kind of pool is left to the collector. */
    @Override
    public void releasePooled(BufferRecycler recycler) {
        if (recycler instanceof Leased) ((Leased) recycler).lease.close();
    }

    /** Leaves what is idle to the collector. Returns true: it can. */
    @Override
    public boolean clear() {
        pool.trim();
        return true;
    }

    /** Returns how many recyclers are idle: an estimate while others are taken and given back. */
    @Override
    public int pooledCount() {
        return (int) Math.min(Integer.MAX_VALUE, pool.idle());
    }

    /* A pool that was read has buffers of this process: the shared one is the shared one here, another a new one of its size. */
    private Object readResolve() {
        return shared ? SHARED : new PerCpuRecyclerPool(capacityPerCpu);
    }

    private static final class Leased extends BufferRecycler {
        private Lease<Leased> lease;
    }
}
