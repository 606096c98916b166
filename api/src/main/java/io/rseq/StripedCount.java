/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.Initialized;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * How many came less how many went, on the heap: in one word until two threads meet there, then in one for each index. Where one leaves, it need not have come: a word may be
 * negative, and the sum alone says something.
 *
 * <p><b>A sum of 0</b> means that nobody is here, if all who come after some instant leave again at once, by {@link #undo}, and the sum is read after that instant. Who came before it is
 * in what is read. Who left is in it, or not yet. Who comes after it leaves in the word by which it came, which shows 1 or 0 more, and nothing less. So the sum is never too low. Once nobody comes or
 * leaves, it is right.
 *
 * <p>All operations are volatile accesses, and wait for nobody. To come and to leave are one atomic addition; a thread that leaves takes no memory. One whose stack ends in {@code undo} stays in its word, and is taken off by {@link #owed}.
 */
final class StripedCount {
    /** Where there are more CPUs than that, some share a word: who waits for 0 reads them all. */
    private static final int MOST_WORDS = 64;

    /* Longs from one word to the next: two cache lines, as they are fetched in pairs. */
    private static final int STRIDE = 16;

    private static final int AT_FIRST = -1;

    static {
        Initialized.now(AtomicLongArray.class);
    }

    /* How many came whose stack ended when they called undo. Written under this monitor, by those themselves. */
    volatile long owed;

    private final AtomicLong first = new AtomicLong();
    private volatile @Nullable AtomicLongArray words;

    /** Counts one in. Returns where, for {@link #undo}. */
    int come() {
        AtomicLongArray striped = words;
        if (striped == null) {
            long before = first.get();
            if (first.compareAndSet(before, before + 1)) return AT_FIRST;
            striped = stripe();
            if (striped == null) {
                first.getAndIncrement();
                return AT_FIRST;
            }
        }
        int at = own();
        striped.getAndAdd(at, 1);
        return at;
    }

    /** Counts one out in the word by which it came. By a compare-and-set, as {@link #come}: getAndDecrement calls deeper. */
    void undo(int at) {
        if (at != AT_FIRST) {
            words.getAndAdd(at, -1);
            return;
        }
        long before = first.get();
        while (!first.compareAndSet(before, before - 1)) before = first.get();
    }

    /** Counts one out. */
    void leave() {
        AtomicLongArray striped = words;
        if (striped == null) first.getAndDecrement();
        else striped.getAndAdd(own(), -1);
    }

    long sum() {
        long sum = -owed; // first: who is in it came before, and is in what is read next
        sum += first.get();
        AtomicLongArray striped = words;
        if (striped == null) return sum;
        for (int at = STRIDE; at < striped.length(); at += STRIDE) sum += striped.get(at);
        return sum;
    }

    private static int own() {
        return STRIDE + Cpus.index() % MOST_WORDS * STRIDE;
    }

    /* Null: there is no heap for them now. */
    private synchronized @Nullable AtomicLongArray stripe() {
        try {
            if (words == null)
                words = new AtomicLongArray(STRIDE + Math.min(Cpus.count(), MOST_WORDS) * STRIDE + STRIDE);
        } catch (OutOfMemoryError full) {
            return null;
        }
        return words;
    }
}
