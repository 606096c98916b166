/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.PerCpuPool;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.CountDownLatch;

/** Threads that are there before the agent is attached lease once each afterwards, one after the other: never two objects at a time. */
public final class LateLeases {
    private static final int THREADS = 100;

    private LateLeases() {}

    public static void main(String[] arguments) throws Exception {
        PerCpuPool<Object> pool = PerCpuPool.builder(Object::new).build();
        List<Thread> threads = new ArrayList<>();
        List<CountDownLatch> turns = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            CountDownLatch turn = new CountDownLatch(1);
            Thread thread = new Thread(() -> leaseAt(turn, pool), "early-" + i);
            thread.start();
            threads.add(thread);
            turns.add(turn);
        }
        System.out.println("ready");
        try (Scanner in = new Scanner(System.in)) {
            in.nextLine();
        }
        for (int i = 0; i < THREADS; i++) {
            turns.get(i).countDown();
            threads.get(i).join();
        }
        System.out.println("created=" + pool.created());
        System.out.println("idle=" + pool.idle());
        System.out.println("committer=" + Cpus.support().committer());
    }

    private static void leaseAt(CountDownLatch turn, PerCpuPool<Object> pool) {
        try {
            turn.await();
        } catch (InterruptedException broken) {
            throw new IllegalStateException(broken);
        }
        pool.lease().close();
    }
}
