/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.internal.Commits;
import java.util.concurrent.atomic.AtomicLong;

/** Stacks of all CPUs: what is pushed is popped once, singly and in batches, and closed and full ones say so. */
final class Stacks {
    private static final int CAPACITY = 40;
    private static final long BYTES = 16 + 8L * CAPACITY;
    private static final int BATCH = 7;

    private final long stack = Commits.allocate(BYTES);
    private final long shared = Commits.allocate(8 * BATCH);
    private final AtomicLong next = new AtomicLong(1);

    /** Sums and counts of what went in and came out: with squares, a swap of two values for two others would show. */
    private final AtomicLong balance = new AtomicLong();

    private final AtomicLong squares = new AtomicLong();
    private final AtomicLong moved = new AtomicLong();

    private Stacks() {}

    static void run(int rounds) throws InterruptedException {
        Stacks stacks = new Stacks();
        Sequences.platform(() -> stacks.churn(rounds));
        stacks.drain();
        System.out.println("stack.balance=" + (stacks.balance.get() == 0 && stacks.squares.get() == 0));
        System.out.println("stack.moved=" + stacks.moved);
        stacks.edges();
        stacks.order();
        Commits.free(stacks.stack, BYTES);
        Commits.free(stacks.shared, 8 * BATCH);
    }

    private void churn(int rounds) {
        for (int i = 0; i < rounds; i++) {
            if (i % 3 != 2) push(next.getAndIncrement());
            else pop();
            if (i % 16 == 0) pushBatch();
            if (i % 16 == 8) popBatch();
        }
    }

    private void push(long value) {
        if (Commits.pushAgain(stack, CAPACITY, value) == Commits.COMMITTED) count(value, 1);
    }

    private boolean pop() {
        long value = Commits.popAgain(stack, CAPACITY);
        if (value <= Commits.STATUS_MAX) return false;
        count(value, -1);
        return true;
    }

    /** The shared cells are one thread's at a time. */
    private synchronized void pushBatch() {
        long first = next.getAndAdd(BATCH);
        for (int i = 0; i < BATCH; i++) Commits.put(Cpus.count(), shared + 8L * i, first + i);
        long done = Commits.pushBatch(stack, CAPACITY, shared, BATCH);
        for (int i = 0; i < done; i++) count(first + i, 1);
    }

    private synchronized void popBatch() {
        long done = Commits.popBatch(stack, CAPACITY, shared, BATCH);
        for (int i = 0; i < done; i++) count(Commits.get(Cpus.count(), shared + 8L * i), -1);
    }

    private void count(long value, int sign) {
        balance.addAndGet(sign * value);
        squares.addAndGet(sign * value * value);
        moved.incrementAndGet();
    }

    /** No thread pushes any more: the stacks of all CPUs are read as they lie there. */
    private void drain() {
        for (int cpu = 0; cpu < Cpus.count(); cpu++) {
            long count = Commits.get(cpu, stack);
            for (int i = 0; i < count; i++) count(Commits.get(cpu, stack + 16 + 8L * i), -1);
            Commits.put(cpu, stack, 0);
        }
    }

    /** Statuses on an empty, a full and a closed stack. */
    private void edges() {
        System.out.println("stack.empty=" + Sequences.status(Commits.popAgain(stack, CAPACITY)));
        System.out.println("stack.emptyBatch=" + Commits.popBatch(stack, CAPACITY, shared, BATCH));
        for (int cpu = 0; cpu < Cpus.count(); cpu++) Commits.put(cpu, stack, CAPACITY);
        System.out.println("stack.full=" + Sequences.status(Commits.pushAgain(stack, CAPACITY, 1)));
        System.out.println("stack.fullBatch=" + Commits.pushBatch(stack, CAPACITY, shared, BATCH));
        for (int cpu = 0; cpu < Cpus.count(); cpu++) Commits.put(cpu, stack + 8, 1);
        System.out.println("fence=" + Commits.fence());
        System.out.println("stack.closed=" + Sequences.status(Commits.pushAgain(stack, CAPACITY, 1)));
        System.out.println("stack.closedPop=" + Sequences.status(Commits.popAgain(stack, CAPACITY)));
        for (int cpu = 0; cpu < Cpus.count(); cpu++) {
            Commits.put(cpu, stack, 0);
            Commits.put(cpu, stack + 8, 0);
        }
    }

    /** On one CPU, which the launcher may pin or not: tried until the thread was not moved in between. */
    private void order() {
        String popped = "";
        for (int attempt = 0; attempt < 1000 && !popped.equals("321"); attempt++) {
            drain();
            for (long value = 1; value <= 3; value++) Commits.pushAgain(stack, CAPACITY, value);
            popped = "";
            for (int i = 0; i < 3; i++) popped += Commits.popAgain(stack, CAPACITY);
        }
        System.out.println("stack.order=" + popped);
    }
}
