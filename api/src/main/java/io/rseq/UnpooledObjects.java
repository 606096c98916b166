/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The objects that a pool handed out over its bound and will not keep: so that it knows them for its own when they come back, once, and
 * keeps none alive that never does.
 */
final class UnpooledObjects<T> {
    private final Set<Object> known = ConcurrentHashMap.newKeySet();
    private final ReferenceQueue<T> gone = new ReferenceQueue<>();

    void add(T object) {
        for (var reference = gone.poll(); reference != null; reference = gone.poll()) known.remove(reference);
        known.add(new Entry<>(object, gone));
    }

    /** Of several threads that ask for one object, one is told true. */
    boolean remove(T object) {
        // Without asking isEmpty first: it adds up counts while they change, and may answer yes when the object is
        // there.
        return known.remove(new Sought(object));
    }

    private static final class Entry<T> extends WeakReference<T> {
        private final int hash;

        Entry(T object, ReferenceQueue<T> gone) {
            super(object, gone);
            hash = System.identityHashCode(object);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }
    }

    /* The set asks the key that it is given, not the one that it holds. */
    private record Sought(Object object) {
        @Override
        public int hashCode() {
            return System.identityHashCode(object);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Entry<?> entry && entry.get() == object;
        }
    }
}
