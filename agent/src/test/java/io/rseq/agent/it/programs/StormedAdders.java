/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** The JDK's adders, which {@code adopt=adders} reroutes: of longs and of doubles, each one that is reset all the time and one that only rises. */
final class StormedAdders implements Stormed {
    private static final int ADDS = 16;
    private static final long WHOLE = 0xFFFF;

    private final LongAdder longs = new LongAdder();
    private final LongAdder rising = new LongAdder();
    private final DoubleAdder doubles = new DoubleAdder();
    private final DoubleAdder risingDoubles = new DoubleAdder();
    private final AtomicLong addedDoubles = new AtomicLong();
    private final AtomicLong takenDoubles = new AtomicLong();
    private final AtomicLong added = new AtomicLong();
    private final AtomicLong adds = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();

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
                long sumOfDoubles = 0;
                for (int i = 0; i < ADDS; i++) {
                    long delta = random.nextLong(); // wraps, and must do so the same way
                    sum += delta;
                    longs.add(delta);
                    rising.increment();
                    long whole = delta & WHOLE; // so that sums of them are exact, in whatever order
                    sumOfDoubles += whole;
                    doubles.add(whole);
                    risingDoubles.add(1);
                }
                added.addAndGet(sum);
                addedDoubles.addAndGet(sumOfDoubles);
                adds.addAndGet(ADDS);
            }

            @Override
            public void withdraw() {}
        };
    }

    @Override
    public void disturb(SplittableRandom random) {
        long before = rising.sum();
        double beforeDouble = risingDoubles.sum();
        takenDoubles.addAndGet((long) doubles.sumThenReset());
        taken.addAndGet(longs.sumThenReset());
        long after = rising.sum();
        if (after < before) throw new AssertionError("fell from " + before + " to " + after);
        double afterDouble = risingDoubles.sum();
        if (afterDouble < beforeDouble) throw new AssertionError("fell from " + beforeDouble + " to " + afterDouble);
    }

    @Override
    public void settle(Violations violations) {
        violations.expectEqual(this, "what was taken and is left", taken.get() + longs.sum(), added.get());
        violations.expectEqual(this, "the sum", rising.sum(), adds.get());
        violations.expectEqual(
                this, "doubles taken and left", takenDoubles.get() + (long) doubles.sum(), addedDoubles.get());
        violations.expectEqual(this, "the sum of doubles", (long) risingDoubles.sum(), adds.get());
        System.out.println("adders.adds=" + adds);
    }
}
