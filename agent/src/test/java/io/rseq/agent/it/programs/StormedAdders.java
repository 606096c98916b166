/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** The JDK's adders, which {@code adopt=adders} reroutes: two that are reset all the time, and one that only rises. */
final class StormedAdders implements Stormed {
    private static final int ADDS = 16;

    private final LongAdder longs = new LongAdder();
    private final LongAdder rising = new LongAdder();
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
                for (int i = 0; i < ADDS; i++) {
                    long delta = random.nextLong(); // wraps, and must do so the same way
                    sum += delta;
                    longs.add(delta);
                    rising.increment();
                }
                added.addAndGet(sum);
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
        long after = rising.sum();
        if (after < before) throw new AssertionError("fell from " + before + " to " + after);
    }

    @Override
    public void settle(Violations violations) {
        violations.expectEqual(this, "what was taken and is left", taken.get() + longs.sum(), added.get());
        violations.expectEqual(this, "the sum", rising.sum(), adds.get());
        System.out.println("adders.adds=" + adds);
    }
}
