/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks.startup;

import java.util.Arrays;

/**
 * Starts and joins platform threads one after the other, some short rounds of them after a quarter as many to warm up, and prints the
 * nanoseconds per thread of the round that a fifth are faster than: what disturbs the machine comes for longer than a round, and mostly makes
 * slower.
 */
public final class ThreadStarts {
    private ThreadStarts() {}

    public static void main(String[] arguments) throws InterruptedException {
        int threads = Integer.parseInt(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        for (int i = 0; i < rounds / 4; i++) round(threads);
        long[] nanos = new long[rounds];
        for (int i = 0; i < rounds; i++) nanos[i] = round(threads);
        Arrays.sort(nanos);
        System.out.println(nanos[rounds / 5] / threads);
    }

    private static long round(int threads) throws InterruptedException {
        long start = System.nanoTime();
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(null, null, "started");
            thread.start();
            thread.join();
        }
        return System.nanoTime() - start;
    }
}
