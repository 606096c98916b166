/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.Index;
import io.rseq.PerCpuDoubleAdder;
import io.rseq.PerCpuMax;
import io.rseq.PerCpuMin;
import io.rseq.internal.Commits;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Writers add doubles, and offer a number that rises, while others take what they find, until a line comes; then again for a while, as {@link Counting}
 * does. Doubles are whole numbers, so that their sums are exact in whatever order.
 */
public final class Measuring {
    private static final int BATCH = 1000;
    private static final int TAKERS = 3;
    private static final long WHOLE = 0xFFFF;

    private final AtomicLong added = new AtomicLong();
    private final AtomicLong adds = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong negative = new AtomicLong();
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong highest = new AtomicLong(Long.MIN_VALUE);
    private final AtomicLong lowest = new AtomicLong(Long.MAX_VALUE);
    private final PerCpuDoubleAdder adder;
    private final PerCpuDoubleAdder rising;
    private final PerCpuMax max;
    private final PerCpuMin min;

    private Measuring(Index index) {
        adder = new PerCpuDoubleAdder(index);
        rising = new PerCpuDoubleAdder(index);
        max = new PerCpuMax(index);
        min = new PerCpuMin(index);
    }

    /** The kind of {@link Writers}, and an {@link Index}. */
    public static void main(String[] arguments) throws Exception {
        new Measuring(Index.valueOf(arguments[1])).run(arguments[0]);
    }

    private void run(String kind) throws Exception {
        Writers.untilTold(kind, this::write, TAKERS, (number, goOn) -> take(goOn), adds, 4L * BATCH);
        takeExtremes();
        System.out.println("adds=" + adds);
        System.out.println("added=" + added);
        System.out.println("found=" + (taken.get() + (long) adder.sum()));
        System.out.println("rising=" + (long) rising.sum());
        System.out.println("negative=" + negative);
        System.out.println("offered=" + next);
        System.out.println("highest=" + highest);
        System.out.println("lowest=" + lowest);
        System.out.println("allocated=" + Commits.allocated());
        System.out.println("committer=" + Cpus.support().committer());
    }

    private void write(int number, BooleanSupplier goOn) {
        SplittableRandom random = new SplittableRandom(number);
        while (goOn.getAsBoolean()) {
            long sum = 0;
            for (int i = 0; i < BATCH; i++) {
                long delta = random.nextLong() & WHOLE;
                sum += delta;
                adder.add(delta);
                rising.add(1);
                long value = next.incrementAndGet();
                max.offer(value);
                min.offer(-value);
            }
            added.addAndGet(sum);
            adds.addAndGet(BATCH);
            Thread.yield(); // a virtual thread leaves its carrier to the others here
        }
    }

    private void take(BooleanSupplier goOn) {
        double last = 0;
        while (goOn.getAsBoolean()) {
            taken.addAndGet((long) adder.sumThenReset());
            takeExtremes();
            double now = rising.sum();
            if (now < last) negative.incrementAndGet();
            last = now;
            Thread.yield();
        }
    }

    private void takeExtremes() {
        highest.accumulateAndGet(max.maxThenReset(), Math::max);
        lowest.accumulateAndGet(min.minThenReset(), Math::min);
    }
}
