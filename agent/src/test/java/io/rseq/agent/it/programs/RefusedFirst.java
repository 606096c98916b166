/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.PerCpuCounter;
import io.rseq.internal.Commits;
import java.util.Scanner;

/** The process's first structure is made and used by a thread that another library has registered: {@code DRIVER PEER}. */
public final class RefusedFirst {
    private static final int THREADS = 4;
    private static final int ADDS = 100_000;

    private RefusedFirst() {}

    public static void main(String[] arguments) throws InterruptedException {
        System.load(arguments[0]);
        System.out.println("register=" + Peer.register(Peer.open(arguments[1], false)));
        System.out.println("ready");
        try (Scanner in = new Scanner(System.in)) {
            in.nextLine();
        }
        PerCpuCounter counter = new PerCpuCounter();
        add(counter);
        System.out.println("available.refused=" + Commits.available());
        Thread[] threads = new Thread[THREADS];
        for (int i = 0; i < THREADS; i++) threads[i] = new Thread(() -> add(counter));
        for (Thread thread : threads) thread.start();
        for (Thread thread : threads) thread.join();
        System.out.println("available=" + Commits.available());
        System.out.println("allocated=" + (Commits.allocated() > 0));
        add(counter);
        System.out.println("missing=" + ((THREADS + 2L) * ADDS - counter.sum()));
        System.out.println("committer=" + Cpus.support().committer());
    }

    private static void add(PerCpuCounter counter) {
        for (int i = 0; i < ADDS; i++) counter.increment();
    }
}
