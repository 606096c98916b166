/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.internal.Commits;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Calls every sequence from many threads and says whether anything was lost or made twice. */
public final class Sequences {
    private static final int THREADS = 8;
    private static final long[] BY = {0, Commits.BY_CONCURRENCY_ID};
    private static int rounds;

    private Sequences() {}

    /** {@code ROUNDS}, and {@code attach} to wait for a line on stdin, during which the agent comes. */
    public static void main(String[] arguments) throws Exception {
        rounds = Integer.parseInt(arguments[0]);
        if (arguments.length > 1) awaitAgent();
        System.out.println("available=" + Commits.available());
        System.out.println("committer=" + Cpus.support().committer());
        System.out.println("add.none=" + status(Commits.add(Commits.NONE, 1)));
        System.out.println("allocate=" + (Commits.allocate(8) >= 0));
        if (!Commits.available()) return;
        adds("platform", Sequences::platform);
        if (Runtime.version().feature() >= 21) adds("virtual", Sequences::virtual);
        Stacks.run(rounds);
        Places.run(rounds);
        Buffers.run(rounds);
        Regions.run();
        System.out.println("done=true");
    }

    private static void awaitAgent() {
        System.out.println("before.available=" + Commits.available());
        System.out.println("before.allocate.none=" + (Commits.allocate(8) == Commits.NONE));
        System.out.println("before.add=" + status(Commits.add(Commits.NONE, 1)));
        System.out.println("ready");
        try (Scanner in = new Scanner(System.in)) {
            in.nextLine();
        }
    }

    private interface Threads {
        void run(Runnable work) throws Exception;
    }

    private static void adds(String name, Threads threads) throws Exception {
        for (long by : BY) {
            long cell = Commits.allocate(8);
            AtomicLong committed = new AtomicLong();
            AtomicLong other = new AtomicLong();
            threads.run(() -> {
                long mine = 0;
                for (int i = 0; i < rounds; i++) {
                    long status = Commits.addAgain(cell + by, i);
                    if (status == Commits.UNAVAILABLE) Cpus.index(); // registers the thread, as a structure does
                    if (status == Commits.COMMITTED) mine += i;
                    else other.incrementAndGet();
                    if (i % 64 == 0) LockSupport.parkNanos(1);
                }
                committed.addAndGet(mine);
            });
            String key = "add." + name + "." + by;
            System.out.println(key + "=" + (committed.get() > 0 && sum(cell) == committed.get()));
            System.out.println(key + ".other=" + other);
            Commits.free(cell, 8);
        }
    }

    /** A status's number; 0 for one that committed. */
    static long status(long answer) {
        return answer == Commits.COMMITTED ? 0 : answer - Long.MIN_VALUE;
    }

    static long sum(long cell) {
        long sum = 0;
        for (int cpu = 0; cpu < Cpus.count(); cpu++) sum += Commits.get(cpu, cell);
        return sum;
    }

    static void platform(Runnable work) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) threads.add(new Thread(work));
        for (Thread thread : threads) thread.start();
        for (Thread thread : threads) thread.join();
    }

    /* Reflectively: this is compiled for 17. */
    private static void virtual(Runnable work) throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4 * THREADS; i++)
            threads.add((Thread)
                    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, work));
        for (Thread thread : threads) thread.join();
    }
}
