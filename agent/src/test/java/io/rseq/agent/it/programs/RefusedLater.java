/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** A thread is registered, then a filter comes, then it and new threads read: {@code FILTER DRIVER later|again|control}. */
public final class RefusedLater {
    private static final int LOOKS = 20_000;
    private static final int THREADS = 8;
    private static final AtomicLong DONE = new AtomicLong();
    private static final AtomicLong OUT_OF_RANGE = new AtomicLong();

    private RefusedLater() {}

    /** All rseq(2) answers EPERM from now on, on every thread. 0, or errno. */
    private static native int later();

    /** A second registration of this area kills the process. 0, or errno. */
    private static native int again(long area);

    /** All membarrier(2) answers EPERM from now on, on every thread; and all sched_setaffinity(2). 0, or errno. */
    static native int fence(boolean both);

    private static native long area();

    /** What the kernel last wrote there. */
    private static native int cpuId(long area);

    private static native int register(long area);

    public static void main(String[] arguments) throws InterruptedException {
        System.load(arguments[0]);
        System.load(arguments[1]);
        CountDownLatch filtered = new CountDownLatch(1);
        // it lives until the exit: nobody gets its area
        Thread old = new Thread(() -> old(arguments[2], filtered), "old");
        old.setDaemon(true);
        old.start();
        filtered.await();
        Thread[] threads = new Thread[THREADS];
        for (int i = 0; i < THREADS; i++) threads[i] = new Thread(RefusedLater::look);
        for (Thread thread : threads) thread.start();
        for (Thread thread : threads) thread.join();
        System.out.println("looks=" + DONE);
        System.out.println("outOfRange=" + OUT_OF_RANGE);
        System.exit(0);
    }

    private static void old(String filter, CountDownLatch filtered) {
        look();
        long area = area();
        int errno = filter.equals("later") ? later() : again(area);
        if (errno != 0) System.out.println("no filter: errno=" + errno);
        if (filter.equals("control")) System.out.println("register=" + register(area));
        look();
        if (Peer.agentRegister() == 0) Peer.agentUnregister();
        look();
        System.out.println("old.area=" + (cpuId(area) >= 0 ? "alive" : "dead"));
        filtered.countDown();
        while (true) {
            look();
            try {
                Thread.sleep(10);
            } catch (InterruptedException exit) {
                return;
            }
        }
    }

    private static void look() {
        for (int i = 0; i < LOOKS; i++) {
            int index = Cpus.index();
            if (index < 0 || index >= Cpus.count()) OUT_OF_RANGE.incrementAndGet();
            DONE.incrementAndGet();
        }
    }
}
