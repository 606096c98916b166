/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.HistogramSnapshot;
import io.rseq.Index;
import io.rseq.PerCpuHistogram;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/** A histogram that is reset now and then; each bucket's count is known. */
final class StormedHistogram implements Stormed {
    private static final int RECORDS = 32;
    private static final int KINDS = 64;
    private static final int HIGHEST = 10_000;
    private static final long ABOVE = 1 << 20;

    private final PerCpuHistogram histogram;

    /* By kind of value; the last is above the highest. */
    private final AtomicLongArray recorded = new AtomicLongArray(KINDS);

    private HistogramSnapshot taken;

    StormedHistogram(Index index) {
        histogram = new PerCpuHistogram(HIGHEST, 2, index);
        taken = histogram.snapshot();
    }

    @Override
    public String name() {
        return "histogram";
    }

    @Override
    public Hand hand(int writer) {
        return new Hand() {
            @Override
            public void round(SplittableRandom random) {
                for (int i = 0; i < RECORDS; i++) {
                    int kind = random.nextInt(KINDS);
                    histogram.record(value(kind));
                    recorded.incrementAndGet(kind);
                }
            }

            @Override
            public void withdraw() {}
        };
    }

    @Override
    public void disturb(SplittableRandom random) {
        HistogramSnapshot snapshot = histogram.snapshotThenReset();
        synchronized (this) {
            taken = taken.plus(snapshot);
        }
    }

    @Override
    public synchronized void settle(Violations violations) {
        HistogramSnapshot all = taken.plus(histogram.snapshot());
        long total = 0;
        for (int kind = 0; kind < KINDS; kind++) total += recorded.get(kind);
        violations.expectEqual(this, "the count", all.count(), total);
        violations.expectEqual(this, "what is above the highest", all.saturated(), recorded.get(KINDS - 1));
        all.forEachBucket((lowest, highest, count) -> {
            long expected = highest == all.max() ? all.saturated() : 0; // they are counted in the highest
            for (int kind = 0; kind < KINDS - 1; kind++) {
                if (lowest <= value(kind) && value(kind) <= highest) expected += recorded.get(kind);
            }
            violations.expectEqual(this, "the bucket of " + lowest, count, expected);
        });
        System.out.println("histogram.records=" + total);
    }

    /** In a bucket of its own each, the low ones closer together. */
    private static long value(int kind) {
        return kind == KINDS - 1 ? ABOVE : (long) kind * kind * 5 / 2;
    }
}
