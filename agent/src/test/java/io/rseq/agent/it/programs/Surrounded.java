/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Reads every kind of index on several threads, wherever it is put. */
public final class Surrounded {
    private static final int THREADS = 8;
    private static final int LOOKS = 2000;
    private static final AtomicLong OUT_OF_RANGE = new AtomicLong();
    private static final AtomicLong NOT_WOVEN = new AtomicLong();
    private static final AtomicLong DONE = new AtomicLong();

    private Surrounded() {}

    public static void main(String[] arguments) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) threads.add(new Thread(Surrounded::looks));
        for (Thread thread : threads) thread.start();
        looks();
        for (Thread thread : threads) thread.join();
        System.out.println("count=" + Cpus.count());
        System.out.println("availableProcessors=" + Runtime.getRuntime().availableProcessors());
        System.out.println("looks=" + DONE);
        System.out.println("outOfRange=" + OUT_OF_RANGE);
        System.out.println("notWoven=" + NOT_WOVEN);
    }

    private static void looks() {
        for (int i = 0; i < LOOKS; i++) {
            check(Shapes.still(Shapes.NOT_WOVEN), Cpus.count());
            check(Shapes.concurrencyId(Shapes.NOT_WOVEN), Cpus.count());
            check(Shapes.node(Shapes.NOT_WOVEN), Integer.MAX_VALUE);
            check(Cpus.index(), Cpus.count());
            DONE.incrementAndGet();
        }
    }

    private static void check(int index, int limit) {
        if (index == Shapes.NOT_WOVEN) NOT_WOVEN.incrementAndGet();
        if (index < 0 || index >= limit) OUT_OF_RANGE.incrementAndGet();
    }
}
