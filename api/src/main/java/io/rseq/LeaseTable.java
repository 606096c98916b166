/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

/**
 * Finds the lease of an object, by identity. One writer at a time; readers take no lock, and find what was put before they were handed the
 * object. Open addressing: what is removed leaves a mark behind, and no entry ever moves within one array, so a reader that began in an
 * array ends in it. When half of it is in use, entries and marks, the entries go into a new one.
 */
final class LeaseTable<T> {
    private static final int SMALLEST = 32;

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
        used++; // before: a count that is too high does no harm
        live++;
        enter(entries, lease);
        return true;
    }

    /** False: it is not here. */
    boolean remove(Lease<T> lease) {
        Lease<T>[] table = entries;
        int i = start(lease.object, table.length);
        while (table[i] != lease) {
            if (table[i] == null) return false;
            i = i + 1 & table.length - 1;
        }
        table[i] = removed;
        live--;
        return true;
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

    /* The table's length is a power of two. HotSpot's identity hashes are random numbers: their low bits need no spreading. */
    private static int start(Object object, int length) {
        return System.identityHashCode(object) & length - 1;
    }

    /** What tables of leases are made of. */
    @SuppressWarnings("unchecked")
    static <T> Lease<T>[] array(int length) {
        return (Lease<T>[]) new Lease<?>[length];
    }
}
