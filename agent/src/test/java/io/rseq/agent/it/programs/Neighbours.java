/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import java.util.Scanner;
import java.util.concurrent.CountDownLatch;

/**
 * Shares its threads with another library that uses rseq: {@code DRIVER PEER preload|load|global attach|start first|last}. On each kind of thread it
 * reads an index, lets the library register, reads, lets it unregister, reads again, and prints what both parties saw. A thread that the JVM
 * does not know uses the library alone, first or last.
 */
public final class Neighbours {
    private static final int READS = 300;
    private static long library;

    private Neighbours() {}

    public static void main(String[] arguments) throws Exception {
        System.load(arguments[0]);
        String peer = arguments[1];
        boolean early = arguments[3].equals("attach");
        if (arguments[2].equals("load")) System.load(peer);
        library = Peer.open(peer, arguments[2].equals("global"));
        if (early) {
            System.out.println("early.register=" + Peer.register(library));
            System.out.println("loaded");
        }
        try (Scanner in = new Scanner(System.in)) {
            if (early) in.nextLine();
            boolean nativeFirst = arguments[4].equals("first");
            if (nativeFirst) useOnNativeThread();
            visit("main");
            Thread platform = new Thread(() -> visit("platform"), "platform");
            platform.start();
            platform.join();
            if (Runtime.version().feature() >= 21) {
                Runnable visit = () -> visit("virtual");
                ((Thread) Thread.class
                                .getMethod("startVirtualThread", Runnable.class)
                                .invoke(null, visit))
                        .join();
            }
            if (!nativeFirst) useOnNativeThread();
            CountDownLatch ready = new CountDownLatch(1);
            CountDownLatch over = new CountDownLatch(1);
            Thread staying = new Thread(() -> stay(ready, over), "staying");
            staying.start();
            ready.await();
            System.out.println("support=" + Cpus.support());
            System.out.println("ready");
            in.nextLine();
            over.countDown();
            staying.join();
        }
        System.out.println("done");
    }

    private static void useOnNativeThread() {
        System.out.println("native.errno=" + Peer.useOnNativeThread(library));
    }

    /* Nothing in here parks, so that a virtual thread stays with its carrier. */
    private static void visit(String name) {
        int outOfRange = outOfRange();
        int registered = Peer.register(library);
        int lost = 0;
        for (int i = 0; i < READS; i++) {
            outOfRange += outOfRange();
            if (registered == 0 && Peer.cpuId(library) < 0) lost++;
        }
        String inside = state(registered);
        int unregistered = registered == 0 ? Peer.unregister(library) : -1;
        int afterwards = Peer.cpuId(library);
        for (int i = 0; i < READS; i++) outOfRange += outOfRange();
        System.out.println(name + ".tid=" + Peer.threadId());
        System.out.println(name + ".outOfRange=" + outOfRange);
        System.out.println(name + ".lost=" + lost);
        System.out.println(name + ".in=" + inside);
        System.out.println(name + ".unregister=" + unregistered);
        System.out.println(name + ".cpuAfterwards=" + (afterwards < 0 ? "negative" : "alive"));
        System.out.println(name + ".after=" + state(unregistered));
    }

    private static void stay(CountDownLatch ready, CountDownLatch over) {
        int outOfRange = outOfRange();
        int registered = Peer.register(library);
        outOfRange += outOfRange();
        System.out.println("staying.tid=" + Peer.threadId());
        System.out.println("staying.in=" + state(registered));
        ready.countDown();
        try {
            over.await();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
        if (registered == 0) Peer.unregister(library);
        outOfRange += outOfRange();
        System.out.println("staying.outOfRange=" + outOfRange);
    }

    /** What the library sees and what the kernel holds. */
    private static String state(int errno) {
        long area = Peer.area(library);
        int cpu = Peer.cpuId(library);
        return "errno:" + errno + " area:0x" + Long.toHexString(area) + " cpu:"
                + (cpu < 0 ? Integer.toString(cpu) : cpu < Cpus.count() ? "ok" : "absurd") + " refcount:"
                + Peer.refcount(library) + " kernel:"
                + (Peer.kernelHolds(area) ? "here" : Peer.isRegistered() ? "elsewhere" : "nowhere");
    }

    private static int outOfRange() {
        int index = Cpus.index();
        return index < 0 || index >= Cpus.count() ? 1 : 0;
    }
}
