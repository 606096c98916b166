/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.util.ArrayList;
import java.util.List;
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
