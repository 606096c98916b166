/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.util.BitSet;

/** Calls a woven method from several threads and prints every index that came. */
public final class Indexes {
    private Indexes() {}

    public static void main(String[] arguments) throws InterruptedException {
        int times = Integer.parseInt(arguments[0]);
        BitSet seen = new BitSet();
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(() -> collect(times, seen));
            threads[i].start();
        }
        collect(times, seen);
        for (Thread thread : threads) thread.join();
        System.out.println("indexes=" + seen);
    }

    private static void collect(int times, BitSet all) {
        BitSet seen = new BitSet();
        for (int i = 0; i < times; i++) seen.set(Shapes.still(Shapes.NOT_WOVEN));
        synchronized (all) {
            all.or(seen);
        }
    }
}
