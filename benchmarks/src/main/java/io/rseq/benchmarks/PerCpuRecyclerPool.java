/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.RecyclerPool;
import io.rseq.Lease;
import io.rseq.PerCpuPool;

/** Jackson's recyclers in a {@link PerCpuPool}: what an application writes to use one. */
final class PerCpuRecyclerPool implements RecyclerPool<BufferRecycler> {
    private static final long serialVersionUID = 1;

    private final transient PerCpuPool<Leased> pool =
            PerCpuPool.<Leased>builder(Leased::new).build();

    /** A recycler that knows its lease, which takes it back without a look for it, and without a link to the pool to be made and undone each time. */
    private static final class Leased extends BufferRecycler {
        private Lease<Leased> lease;

        @Override
        public boolean isLinkedWithPool() {
            return true;
        }

        @Override
        public BufferRecycler withPool(RecyclerPool<BufferRecycler> pool) {
            return this;
        }

        @Override
        public void releaseToPool() {
            lease.close();
        }
    }

    @Override
    public BufferRecycler acquirePooled() {
        Lease<Leased> lease = pool.lease();
        Leased recycler = lease.get();
        if (recycler.lease == null) recycler.lease = lease; // an object of a pool has the same one each time
        return recycler;
    }

    @Override
    public void releasePooled(BufferRecycler recycler) {
        ((Leased) recycler).lease.close();
    }
}
