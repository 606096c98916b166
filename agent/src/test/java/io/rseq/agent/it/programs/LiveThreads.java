/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.CountDownLatch;

/** Threads that read an index and end, and threads that read one and stay until a line comes on stdin; those have half a character in their names if asked. */
public final class LiveThreads {
    private static final String HALF_A_CHARACTER = "\ud83d";

    private LiveThreads() {}

    public static void main(String[] arguments) throws InterruptedException {
        int ending = Integer.parseInt(arguments[0]);
        int staying = Integer.parseInt(arguments[1]);
        for (int i = 0; i < ending; i++) {
            Thread thread = new Thread(() -> Shapes.still(Shapes.NOT_WOVEN), "ending-" + i);
            thread.start();
            thread.join();
        }
        String name = arguments.length > 2 ? HALF_A_CHARACTER : "staying-";
        CountDownLatch ready = new CountDownLatch(staying);
        CountDownLatch over = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < staying; i++) {
            Thread thread = new Thread(() -> readAndStay(ready, over), name + i);
            thread.start();
            threads.add(thread);
        }
        Shapes.still(Shapes.NOT_WOVEN);
        ready.await();
        System.out.println("ready");
        try (Scanner in = new Scanner(System.in)) {
            in.nextLine();
        }
        over.countDown();
        for (Thread thread : threads) thread.join();
        System.out.println("done");
    }

    private static void readAndStay(CountDownLatch ready, CountDownLatch over) {
        Shapes.still(Shapes.NOT_WOVEN);
        ready.countDown();
        try {
            over.await();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
