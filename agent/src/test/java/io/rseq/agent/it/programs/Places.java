/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.internal.Commits;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Rows of all CPUs: who takes what lies at a place is alone with it until it is put back, and closed and empty ones say so. */
final class Places {
    private static final int PLACES = 32;
    private static final long BYTES = Commits.PLACES_AT + PLACES;
    private static final long CLOSED = 0;

    /** More than the eight that are looked at one by one. */
    private static final int OWNED = 10;

    private final long row = Commits.allocate(BYTES);
    private final AtomicIntegerArray held = new AtomicIntegerArray(PLACES * Cpus.count());
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong takenTwice = new AtomicLong();

    private Places() {}

    static void run(int rounds) throws InterruptedException {
        Places places = new Places();
        for (int cpu = 0; cpu < Cpus.count(); cpu++) {
            for (int place = 0; place < OWNED; place++) Commits.setPlace(place(cpu, places.row, place), true);
        }
        for (long by : new long[] {0, Commits.BY_CONCURRENCY_ID})
            Sequences.platform(() -> places.churn(places.row + by, rounds));
        System.out.println("places.taken=" + places.taken);
        System.out.println("places.takenTwice=" + places.takenTwice);
        System.out.println("places.full=" + places.full());
        places.edges();
        Commits.free(places.row, BYTES);
    }

    private void churn(long told, int rounds) {
        for (int i = 0; i < rounds; i++) {
            long number = Commits.takeAgain(told, PLACES);
            if (number == Commits.UNAVAILABLE) Cpus.index(); // registers the thread, as a pool does
            if (number < 0) continue;
            int cpu = (int) (number >>> 32);
            int place = (int) number;
            taken.incrementAndGet();
            if (held.getAndSet(cpu * PLACES + place, 1) != 0) takenTwice.incrementAndGet();
            if (i % 64 == 0) LockSupport.parkNanos(1); // it may be put back from another CPU then
            held.set(cpu * PLACES + place, 0);
            Commits.setPlace(place(cpu, row, place), true);
        }
    }

    /** Whether all lies again where it belongs. */
    private boolean full() {
        for (int cpu = 0; cpu < Cpus.count(); cpu++) {
            if (Commits.get(cpu, row + 8) != 0x0101010101010101L || Commits.get(cpu, row + 16) != 0x0101) return false;
        }
        return true;
    }

    private void edges() {
        for (int cpu = 0; cpu < Cpus.count(); cpu++) Commits.put(cpu, row + CLOSED, 1);
        System.out.println("places.closed=" + Sequences.status(Commits.takeAgain(row, PLACES)));
        for (int cpu = 0; cpu < Cpus.count(); cpu++) {
            for (int place = 0; place < OWNED; place++) Commits.setPlace(place(cpu, row, place), false);
            Commits.put(cpu, row + CLOSED, 0);
        }
        System.out.println("places.empty=" + Sequences.status(Commits.takeAgain(row, PLACES)));
    }

    private static long place(int cpu, long row, int place) {
        return Commits.REGION * cpu + row + Commits.PLACES_AT + place;
    }
}
