/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.BucketHistogramSnapshot;
import io.rseq.Index;
import io.rseq.PerCpuBucketHistogram;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** A histogram of bounds that is taken all the time: of each snapshot, count, sum, lowest, highest and buckets are those of the same whole numbers. */
final class StormedTally implements Stormed {
    private static final int RECORDS = 16;
    private static final double[] BOUNDS = {1, 2, 4, 8, 16, 32, 64};

    /* Above the last bound by as much as below. */
    private static final int HIGHEST = 128;

    private final PerCpuBucketHistogram histogram;
    private final AtomicLongArray recorded = new AtomicLongArray(HIGHEST + 1);
    private final AtomicLongArray taken = new AtomicLongArray(BOUNDS.length + 1);
    private final AtomicLong takenSum = new AtomicLong();

    StormedTally(Index index) {
        histogram = new PerCpuBucketHistogram(index, BOUNDS);
    }

    @Override
    public String name() {
        return "tally";
    }

    @Override
    public Hand hand(int writer) {
        return new Hand() {
            @Override
            public void round(SplittableRandom random) {
                for (int i = 0; i < RECORDS; i++) {
                    int value = random.nextInt(HIGHEST + 1);
                    histogram.record(value);
                    recorded.incrementAndGet(value);
                }
            }

            @Override
            public void withdraw() {}
        };
    }

    @Override
    public void disturb(SplittableRandom random) {
        take(random != null && random.nextBoolean() ? histogram.snapshot() : null);
    }

    /* One that was not taken is looked at, and one is taken. */
    private void take(BucketHistogramSnapshot looked) {
        if (looked != null) check(looked);
        BucketHistogramSnapshot snapshot = histogram.snapshotThenReset();
        check(snapshot);
        long[] counts = snapshot.counts();
        for (int bucket = 0; bucket < counts.length; bucket++) taken.addAndGet(bucket, counts[bucket]);
        takenSum.addAndGet((long) snapshot.sum());
    }

    private static void check(BucketHistogramSnapshot snapshot) {
        long[] counts = snapshot.counts();
        long count = 0;
        double least = 0;
        double most = 0;
        int first = -1;
        int last = -1;
        for (int bucket = 0; bucket < counts.length; bucket++) {
            if (counts[bucket] < 0) throw new AssertionError("a bucket of " + counts[bucket]);
            count += counts[bucket];
            least += counts[bucket] * lowest(bucket);
            most += counts[bucket] * highest(bucket);
            if (counts[bucket] == 0) continue;
            if (first < 0) first = bucket;
            last = bucket;
        }
        boolean agrees = count == snapshot.count() && least <= snapshot.sum() && snapshot.sum() <= most;
        if (count > 0)
            agrees &= isIn(first, snapshot.min()) && isIn(last, snapshot.max()) && snapshot.min() <= snapshot.max();
        if (!agrees) throw new AssertionError("disagrees with itself: " + snapshot);
    }

    private static boolean isIn(int bucket, double value) {
        return lowest(bucket) <= value && value <= highest(bucket);
    }

    private static double lowest(int bucket) {
        return bucket == 0 ? 0 : BOUNDS[bucket - 1] + 1;
    }

    private static double highest(int bucket) {
        return bucket == BOUNDS.length ? HIGHEST : BOUNDS[bucket];
    }

    @Override
    public void settle(Violations violations) {
        disturb(null);
        long sum = 0;
        long count = 0;
        long[] expected = new long[BOUNDS.length + 1];
        for (int value = 0; value <= HIGHEST; value++) {
            int bucket = 0;
            while (value > highest(bucket)) bucket++;
            expected[bucket] += recorded.get(value);
            sum += value * recorded.get(value);
            count += recorded.get(value);
        }
        violations.expectEqual(this, "the sum", takenSum.get(), sum);
        for (int bucket = 0; bucket < expected.length; bucket++)
            violations.expectEqual(this, "bucket " + bucket, taken.get(bucket), expected[bucket]);
        System.out.println("tally.records=" + count);
    }
}
