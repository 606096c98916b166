/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.RecyclerPool;
import io.rseq.Lease;
import io.rseq.PerCpuPool;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Jackson's recyclers in a {@link PerCpuPool}: what an application writes to use one. */
final class PerCpuRecyclerPool implements RecyclerPool<BufferRecycler> {
    private static final long serialVersionUID = 1;

    private final transient PerCpuPool<Leased> pool =
            PerCpuPool.<Leased>builder(Leased::new).build();

    /**
     * A recycler that knows its lease, which takes it back without a look for it, and without a link to the pool to be made and undone each time.
     *
     * <p>Its buffers are taken by its one holder, so nothing is exchanged atomically, as Jackson's own must, which threads may share. They may come
     * back when the next holder is at work already ({@code JsonGenerator.close} returns the recycler first), hence the release order; each comes
     * back once, so whatever is overwritten by then is garbage, and no buffer is there twice.
     */
    private static final class Leased extends BufferRecycler {
        private static final int KINDS = 4; // of either sort
        private static final VarHandle BYTES = MethodHandles.arrayElementVarHandle(byte[][].class);
        private static final VarHandle CHARS = MethodHandles.arrayElementVarHandle(char[][].class);

        private final byte[][] bytes = new byte[KINDS][];
        private final char[][] chars = new char[KINDS][];
        private Lease<Leased> lease;

        Leased() {
            super(0, 0);
        }

        @Override
        public byte[] allocByteBuffer(int kind, int atLeast) {
            byte[] buffer = (byte[]) BYTES.getAcquire(bytes, kind);
            bytes[kind] = null;
            int length = Math.max(byteBufferLength(kind), atLeast);
            return buffer != null && buffer.length >= length ? buffer : balloc(length);
        }

        @Override
        public void releaseByteBuffer(int kind, byte[] buffer) {
            byte[] there = (byte[]) BYTES.getAcquire(bytes, kind);
            if (there == null || there.length < buffer.length) BYTES.setRelease(bytes, kind, buffer);
        }

        @Override
        public char[] allocCharBuffer(int kind, int atLeast) {
            char[] buffer = (char[]) CHARS.getAcquire(chars, kind);
            chars[kind] = null;
            int length = Math.max(charBufferLength(kind), atLeast);
            return buffer != null && buffer.length >= length ? buffer : calloc(length);
        }

        @Override
        public void releaseCharBuffer(int kind, char[] buffer) {
            char[] there = (char[]) CHARS.getAcquire(chars, kind);
            if (there == null || there.length < buffer.length) CHARS.setRelease(chars, kind, buffer);
        }

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
