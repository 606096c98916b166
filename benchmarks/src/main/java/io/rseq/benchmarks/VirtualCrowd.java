/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.benchmarks.startup.VirtualThreads;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Virtual threads in rings of ten, nine of which are parked at any time: the one that has the ring's turn works, hands it to its neighbour, and
 * parks until it has come round. New threads for each run, as in a server that starts one for each request.
 *
 * <p>Handed over, and not timed: a timed park costs a trip through one timer that all threads share, and would hide what is measured. Many
 * rings with one turn each, and not one ring with many: there they catch up with each other, and whom all of them reach never parks.
 */
final class VirtualCrowd {
    private static final int RING = 10;

    private final ThreadFactory factory;
    private final LongAdder taken = new LongAdder();
    private final LongAdder waited = new LongAdder();

    VirtualCrowd() throws ReflectiveOperationException {
        factory = VirtualThreads.factory();
    }

    /** What each of the threads does; to hand on its turn, as often as every other thread does, is part of it. */
    interface Work {
        void with(Turn turn);
    }

    /** A thread's place in the ring. */
    static final class Turn {
        private final AtomicInteger mine = new AtomicInteger();
        private Thread thread;
        private Turn neighbour;
        private int taken;
        private int waited;

        /** Lets the neighbour go on, and parks until the next turn comes. */
        void pass() {
            neighbour.give();
            take();
        }

        private void give() {
            mine.incrementAndGet();
            LockSupport.unpark(thread);
        }

        private void take() {
            taken++;
            if (mine.get() == 0) waited++;
            while (mine.get() == 0) LockSupport.park(this);
            mine.decrementAndGet();
        }
    }

    /** Returns when all of them are through with it. */
    void run(int threads, Work work) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(threads);
        Turn[] turns = new Turn[threads];
        for (int i = 0; i < threads; i++) {
            Turn turn = new Turn();
            turn.thread = factory.newThread(() -> {
                turn.take();
                work.with(turn);
                turn.neighbour.give();
                taken.add(turn.taken);
                waited.add(turn.waited);
                done.countDown();
            });
            turns[i] = turn;
        }
        for (int i = 0; i < threads; i++) {
            int ring = i - i % RING;
            turns[i].neighbour = turns[ring + (i + 1 - ring) % Math.min(RING, threads - ring)];
        }
        for (Turn turn : turns) turn.thread.start();
        for (int i = 0; i < threads; i += RING) turns[i].give();
        done.await();
    }

    /** Fails unless they parked for at least half of their turns: otherwise the figures were of something else. */
    void checkThatTheyParked() {
        if (waited.sum() < taken.sum() / 2)
            throw new IllegalStateException("they parked " + waited + " times, of " + taken + " turns");
    }
}
