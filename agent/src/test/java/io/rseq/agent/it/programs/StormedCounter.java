/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Index;
import io.rseq.PerCpuCounter;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Two counters: one that is reset all the time, and one that only rises. */
final class StormedCounter implements Stormed {
    private static final int ADDS = 32;

    private final PerCpuCounter counter;
    private final PerCpuCounter rising;
    private final AtomicLong added = new AtomicLong();
    private final AtomicLong adds = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();

    StormedCounter(Index index) {
        counter = new PerCpuCounter(index);
        rising = new PerCpuCounter(index);
    }

    @Override
    public String name() {
        return "counter";
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
                    counter.add(delta);
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
        taken.addAndGet(counter.sumThenReset());
        long after = rising.sum();
        if (after < before) throw new AssertionError("fell from " + before + " to " + after);
    }

    @Override
    public void settle(Violations violations) {
        violations.expectEqual(this, "what was taken and is left", taken.get() + counter.sum(), added.get());
        violations.expectEqual(this, "the sum", rising.sum(), adds.get());
        System.out.println("counter.adds=" + adds);
    }
}
