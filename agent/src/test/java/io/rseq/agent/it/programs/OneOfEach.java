/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.Lease;
import io.rseq.PerCpuBuffer;
import io.rseq.PerCpuCounter;
import io.rseq.PerCpuHistogram;
import io.rseq.PerCpuLongStack;
import io.rseq.PerCpuPool;
import io.rseq.internal.Commits;
import io.rseq.internal.Hook;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Threads use one structure of each kind. Prints what was found, and what is in force; the answers of entry points that another version has more. */
public final class OneOfEach {
    private static final int THREADS = 4;
    private static final int ROUNDS = 20_000;
    private static final byte[] RECORD = new byte[16];

    private final PerCpuCounter counter = new PerCpuCounter();
    private final PerCpuHistogram histogram = new PerCpuHistogram(1000, 2);
    private final PerCpuLongStack stack = new PerCpuLongStack(64);
    private final PerCpuPool<AtomicLong> pool =
            PerCpuPool.<AtomicLong>builder(AtomicLong::new).capacityPerCpu(8).build();
    private final PerCpuBuffer buffer = new PerCpuBuffer(1 << 20);
    private final AtomicLong pushed = new AtomicLong();
    private final AtomicLong popped = new AtomicLong();
    private final AtomicLong twice = new AtomicLong();
    private final AtomicLong appended = new AtomicLong();

    public static void main(String[] arguments) throws Exception {
        new OneOfEach().run();
        for (Class<?> type : List.of(Commits.class, Hook.class)) {
            for (Method method : type.getMethods()) {
                if (method.getName().equals("tomorrow")) System.out.println("tomorrow=" + method.invoke(null, 1, 1));
            }
        }
    }

    private void run() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) threads.add(new Thread(this::use));
        for (Thread thread : threads) thread.start();
        for (Thread thread : threads) thread.join();
        System.out.println("sum=" + counter.sum());
        System.out.println("count=" + histogram.snapshot().count());
        stack.drainTo(popped::addAndGet);
        System.out.println("stack=" + (pushed.get() - popped.get()));
        System.out.println("twice=" + twice);
        System.out.println("buffer=" + (appended.get() - buffer.drain((cpu, time, bytes, from, length) -> {})));
        System.out.println("agent=" + Cpus.support().agent());
        System.out.println("committer=" + Cpus.support().committer());
    }

    private void use() {
        for (int i = 1; i <= ROUNDS; i++) {
            counter.increment();
            histogram.record(i % 1000);
            if (stack.push(i)) pushed.addAndGet(i);
            long value = stack.pop();
            if (value != PerCpuLongStack.EMPTY) popped.addAndGet(value);
            try (Lease<AtomicLong> lease = pool.lease()) {
                if (lease.get().getAndSet(1) != 0) twice.incrementAndGet();
                lease.get().set(0);
            }
            if (buffer.append(RECORD)) appended.incrementAndGet();
        }
    }
}
