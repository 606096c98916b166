/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.Index;
import io.rseq.PerCpuCounter;
import io.rseq.internal.Commits;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Writers add to one counter while others take from it, until a line comes; then again for a while, until another line comes. Prints what was
 * added, and what was found.
 */
public final class Counting {
    private static final int BATCH = 1000;
    private static final int TAKERS = 2;

    private final AtomicLong added = new AtomicLong();
    private final AtomicLong adds = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong negative = new AtomicLong();
    private final PerCpuCounter counter;
    private final PerCpuCounter rising;

    private Counting(Index index) {
        counter = new PerCpuCounter(index);
        rising = new PerCpuCounter(index);
    }

    /** The kind of {@link Writers}, and an {@link Index}. */
    public static void main(String[] arguments) throws Exception {
        new Counting(Index.valueOf(arguments[1])).run(arguments[0]);
    }

    private void run(String kind) throws Exception {
        // More than a batch of each after an attach.
        Writers.untilTold(kind, this::write, TAKERS, (number, goOn) -> take(goOn), adds, 4L * BATCH);
        System.out.println("adds=" + adds);
        System.out.println("added=" + added);
        System.out.println("found=" + (taken.get() + counter.sum()));
        System.out.println("rising=" + rising.sum());
        System.out.println("negative=" + negative);
        System.out.println("restarts=" + Commits.restarts());
        System.out.println("allocated=" + Commits.allocated());
        System.out.println("committer=" + Cpus.support().committer());
    }

    private void write(int number, BooleanSupplier goOn) {
        SplittableRandom random = new SplittableRandom(number);
        while (goOn.getAsBoolean()) {
            long sum = 0;
            for (int i = 0; i < BATCH; i++) {
                long delta = random.nextLong(); // wraps, and must do so the same way
                sum += delta;
                counter.add(delta);
                rising.increment();
            }
            added.addAndGet(sum);
            adds.addAndGet(BATCH);
            Thread.yield(); // a virtual thread leaves its carrier to the others here
        }
    }

    private void take(BooleanSupplier goOn) {
        long last = 0;
        while (goOn.getAsBoolean()) {
            taken.addAndGet(counter.sumThenReset());
            long now = rising.sum();
            if (now < last) negative.incrementAndGet();
            last = now;
            Thread.yield();
        }
    }
}
