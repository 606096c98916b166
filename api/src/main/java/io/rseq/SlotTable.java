/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.ShortLock;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * A pool's slots: which object has which, found by its number, or by the object. Finding takes no lock, and finds what was put before the
 * finder was handed number or object.
 */
final class SlotTable<T> {
    /** What {@link #take} answers when all are in use. */
    static final int NONE = -1;

    private static final int FIRST = 16;

    /* Held for some table entries, and never while somebody's code runs. */
    private final ShortLock changing = new ShortLock();

    private final int most;
    private final LeaseTable<T> byObject = new LeaseTable<>();
    private int[] freed = {};
    private int freedCount;
    private int used;

    /* Plain: who has a slot's number sees what was written here before it was handed out. */
    private Lease<T>[] bySlot = array(0);

    /** Of that many slots at most; it takes memory as they are used. */
    SlotTable(int most) {
        this.most = most;
    }

    /** A slot that nothing is in, the caller's now; {@link #NONE} when all are in use. */
    int take() {
        changing.lock();
        try {
            if (freedCount > 0) return freed[--freedCount];
            if (used == most) return NONE;
            if (used == bySlot.length) {
                int length = (int) Math.min(Math.max(FIRST, 2L * used), most);
                freed = Arrays.copyOf(freed, length); // here, so that a removal needs no memory
                Lease<T>[] larger = Arrays.copyOf(bySlot, length);
                VarHandle.storeStoreFence(); // who has a slot's number may know its entry in the smaller one only
                bySlot = larger;
            }
            return used++;
        } finally {
            changing.held = false;
        }
    }

    /** Gives a slot up that nothing was put into. */
    void leave(int slot) {
        changing.lock();
        try {
            freed[freedCount++] = slot;
        } finally {
            changing.held = false;
        }
    }

    /**
     * Puts what is leased into the slot that was taken for it.
     *
     * @throws IllegalStateException if the object has a slot already
     */
    void put(Lease<T> lease) {
        changing.lock();
        try {
            if (!byObject.put(lease)) throw inThePool();
            bySlot[lease.slot] = lease;
        } finally {
            changing.held = false;
        }
    }

    /** Takes what is in a slot away, and gives the slot up. */
    void remove(Lease<T> lease) {
        changing.lock();
        try {
            byObject.remove(lease);
            bySlot[lease.slot] = null;
            freed[freedCount++] = lease.slot;
        } finally {
            changing.held = false;
        }
    }

    /** What is in a slot that the caller was handed. */
    Lease<T> at(long slot) {
        return bySlot[(int) slot];
    }

    /** Null: it has no slot here. */
    Lease<T> find(T object) {
        return byObject.find(object);
    }

    static IllegalStateException inThePool() {
        return new IllegalStateException("the supplier returned an object that is in the pool");
    }

    /** What the tables of leases are made of. */
    @SuppressWarnings("unchecked")
    static <T> Lease<T>[] array(int length) {
        return (Lease<T>[]) new Lease<?>[length];
    }
}
