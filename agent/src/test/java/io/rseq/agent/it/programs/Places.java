/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.internal.Commits;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Shelves of all CPUs: who takes what lies at a place is alone with it until it is put back, and closed and empty ones say so. */
final class Places {
    private static final int PLACES = 32;
    private static final long BYTES = 64;
    private static final long CLOSED = PLACES;

    /** More than the eight that are looked at one by one. */
    private static final int OWNED = 10;

    private final long shelf = Commits.allocate(BYTES);
    private final AtomicIntegerArray held = new AtomicIntegerArray(PLACES * Cpus.count());
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong takenTwice = new AtomicLong();

    private Places() {}

    static void run(int rounds) throws InterruptedException {
        Places places = new Places();
        for (int cpu = 0; cpu < Cpus.count(); cpu++) {
            for (int place = 0; place < OWNED; place++) Commits.setPlace(place(cpu, places.shelf, place), true);
        }
        for (long by : new long[] {0, Commits.BY_CONCURRENCY_ID})
            Sequences.platform(() -> places.churn(places.shelf + by, rounds));
        System.out.println("places.taken=" + places.taken);
        System.out.println("places.takenTwice=" + places.takenTwice);
        System.out.println("places.full=" + places.full());
        places.edges();
        Commits.free(places.shelf, BYTES);
    }

    private void churn(long told, int rounds) {
        for (int i = 0; i < rounds; i++) {
            long number = Commits.take(told);
            if (number == Commits.STATUS + Commits.UNAVAILABLE) Cpus.index(); // registers the thread, as a pool does
            if (number < 0) continue;
            taken.incrementAndGet();
            if (held.getAndSet((int) number, 1) != 0) takenTwice.incrementAndGet();
            if (i % 64 == 0) LockSupport.parkNanos(1); // it may be put back from another CPU then
            held.set((int) number, 0);
            Commits.setPlace(place((int) number / PLACES, shelf, (int) number % PLACES), true);
        }
    }

    /** Whether all lies again where it belongs. */
    private boolean full() {
        for (int cpu = 0; cpu < Cpus.count(); cpu++) {
            if (Commits.get(cpu, shelf) != 0x0101010101010101L || Commits.get(cpu, shelf + 8) != 0x0101) return false;
        }
        return true;
    }

    private void edges() {
        for (int cpu = 0; cpu < Cpus.count(); cpu++) Commits.put(cpu, shelf + CLOSED, 1);
        System.out.println("places.closed=" + (Commits.take(shelf) - Commits.STATUS));
        for (int cpu = 0; cpu < Cpus.count(); cpu++) {
            for (int place = 0; place < OWNED; place++) Commits.setPlace(place(cpu, shelf, place), false);
            Commits.put(cpu, shelf + CLOSED, 0);
        }
        System.out.println("places.empty=" + (Commits.take(shelf) - Commits.STATUS));
    }

    private static long place(int cpu, long shelf, int place) {
        return Commits.REGION * cpu + shelf + place;
    }
}
