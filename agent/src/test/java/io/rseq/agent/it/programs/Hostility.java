/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** All that threads, libraries and signals can do to the counts, at once, for a while; then it holds still to be looked at. */
public final class Hostility {
    private static final int AT_A_TIME = 50;
    private static final int VIRTUAL_AT_A_TIME = 100;
    private static final int WITNESSES = 2;

    private static final AtomicLong PLATFORM = new AtomicLong();
    private static final AtomicLong VIRTUAL = new AtomicLong();
    private static final AtomicLong KILLED = new AtomicLong();
    private static final AtomicLong PROCESSES = new AtomicLong();
    private static final AtomicLong COUNTED_AS_OF_OLD = new AtomicLong();
    private static final AtomicLong LOOKS = new AtomicLong();
    private static final AtomicLong OUT_OF_RANGE = new AtomicLong();
    private static final Witness WITNESS = new Witness();
    private static volatile boolean over;
    private static volatile boolean loaded;

    private Hostility() {}

    /** What its own threads die of; anything else is printed. */
    private static final class Wanted extends RuntimeException {
        private static final long serialVersionUID = 1;

        Wanted() {
            super(null, null, false, false);
        }
    }

    /** One thing that goes on until it is over. */
    private interface Act {
        void once() throws Exception;
    }

    /** Seconds, the library of {@link #begin}, and copies of the counting one. */
    public static void main(String[] arguments) throws Exception {
        Thread.setDefaultUncaughtExceptionHandler(Hostility::ended);
        System.load(arguments[1]);
        if (!begin()) throw new IllegalStateException("could not begin");
        List<Thread> acts = new ArrayList<>();
        acts.add(act("platform", Hostility::platformThreads));
        if (Runtime.version().feature() >= 21) acts.add(act("virtual", Hostility::virtualThreads));
        acts.add(act("processes", Hostility::process));
        for (int i = 0; i < WITNESSES; i++) acts.add(act("witness-" + i, () -> WITNESS.looks(100)));
        long seconds = Long.parseLong(arguments[0]);
        for (int i = 2; i < arguments.length; i++) {
            Thread.sleep(seconds * 1000 / arguments.length);
            String library = arguments[i];
            Thread loader = new Thread(() -> System.load(library), "loader-" + i);
            loader.start();
            loader.join();
            loaded = true;
        }
        Thread.sleep(seconds * 1000 * 2 / arguments.length);
        over = true;
        for (Thread thread : acts) thread.join();
        end();
        WITNESS.report("witness");
        System.out.println("platform=" + PLATFORM);
        System.out.println("virtual=" + VIRTUAL);
        System.out.println("killed=" + KILLED);
        System.out.println("processes=" + PROCESSES);
        System.out.println("countedAsOfOld=" + COUNTED_AS_OF_OLD);
        System.out.println("looks=" + LOOKS);
        System.out.println("outOfRange=" + OUT_OF_RANGE);
        System.out.println("signals=" + signals());
        System.out.println("attachments=" + attachments());
        System.out.println("failures=" + failures());
        System.out.println("settled");
        try (Scanner in = new Scanner(System.in)) {
            in.nextLine();
        }
    }

    /** From everywhere, also from native threads. */
    static void look() {
        int cpus = Cpus.count();
        int woven = Shapes.still(Shapes.NOT_WOVEN);
        int id = Shapes.concurrencyId(Shapes.NOT_WOVEN);
        int node = Shapes.node(Shapes.NOT_WOVEN);
        int asked = Cpus.index();
        boolean inRange = woven >= 0 && woven < cpus && id >= 0 && id < cpus && node >= 0 && asked >= 0 && asked < cpus;
        LOOKS.incrementAndGet();
        if (!inRange) OUT_OF_RANGE.incrementAndGet();
    }

    private static Thread act(String name, Act act) {
        Thread thread = new Thread(
                () -> {
                    try {
                        while (!over) act.once();
                    } catch (Exception failure) {
                        throw new IllegalStateException(failure);
                    }
                },
                name);
        thread.start();
        return thread;
    }

    private static void platformThreads() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < AT_A_TIME; i++) {
            Thread thread = new Thread(Hostility::lookAndCount);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) thread.join();
        PLATFORM.addAndGet(AT_A_TIME);
    }

    private static void lookAndCount() {
        look();
        int what = ThreadLocalRandom.current().nextInt(6);
        if (what == 0) countInAndOut();
        if (what == 1 && loaded && countAsOfOld()) COUNTED_AS_OF_OLD.incrementAndGet();
        if (what == 2) LockSupport.parkNanos(1);
        if (what == 3) throw new Wanted();
        look();
    }

    /* Reflectively: this is compiled for 17. */
    private static void virtualThreads() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < VIRTUAL_AT_A_TIME; i++) {
            Runnable looks = () -> {
                look();
                LockSupport.parkNanos(1000);
                countInAndOut();
                Thread.yield();
                look();
            };
            threads.add((Thread)
                    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, looks));
        }
        for (Thread thread : threads) thread.join();
        VIRTUAL.addAndGet(VIRTUAL_AT_A_TIME);
    }

    private static void process() throws IOException, InterruptedException {
        int code = new ProcessBuilder("/bin/true").start().waitFor();
        if (code != 0) throw new IOException("/bin/true ended with " + code);
        PROCESSES.incrementAndGet();
        Thread.sleep(5);
    }

    private static void ended(Thread thread, Throwable reason) {
        look();
        if (reason instanceof Wanted) {
            KILLED.incrementAndGet();
        } else {
            System.err.println("thread " + thread + " died of " + reason + ", " + reason.getCause());
        }
    }

    private static native boolean begin();

    private static native void end();

    private static native void countInAndOut();

    private static native boolean countAsOfOld();

    private static native long signals();

    private static native long attachments();

    private static native long failures();
}
