/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.PerCpuCounter;
import java.util.concurrent.CountDownLatch;

/** Starts threads that all live at a time, each of which counts. Prints how many started. */
public final class Crowd {
    private Crowd() {}

    /** How many. */
    public static void main(String[] arguments) throws InterruptedException {
        PerCpuCounter counter = new PerCpuCounter();
        counter.increment();
        CountDownLatch end = new CountDownLatch(1);
        Thread[] threads = new Thread[Integer.parseInt(arguments[0])];
        int started = 0;
        try {
            for (; started < threads.length; started++) {
                threads[started] = new Thread(() -> {
                    counter.increment();
                    awaitQuietly(end);
                });
                threads[started].start();
            }
        } catch (OutOfMemoryError noRoom) {
            System.out.println("refused=" + noRoom.getMessage());
        }
        end.countDown();
        for (int i = 0; i < started; i++) threads[i].join();
        if (counter.sum() != started + 1) throw new IllegalStateException("sum=" + counter.sum());
        System.out.println("started=" + started);
        System.out.println("cpus=" + Cpus.count());
        System.out.println("committer=" + Cpus.support().committer());
    }

    private static void awaitQuietly(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException nobodyDoes) {
            Thread.currentThread().interrupt();
        }
    }
}
