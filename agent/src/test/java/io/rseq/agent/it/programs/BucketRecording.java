/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.BucketHistogramSnapshot;
import io.rseq.Cpus;
import io.rseq.Index;
import io.rseq.PerCpuBucketHistogram;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;

/**
 * Writers record whole numbers into one histogram, whose sums are exact therefore, while others take snapshots, one that resets and one that does not,
 * until a line comes. Each bucket holds one number, so that a snapshot's buckets say what its sum, lowest and highest must be: {@code wrong} counts
 * the figures that are not so, and the buckets that are not as they should be in the end.
 */
public final class BucketRecording {
    private static final int BATCH = 1000;
    private static final int TAKERS = 2;
    private static final int VALUES = 16;

    private final AtomicLongArray expected = new AtomicLongArray(VALUES);
    private final AtomicLong values = new AtomicLong();
    private final AtomicLong wrong = new AtomicLong();
    private final PerCpuBucketHistogram histogram;
    private BucketHistogramSnapshot taken;

    private BucketRecording(Index index) {
        double[] bounds = new double[VALUES - 1];
        Arrays.setAll(bounds, i -> i);
        histogram = new PerCpuBucketHistogram(index, bounds);
        taken = histogram.snapshotThenReset();
    }

    /** The kind of {@link Writers}, and an {@link Index}. */
    public static void main(String[] arguments) throws Exception {
        new BucketRecording(Index.valueOf(arguments[1])).run(arguments[0]);
    }

    private void run(String kind) throws Exception {
        Writers.untilTold(kind, this::write, TAKERS, this::take, values, 4L * BATCH);
        BucketHistogramSnapshot all = taken.plus(histogram.snapshotThenReset());
        check(all);
        for (int value = 0; value < VALUES; value++)
            if (all.count(value) != expected.get(value)) wrong.incrementAndGet();
        System.out.println("values=" + values);
        System.out.println("count=" + all.count());
        System.out.println("wrong=" + wrong);
        System.out.println("committer=" + Cpus.support().committer());
    }

    private void check(BucketHistogramSnapshot snapshot) {
        long sum = 0;
        int lowest = -1;
        int highest = -1;
        for (int value = 0; value < VALUES; value++) {
            sum += value * snapshot.count(value);
            if (snapshot.count(value) == 0) continue;
            if (lowest < 0) lowest = value;
            highest = value;
        }
        if (snapshot.sum() != sum) wrong.incrementAndGet();
        if (lowest >= 0 && (snapshot.min() != lowest || snapshot.max() != highest)) wrong.incrementAndGet();
    }

    private void write(int number, BooleanSupplier goOn) {
        SplittableRandom random = new SplittableRandom(number);
        while (goOn.getAsBoolean()) {
            for (int i = 0; i < BATCH; i++) {
                int value = random.nextInt(VALUES);
                histogram.record(value);
                expected.incrementAndGet(value);
            }
            values.addAndGet(BATCH);
            Thread.yield(); // a virtual thread leaves its carrier to the others here
        }
    }

    private void take(int number, BooleanSupplier goOn) {
        while (goOn.getAsBoolean()) {
            if (number == 0) {
                check(histogram.snapshot());
                continue;
            }
            BucketHistogramSnapshot snapshot = histogram.snapshotThenReset();
            check(snapshot);
            taken = taken.plus(snapshot);
            Thread.yield();
        }
    }
}
