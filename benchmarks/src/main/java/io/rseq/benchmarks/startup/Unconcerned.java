/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks.startup;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * An application that uses nothing of ours, in its steady state: two threads that count words, each in a map of its own, with garbage, and
 * add up under a lock. They do not fight over it, for who gets a contended lock varies more than any agent could. Prints the nanoseconds of
 * the round that a fifth are faster than: on two hyperthreads of one core a round takes 2.7 ms or 4, as its threads meet there or not, and
 * the median is of either kind by chance. The result is checked, so none of it can be compiled away.
 */
public final class Unconcerned {
    private static final int THREADS = 2;
    private static final int WORDS = 30_000;
    private static final int DIFFERENT = 512;

    /* Most of a second: rounds right after the start would be as much of the compiler's work as of this. */
    private static final int WARM_UP_ROUNDS = 200;

    private final Map<String, Integer> counts = new HashMap<>();

    private Unconcerned() {}

    public static void main(String[] arguments) throws InterruptedException {
        int rounds = Integer.parseInt(arguments[0]);
        long[] nanos = new long[rounds];
        for (int i = -WARM_UP_ROUNDS; i < rounds; i++) {
            long start = System.nanoTime();
            new Unconcerned().round();
            if (i >= 0) nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        System.out.println(nanos[rounds / 5]);
    }

    private void round() throws InterruptedException {
        Thread[] threads = new Thread[THREADS];
        for (int i = 0; i < THREADS; i++) {
            threads[i] = new Thread(null, this::count, "counting");
            threads[i].start();
        }
        for (Thread thread : threads) thread.join();
        int sum = 0;
        for (int count : counts.values()) sum += count;
        if (sum != THREADS * WORDS) throw new AssertionError("counted " + sum);
    }

    private void count() {
        Map<String, Integer> own = new HashMap<>();
        for (int i = 0; i < WORDS; i++) {
            String word = "word" + Integer.toString(i * 31 % DIFFERENT, 7);
            String reversed = new StringBuilder(word).reverse().toString();
            own.merge(reversed, 1, Integer::sum);
        }
        synchronized (counts) {
            own.forEach((word, count) -> counts.merge(word, count, Integer::sum));
        }
    }
}
