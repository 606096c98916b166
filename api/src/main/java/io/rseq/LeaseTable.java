/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

/**
 * Finds the lease of an object, by identity. One writer at a time; readers take no lock, and find what was put before they were handed the
 * object. Open addressing: what is removed leaves a mark behind, and no entry ever moves within one array, so a reader that began in an
 * array ends in it. When half of it is in use, entries and marks, the entries go into a new one.
 */
final class LeaseTable<T> {
    private static final int SMALLEST = 32;

    /* 2^32 / golden ratio. */
    private static final int SPREAD = 0x9E3779B9;

    private final Lease<T> removed = Lease.none();
    private volatile Lease<T>[] entries = array(SMALLEST);

    /* Entries and marks, and entries alone. */
    private int used;
    private int live;

    /** Null: it isn't here. */
    Lease<T> find(T object) {
        Lease<T>[] table = entries;
        int i = start(object, table.length);
        while (true) {
            Lease<T> entry = table[i];
            if (entry == null || entry.object == object) return entry;
            i = i + 1 & table.length - 1;
        }
    }

    /** False: the object is here already. */
    boolean put(Lease<T> lease) {
        if (find(lease.object) != null) return false;
        if (2 * (used + 1) > entries.length) renew();
        enter(entries, lease);
        used++;
        live++;
        return true;
    }

    /** Removes what is here. */
    void remove(Lease<T> lease) {
        Lease<T>[] table = entries;
        int i = start(lease.object, table.length);
        while (table[i] != lease) i = i + 1 & table.length - 1;
        table[i] = removed;
        live--;
    }

    private void renew() {
        int length = SMALLEST;
        while (length < 4 * (live + 1)) length *= 2;
        Lease<T>[] larger = array(length);
        for (Lease<T> entry : entries) {
            if (entry != null && entry != removed) enter(larger, entry);
        }
        used = live;
        entries = larger;
    }

    private static <T> void enter(Lease<T>[] table, Lease<T> lease) {
        int i = start(lease.object, table.length);
        while (table[i] != null) i = i + 1 & table.length - 1;
        table[i] = lease;
    }

    /* The table's length is a power of two, at least 2. */
    private static int start(Object object, int length) {
        return System.identityHashCode(object) * SPREAD >>> Integer.numberOfLeadingZeros(length) + 1;
    }

    @SuppressWarnings("unchecked")
    private static <T> Lease<T>[] array(int length) {
        return (Lease<T>[]) new Lease<?>[length];
    }
}
