/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.CountDownLatch;

/**
 * Libraries that share the agent's area: {@code DRIVER walks LIBRARY LIBRARY}, {@code DRIVER closed LIBRARY}, {@code DRIVER stays
 * LIBRARY}, {@code DRIVER citizens LIBRARY}, {@code DRIVER limit}, {@code DRIVER visible LIBRARY}, or {@code DRIVER unread LIBRARY}. Prints what did not hold.
 */
public final class TwoMails {
    private static final int[][] ORDERS = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    private static final int AGENT = 2;
    private static final int THREADS = 20;
    private static final long[] LIBRARIES = new long[2];
    private static final List<String> BROKEN = new ArrayList<>();
    private static int checks;

    private TwoMails() {}

    public static void main(String[] arguments) throws InterruptedException {
        System.load(arguments[0]);
        if (arguments[1].equals("walks")) awaitAgent();
        for (int i = 2; i < arguments.length; i++) LIBRARIES[i - 2] = Peer.open(arguments[i], false);
        switch (arguments[1]) {
            case "walks" -> {
                walks(
                        "main",
                        0); // older than the agent, and reads no index while it is free: nobody but the walk counts it
                // in
                onThreads(1, () -> {
                    index("before");
                    walks("thread", 1);
                });
            }
            case "stays" -> stays();
            case "closed" -> closed(arguments[2]);
            case "citizens" -> onThreads(THREADS, TwoMails::citizen);
            case "limit" -> {
                limit("main");
                onThreads(1, () -> limit("thread"));
            }
            case "visible" -> visible();
            case "unread" -> onThreads(THREADS, TwoMails::unread);
            default -> throw new IllegalArgumentException(arguments[1]);
        }
        System.out.println("checks=" + checks);
        System.out.println("broken=" + BROKEN);
    }

    private static void awaitAgent() {
        System.out.println("loaded");
        try (Scanner in = new Scanner(System.in)) {
            in.nextLine();
        }
    }

    /** Three users come in every order and go in every order; {@code others} are counted in besides. */
    private static void walks(String name, int others) {
        for (int[] in : ORDERS) {
            for (int[] out : ORDERS) {
                int count = others;
                for (int user : in) {
                    check(enter(user) == 0, name + ": " + user + " could not enter");
                    compare(name + " in " + user, ++count);
                }
                for (int user : out) {
                    check(leave(user) == 0, name + ": " + user + " could not leave");
                    compare(name + " out " + user, --count);
                }
            }
        }
    }

    private static void compare(String what, int count) {
        boolean registered = count > 0;
        check(Peer.globalRefcount() == count, what + ": refcount " + Peer.globalRefcount() + ", expected " + count);
        check(Peer.kernelHolds(Peer.globalArea()) == registered, what + ": registered is not " + registered);
        for (long library : LIBRARIES) {
            check(Peer.area(library) == Peer.globalArea(), what + ": another area");
            check(Peer.cpuId(library) >= 0 == registered, what + ": cpu_id " + Peer.cpuId(library));
        }
        if (registered) index(what);
    }

    private static int enter(int user) {
        return user == AGENT ? Peer.agentRegister() : Peer.register(LIBRARIES[user]);
    }

    private static int leave(int user) {
        return user == AGENT ? Peer.agentUnregister() : Peer.unregister(LIBRARIES[user]);
    }

    /** The library stays counted in on this thread. */
    private static void stays() {
        index("before");
        check(Peer.register(LIBRARIES[0]) == 0, "could not register");
        check(Peer.globalRefcount() == 2, "refcount " + Peer.globalRefcount());
    }

    /** The library is counted in on threads that live, and goes without a word. */
    private static void closed(String path) throws InterruptedException {
        CountDownLatch in = new CountDownLatch(THREADS);
        CountDownLatch gone = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(new Thread(() -> {
                index("before");
                check(Peer.register(LIBRARIES[0]) == 0, "could not register");
                check(Peer.area(LIBRARIES[0]) == Peer.globalArea(), "another area");
                in.countDown();
                await(gone);
                for (int read = 0; read < 1000; read++) index("after the library was closed");
                check(Peer.globalRefcount() == 2, "refcount " + Peer.globalRefcount());
                check(Peer.kernelHolds(Peer.globalArea()), "not registered");
            }));
        }
        for (Thread thread : threads) thread.start();
        in.await();
        check(Peer.close(LIBRARIES[0], path), "the library is still there");
        gone.countDown();
        for (Thread thread : threads) thread.join();
    }

    /** Unregisters under the agent, which is counted in on this thread. */
    private static void citizen() {
        index("before");
        check(Peer.register(LIBRARIES[0]) == 0, "could not register");
        check(Peer.unregister(LIBRARIES[0]) == 0, "could not unregister");
        check(!Peer.isRegistered(), "still registered");
        index("after the bad citizen");
        check(Peer.kernelHolds(Peer.globalArea()), "not registered again");
        check(Peer.globalRefcount() == 2, "refcount " + Peer.globalRefcount());
    }

    private static void limit(String name) {
        index(name);
        check(Peer.agentUnregister() != 0, name + ": nothing was counted in, but out");
        check(Peer.globalRefcount() == 1, name + ": refcount " + Peer.globalRefcount());
        Peer.setGlobalRefcount(Integer.MAX_VALUE);
        int errno = Peer.agentRegister();
        System.out.println(name + ".errno=" + errno);
        check(Peer.globalRefcount() == Integer.MAX_VALUE, name + ": refcount " + Peer.globalRefcount());
        check(Peer.kernelHolds(Peer.globalArea()), name + ": not registered");
        check(Peer.agentUnregister() != 0, name + ": the refused use could be counted out");
        check(Peer.globalRefcount() == Integer.MAX_VALUE, name + ": refcount " + Peer.globalRefcount());
        index(name);
        Peer.setGlobalRefcount(1);
    }

    private static void visible() {
        index("visible");
        System.out.println("visible=" + (Peer.globalArea() != 0));
        int registered = Peer.register(LIBRARIES[0]);
        System.out.println("register=" + registered);
        System.out.println("alive=" + (Peer.cpuId(LIBRARIES[0]) >= 0));
        index("beside the library");
        if (registered == 0) check(Peer.unregister(LIBRARIES[0]) == 0, "could not unregister");
        index("after the library");
    }

    /** The library registers a thread that read no index: it is the library's to register, and to unregister. */
    private static void unread() {
        check(!Peer.isRegistered(), "registered at its start");
        check(Peer.register(LIBRARIES[0]) == 0, "could not register");
        check(Peer.kernelHolds(Peer.area(LIBRARIES[0])), "registered elsewhere");
        index("beside the library");
        check(Peer.kernelHolds(Peer.area(LIBRARIES[0])), "registered elsewhere after a read");
        check(Peer.unregister(LIBRARIES[0]) == 0, "could not unregister");
        index("after the library");
    }

    private static void onThreads(int count, Runnable body) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) threads.add(new Thread(body));
        for (Thread thread : threads) thread.start();
        for (Thread thread : threads) thread.join();
    }

    private static void index(String what) {
        int index = Cpus.index();
        check(index >= 0 && index < Cpus.count(), what + ": index " + index);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static synchronized void check(boolean holds, String what) {
        checks++;
        if (!holds && BROKEN.size() < 10) BROKEN.add(what);
    }
}
