/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks.startup;

import java.util.Arrays;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

/**
 * Starts and joins virtual threads one after the other; then has two of them hand a turn to each other by park and unpark. Prints the
 * median round's nanoseconds per thread, and per round trip. JDK 21 and newer.
 */
public final class VirtualThreads {
    private static final int WARM_UP_ROUNDS = 5;

    private static volatile int turn;

    private final ThreadFactory factory;
    private final int operations;

    private VirtualThreads(ThreadFactory factory, int operations) {
        this.factory = factory;
        this.operations = operations;
    }

    public static void main(String[] arguments) throws Exception {
        VirtualThreads threads = new VirtualThreads(factory(), Integer.parseInt(arguments[0]));
        int rounds = Integer.parseInt(arguments[1]);
        long[] starts = new long[rounds];
        long[] parks = new long[rounds];
        for (int i = -WARM_UP_ROUNDS; i < rounds; i++) {
            long start = threads.start();
            long park = threads.park();
            if (i < 0) continue;
            starts[i] = start;
            parks[i] = park;
        }
        System.out.println(median(starts) / threads.operations + " " + median(parks) / threads.operations);
    }

    /** By reflection: this is compiled for 17. */
    public static ThreadFactory factory() throws ReflectiveOperationException {
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        return (ThreadFactory)
                Class.forName("java.lang.Thread$Builder").getMethod("factory").invoke(builder);
    }

    private long start() throws InterruptedException {
        long start = System.nanoTime();
        for (int i = 0; i < operations; i++) {
            Thread thread = factory.newThread(VirtualThreads::nothing);
            thread.start();
            thread.join();
        }
        return System.nanoTime() - start;
    }

    private static void nothing() {}

    private long park() throws InterruptedException {
        Thread[] both = new Thread[2];
        turn = 0;
        both[0] = factory.newThread(() -> takeTurns(0, both));
        both[1] = factory.newThread(() -> takeTurns(1, both));
        long start = System.nanoTime();
        both[0].start();
        both[1].start();
        both[0].join();
        both[1].join();
        return System.nanoTime() - start;
    }

    private void takeTurns(int me, Thread[] both) {
        for (int i = 0; i < operations; i++) {
            while (turn != me) LockSupport.park();
            turn = 1 - me;
            LockSupport.unpark(both[1 - me]);
        }
    }

    private static long median(long[] nanos) {
        Arrays.sort(nanos);
        return nanos[nanos.length / 2];
    }
}
