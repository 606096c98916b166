/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.HistogramSnapshot;
import io.rseq.Index;
import io.rseq.PerCpuHistogram;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;

/** Writers record into one histogram while others take snapshots and reset it, until a line comes. Prints how many buckets are wrong. */
public final class Recording {
    private static final int BATCH = 1000;
    private static final int TAKERS = 2;

    /* Up to here each value has a bucket of its own, with 3 digits; two more: above the highest. */
    private static final int VALUES = 2048;

    private final AtomicLongArray expected = new AtomicLongArray(VALUES);
    private final AtomicLong saturated = new AtomicLong();
    private final AtomicLong values = new AtomicLong();
    private final PerCpuHistogram histogram;
    private HistogramSnapshot taken;

    private Recording(Index index) {
        histogram = new PerCpuHistogram(VALUES - 1, 3, index);
        taken = histogram.snapshotThenReset();
    }

    /** The kind of {@link Writers}, and an {@link Index}. */
    public static void main(String[] arguments) throws Exception {
        new Recording(Index.valueOf(arguments[1])).run(arguments[0]);
    }

    private void run(String kind) throws Exception {
        Writers.untilTold(kind, this::write, TAKERS, (number, goOn) -> take(goOn), values, 4L * BATCH);
        HistogramSnapshot all = taken.plus(histogram.snapshot());
        long[] found = new long[VALUES];
        all.forEach((value, count) -> found[(int) value] = count);
        found[VALUES - 1] -= all.saturated();
        int wrong = 0;
        for (int value = 0; value < VALUES; value++) if (found[value] != expected.get(value)) wrong++;
        System.out.println("values=" + values);
        System.out.println("count=" + all.count());
        System.out.println("saturated=" + (all.saturated() - saturated.get()));
        System.out.println("wrong=" + wrong);
        System.out.println("committer=" + Cpus.support().committer());
    }

    private void write(int number, BooleanSupplier goOn) {
        SplittableRandom random = new SplittableRandom(number);
        while (goOn.getAsBoolean()) {
            for (int i = 0; i < BATCH; i++) {
                int value = random.nextInt(VALUES + 2);
                histogram.record(value);
                if (value < VALUES) expected.incrementAndGet(value);
                else saturated.incrementAndGet();
            }
            values.addAndGet(BATCH);
            Thread.yield(); // a virtual thread leaves its carrier to the others here
        }
    }

    private void take(BooleanSupplier goOn) {
        while (goOn.getAsBoolean()) {
            HistogramSnapshot snapshot = histogram.snapshotThenReset();
            synchronized (this) {
                taken = taken.plus(snapshot);
            }
            Thread.yield();
        }
    }
}
