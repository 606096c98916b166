/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Threads of one kind that go on until they are told to stop. What one of them throws ends the program. */
final class Writers {
    private static final int PLATFORM_THREADS = 16;
    private static final int VIRTUAL_THREADS = 100;

    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    private Writers() {}

    /** What a writer does: it asks at times whether to go on. */
    interface Work {
        void run(int number, BooleanSupplier goOn) throws Exception;
    }

    static int count(String kind) {
        return kind.equals("virtual") ? VIRTUAL_THREADS : PLATFORM_THREADS;
    }

    /** {@code platform}, or {@code virtual}: reflectively, for this is compiled for 17. */
    static Writers start(String kind, Work work) throws ReflectiveOperationException {
        return start(kind, count(kind), work);
    }

    static Writers start(String kind, int count, Work work) throws ReflectiveOperationException {
        Writers writers = new Writers();
        for (int i = 0; i < count; i++) {
            int number = i;
            Runnable body = () -> writers.run(work, number);
            if (kind.equals("virtual")) {
                writers.threads.add((Thread) Thread.class
                        .getMethod("startVirtualThread", Runnable.class)
                        .invoke(null, body));
            } else {
                Thread thread = new Thread(body, "writer-" + number);
                thread.start();
                writers.threads.add(thread);
            }
        }
        return writers;
    }

    /**
     * Writers of one kind, and some takers, which are platform threads, until a line comes; {@code ready} is printed first. Then for a while more,
     * until {@code done} has grown by {@code more} for each writer: what is done from there on is done after what the line told of.
     */
    static void untilTold(String kind, Work write, int takers, Work take, AtomicLong done, long more) throws Exception {
        try (Scanner in = new Scanner(System.in)) {
            Writers writers = start(kind, write);
            Writers taking = start("platform", takers, take);
            System.out.println("ready");
            in.nextLine();
            long mark = done.get() + more * count(kind);
            while (done.get() < mark) Thread.sleep(1);
            writers.stop();
            taking.stop();
        }
    }

    void stop() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) thread.join();
    }

    private void run(Work work, int number) {
        try {
            work.run(number, () -> !stopped);
        } catch (Throwable failure) {
            failure.printStackTrace();
            Runtime.getRuntime().halt(70);
        }
    }
}
