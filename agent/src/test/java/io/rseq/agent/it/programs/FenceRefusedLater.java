/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.BucketHistogramSnapshot;
import io.rseq.Cpus;
import io.rseq.PerCpuBucketHistogram;
import io.rseq.PerCpuDoubleAdder;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Threads use locks, an adder and a histogram. In the middle a filter comes that refuses membarrier(2): {@code LIBRARY fence}, and sched_setaffinity(2) as well: {@code
 * LIBRARY both}. They go on for a while. A thread beside a writer ends the program.
 */
public final class FenceRefusedLater {
    private static final int LOCKS = 16;

    /* Each of them waits a second once. */
    private static final int LOCKS_WITHOUT_FENCE = 2;

    private static final int BATCH = 200;
    private static final int BEFORE = 3_000_000;
    private static final int AFTER = 1_000_000;
    private static final int WRITE_ONE_IN = 2000;

    private final Guarded[] guarded;
    private final PerCpuDoubleAdder adder = new PerCpuDoubleAdder();
    private final PerCpuBucketHistogram histogram = new PerCpuBucketHistogram(0, 1);
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong adds = new AtomicLong();

    private FenceRefusedLater(int locks) {
        guarded = new Guarded[locks];
        for (int i = 0; i < locks; i++) guarded[i] = new Guarded();
    }

    public static void main(String[] arguments) throws Exception {
        System.load(arguments[0]);
        boolean both = arguments[1].equals("both");
        new FenceRefusedLater(both ? LOCKS_WITHOUT_FENCE : LOCKS).run(both);
    }

    private void run(boolean both) throws Exception {
        Writers writers = Writers.start("platform", this::use);
        while (done.get() < BEFORE) Thread.sleep(1);
        double taken = adder.sumThenReset();
        long counted = histogram.snapshotThenReset().count();
        int errno = RefusedLater.fence(both);
        if (errno != 0) System.out.println("no filter: errno=" + errno);
        long mark = done.get() + AFTER;
        while (done.get() < mark) Thread.sleep(1);
        writers.stop();
        if (!both) {
            taken += adder.sumThenReset();
            BucketHistogramSnapshot rest = histogram.snapshotThenReset();
            counted += rest.count();
            System.out.println(
                    "taken.left=" + (adder.sum() + histogram.snapshot().count()));
            System.out.println("taken=" + (taken == adds.get() && counted == adds.get()));
        }
        long wrong = 0;
        for (Guarded each : guarded) {
            if (each.held() != 0 || each.written() != each.writes.get()) wrong++;
            if (!each.write(0, new SplittableRandom())) wrong++;
        }
        System.out.println("wrong=" + wrong);
        System.out.println("committer=" + Cpus.support().committer());
    }

    private void use(int number, BooleanSupplier goOn) {
        SplittableRandom dice = new SplittableRandom(number);
        while (goOn.getAsBoolean()) {
            for (int i = 0; i < BATCH; i++) {
                Guarded one = guarded[dice.nextInt(guarded.length)];
                if (dice.nextInt(WRITE_ONE_IN) == 0) one.write(dice.nextInt(8), dice);
                else one.read(dice);
                adder.add(1);
                histogram.record(1);
            }
            adds.addAndGet(BATCH);
            done.addAndGet(BATCH);
        }
    }
}
