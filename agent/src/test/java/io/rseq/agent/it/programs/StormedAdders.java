/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** The JDK's adders, which {@code adopt=adders} reroutes: two that are reset all the time, and one that only rises. */
final class StormedAdders implements Stormed {
    private static final int ADDS = 16;

    /** Of a double's summand, so that all of them together are exact. */
    private static final int LARGEST = 1 << 16;

    private final LongAdder longs = new LongAdder();
    private final LongAdder rising = new LongAdder();
    private final DoubleAdder doubles = new DoubleAdder();
    private final AtomicLong added = new AtomicLong();
    private final AtomicLong addedDoubles = new AtomicLong();
    private final AtomicLong adds = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong takenDoubles = new AtomicLong();

    @Override
    public String name() {
        return "adders";
    }

    @Override
    public Hand hand(int writer) {
        return new Hand() {
            @Override
            public void round(SplittableRandom random) {
                long sum = 0;
                long doubleSum = 0;
                for (int i = 0; i < ADDS; i++) {
                    long delta = random.nextLong(); // wraps, and must do so the same way
                    int summand = random.nextInt(-LARGEST, LARGEST);
                    sum += delta;
                    doubleSum += summand;
                    longs.add(delta);
                    doubles.add(summand);
                    rising.increment();
                }
                added.addAndGet(sum);
                addedDoubles.addAndGet(doubleSum);
                adds.addAndGet(ADDS);
            }

            @Override
            public void withdraw() {}
        };
    }

    @Override
    public void disturb(SplittableRandom random) {
        long before = rising.sum();
        taken.addAndGet(longs.sumThenReset());
        takenDoubles.addAndGet((long) doubles.sumThenReset());
        long after = rising.sum();
        if (after < before) throw new AssertionError("fell from " + before + " to " + after);
    }

    @Override
    public void settle(Violations violations) {
        violations.expectEqual(this, "what was taken and is left", taken.get() + longs.sum(), added.get());
        violations.expectEqual(this, "doubles", takenDoubles.get() + (long) doubles.sum(), addedDoubles.get());
        violations.expectEqual(this, "the sum", rising.sum(), adds.get());
        System.out.println("adders.adds=" + adds);
    }
}
