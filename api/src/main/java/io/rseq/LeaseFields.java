/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.LinePadding;
import io.rseq.internal.PerCpuMemory;
import io.rseq.internal.Places;
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

    /** Leased, and nothing that the pool keeps: what it makes when no place is free. */
    static final int UNPOOLED = 4;

    /** Idle, and idle at the last {@link PerCpuPool#trimUnused()}, or at the last two. */
    static final int UNUSED = 5;

    static final int OLD = 6;

    static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(LeaseFields.class, "state", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    final T object;
    final PerCpuPool<T> pool;

    /* Of the place that the object owns. */
    int number = Places.NOWHERE;

    /* That place in per-CPU memory; NONE as long as the object is given back on the heap. The thread that has the object in hand sets it, once. */
    long home = PerCpuMemory.NONE;

    /* The same for a thread that gives back; NONE, too, where the pool has something to do first. */
    long place = PerCpuMemory.NONE;

    /* Plain: what a second release or close may see is said in the pool's essay. An unpooled object is discarded once for all. */
    int state;

    LeaseFields(PerCpuPool<T> pool, T object, int state) {
        this.pool = pool;
        this.object = object;
        this.state = state;
    }
}
