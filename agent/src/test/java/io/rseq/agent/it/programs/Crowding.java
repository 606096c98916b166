/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.PerCpuHistogram;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that make large structures and let go of each at once: all that the regions hold is garbage, whoever asks. */
public final class Crowding {
    private static final int THREADS = 8;
    private static final int EACH = 60;

    private Crowding() {}

    public static void main(String[] arguments) throws InterruptedException {
        AtomicInteger made = new AtomicInteger();
        Thread[] threads = new Thread[THREADS];
        for (int i = 0; i < THREADS; i++) {
            threads[i] = new Thread(() -> {
                for (int k = 0; k < EACH; k++) {
                    new PerCpuHistogram(3_600_000_000_000L, 5).record(k);
                    made.incrementAndGet();
                }
            });
            threads[i].start();
        }
        for (Thread thread : threads) thread.join();
        System.out.println("made.all=" + (made.get() == THREADS * EACH));
        System.out.println("committer=" + Cpus.support().committer());
    }
}
