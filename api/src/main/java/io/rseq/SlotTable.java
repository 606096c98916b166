/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.Turn;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * A pool's slots: which object has which, found by its number, or by the object. Finding takes no lock, and finds what was put before the
 * finder was handed number or object. Changes are made under the monitor of the table, for some entries, and never while somebody's code runs.
 */
final class SlotTable<T> extends Turn {
    /** What {@link #take} answers when all are in use. */
    static final int NONE = -1;

    private static final int FIRST = 16;

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
        takeTurn();
        try {
            return lockedTake();
        } finally {
            taken = false;
        }
    }

    private synchronized int lockedTake() {
        if (freedCount > 0) {
            int slot = freed[freedCount - 1];
            freedCount--;
            return slot;
        }
        if (used == most) return NONE;
        if (used == bySlot.length) {
            int length = (int) Math.min(Math.max(FIRST, 2L * used), most);
            freed = Arrays.copyOf(freed, length); // here, so that a removal needs no memory
            Lease<T>[] larger = Arrays.copyOf(bySlot, length);
            VarHandle.storeStoreFence(); // who has a slot's number may know its entry in the smaller one only
            bySlot = larger;
        }
        return used++;
    }

    /** Gives a slot up that nothing was put into. */
    void leave(int slot) {
        takeTurn();
        try {
            lockedLeave(slot);
        } finally {
            taken = false;
        }
    }

    private synchronized void lockedLeave(int slot) {
        freed[freedCount] = slot; // before the count: LockedStack says why
        freedCount++;
    }

    /**
     * Puts what is leased into the slot that was taken for it.
     *
     * @throws IllegalStateException if the object has a slot already
     */
    void put(Lease<T> lease) {
        takeTurn();
        try {
            lockedPut(lease);
        } finally {
            taken = false;
        }
    }

    private synchronized void lockedPut(Lease<T> lease) {
        if (!byObject.put(lease)) throw inThePool();
        bySlot[lease.slot] = lease;
    }

    /** Takes what is in a slot away, and gives the slot up. */
    void remove(Lease<T> lease) {
        takeTurn();
        try {
            lockedRemove(lease);
        } finally {
            taken = false;
        }
    }

    private synchronized void lockedRemove(Lease<T> lease) {
        byObject.remove(lease);
        bySlot[lease.slot] = null;
        lockedLeave(lease.slot);
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
