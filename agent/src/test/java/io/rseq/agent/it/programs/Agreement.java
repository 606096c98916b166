/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.locks.LockSupport;

/** Compares the index on one kind of thread with what libc says. */
public final class Agreement {
    private static final int THREADS = 8;
    private static final int LOOKS = 4000;
    private static final Witness WITNESS = new Witness();

    private Agreement() {}

    /** {@code platform}, {@code virtual}, {@code parking} (virtual, parked between looks), {@code forkjoin}, or {@code attached LIBRARY}. */
    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "platform" -> platform();
            case "virtual" -> virtual(() -> WITNESS.looks(LOOKS));
            case "parking" -> virtual(Agreement::looksBetweenParks);
            case "forkjoin" -> forkJoin();
            case "attached" -> attached(arguments[1]);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        WITNESS.report(arguments[0]);
        System.out.println("reader=" + io.rseq.Cpus.support().reader());
    }

    private static void platform() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) threads.add(new Thread(() -> WITNESS.looks(LOOKS)));
        for (Thread thread : threads) thread.start();
        WITNESS.looks(LOOKS);
        for (Thread thread : threads) thread.join();
    }

    /* Reflectively: this is compiled for 17. */
    private static void virtual(Runnable looks) throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4 * THREADS; i++)
            threads.add((Thread)
                    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, looks));
        for (Thread thread : threads) thread.join();
    }

    /** Between two looks the thread parks, and may be mounted on another carrier when it goes on. */
    private static void looksBetweenParks() {
        for (int i = 0; i < LOOKS / 4; i++) {
            WITNESS.look();
            if (i % 8 == 0) LockSupport.parkNanos(1);
            else Thread.yield();
        }
    }

    private static void forkJoin() {
        List<ForkJoinTask<?>> tasks = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) tasks.add(ForkJoinPool.commonPool().submit(() -> WITNESS.looks(LOOKS)));
        for (ForkJoinTask<?> task : tasks) task.join();
    }

    private static void attached(String library) {
        System.load(library);
        if (attachAndLook(THREADS) != THREADS) throw new IllegalStateException("could not attach");
    }

    /** Makes native threads that attach, call {@link #lookFromNative}, and detach; returns how many did. */
    private static native int attachAndLook(int threads);

    static void lookFromNative() {
        WITNESS.looks(LOOKS);
    }
}
