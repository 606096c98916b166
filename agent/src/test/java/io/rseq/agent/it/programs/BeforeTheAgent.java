/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.util.Scanner;
import java.util.concurrent.CyclicBarrier;

/** Threads and classes that are there before the agent is attached, and look again afterwards. */
public final class BeforeTheAgent {
    private static final int THREADS = 4;
    private static final int LOOKS = 2000;

    private BeforeTheAgent() {}

    public static void main(String[] arguments) throws Exception {
        System.out.println("before.static=" + Shapes.still(Shapes.NOT_WOVEN));
        System.out.println("before.support=" + io.rseq.Cpus.support());
        Shapes.indexes();
        Witness witness = new Witness();
        CyclicBarrier attached = new CyclicBarrier(THREADS + 1);
        Thread[] threads = new Thread[THREADS];
        for (int i = 0; i < THREADS; i++) {
            threads[i] = new Thread(() -> lookAfter(attached, witness), "before-" + i);
            threads[i].start();
        }
        System.out.println("ready");
        try (Scanner in = new Scanner(System.in)) {
            in.nextLine();
        }
        attached.await();
        witness.looks(LOOKS);
        for (Thread thread : threads) thread.join();
        witness.report("existing");
        Thread later = new Thread(() -> witness.looks(LOOKS), "later");
        later.start();
        later.join();
        witness.report("later");
        Shapes.main(arguments);
    }

    private static void lookAfter(CyclicBarrier attached, Witness witness) {
        try {
            attached.await();
        } catch (Exception broken) {
            throw new IllegalStateException(broken);
        }
        witness.looks(LOOKS);
    }
}
