/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.LinePadding;
import io.rseq.internal.PerCpuMemory;
import io.rseq.internal.Shelves;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What a lease knows. Each taking and each giving back writes {@link #state}. So there is a cache line on either side: leases, and pooled objects,
 * lie side by side on the heap, and CPUs that write to neighbours would take one line from each other all the time.
 */
abstract class LeaseFields<T> extends LinePadding {
    static final int IDLE = 0;
    static final int LEASED = 1;
    static final int ACQUIRED = 2;
    static final int DISCARDED = 3;

    /** Leased, and nothing that the pool keeps: what it makes when all its slots are in use. */
    static final int UNPOOLED = 4;

    static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(LeaseFields.class, "state", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    final T object;
    final int slot;
    final PerCpuPool<T> pool;

    /* Its place on a shelf, by number, if it has one; in the hands of who has the lease it may get one, and the next one sees that. */
    int number = Shelves.NOWHERE;

    /* The same, for who closes it: NONE when there is no place, or the pool has something to do first. */
    long place = PerCpuMemory.NONE;

    /*
     * A release compares it with ACQUIRED, which comes back with the next acquisition: a second release that is so late can't be told from the next
     * holder's, as the pool's essay says. An unpooled object is discarded once for all.
     */
    int state;

    LeaseFields(PerCpuPool<T> pool, int slot, T object, int state) {
        this.pool = pool;
        this.slot = slot;
        this.object = object;
        this.state = state;
    }
}
