/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks.startup;

import java.util.Arrays;

/** Starts and joins platform threads one after the other, some rounds of them, and prints the median round's nanoseconds per thread. */
public final class ThreadStarts {
    private ThreadStarts() {}

    public static void main(String[] arguments) throws InterruptedException {
        int threads = Integer.parseInt(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        round(threads);
        long[] nanos = new long[rounds];
        for (int i = 0; i < rounds; i++) nanos[i] = round(threads);
        Arrays.sort(nanos);
        System.out.println(nanos[rounds / 2] / threads);
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
