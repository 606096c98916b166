/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.Commits;
import java.lang.ref.Reference;

/**
 * An object of a {@link PerCpuPool}, for as long as it is in use:
 *
 * <pre>{@code
 * try (Lease<ByteBuffer> lease = pool.lease()) {
 *     fill(lease.get());
 * }
 * }</pre>
 *
 * <p>The pool keeps one lease for each object that it keeps and hands out the same one each time, so leasing allocates nothing. Therefore a
 * lease must not be touched after it was closed. While the object lies in the pool, {@link #get()} and a second {@link #close()} are
 * refused; once somebody else has leased it, they can't be told from that one's. The check is a plain read: it holds for calls of which one
 * <em>happens before</em> the other, as on one thread, and not for two threads that close one lease at the same time.
 *
 * <p>A lease may be closed by another thread than the one that took it, if it was handed over as any object must be.
 *
 * @since 0.1.0
 */
public final class Lease<T> extends LeaseFields<T> implements AutoCloseable {
    /* The line behind the fields. */
    long p10, p11, p12, p13, p14, p15, p16, p17;

    Lease(PerCpuPool<T> pool, T object, int state) {
        super(pool, object, state);
    }

    /** What is in no pool. */
    static <T> Lease<T> none() {
        return new Lease<>(null, null, DISCARDED);
    }

    /**
     * The object. Don't keep it longer than the lease.
     *
     * @throws IllegalStateException if the lease is closed, and nobody has leased the object since
     */
    public T get() {
        if (state != LEASED && state != UNPOOLED) throw pool.refused("the lease is closed");
        return object;
    }

    /**
     * Gives the object back.
     *
     * @throws IllegalStateException if the lease is closed, and nobody has leased the object since; nothing is changed then
     */
    @Override
    public void close() {
        if (state != LEASED) {
            closeUnpooled();
            return;
        }
        state = IDLE;
        if (!Commits.setPlace(place, true)) pool.giveBack(this);
        Reference.reachabilityFence(this);
    }

    /** Of several threads, one succeeds. */
    private void closeUnpooled() {
        if (!STATE.compareAndSet(this, UNPOOLED, DISCARDED)) throw pool.refused("the lease is closed already");
        pool.discardUnpooled(object);
    }

    @Override
    public String toString() {
        return "Lease[" + object + "]";
    }
}
