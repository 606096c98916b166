/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Index;
import io.rseq.PerCpuDoubleAdder;
import io.rseq.PerCpuMax;
import io.rseq.PerCpuMin;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Doubles that are taken all the time, and some that only rise; the highest and the lowest of numbers that rise and fall, taken likewise. */
final class StormedDoubles implements Stormed {
    private static final int ADDS = 16;
    private static final long WHOLE = 0xFFFF;

    private final PerCpuDoubleAdder adder;
    private final PerCpuDoubleAdder rising;
    private final PerCpuMax max;
    private final PerCpuMin min;
    private final AtomicLong added = new AtomicLong();
    private final AtomicLong adds = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong offered = new AtomicLong();
    private final AtomicLong highest = new AtomicLong(Long.MIN_VALUE);
    private final AtomicLong lowest = new AtomicLong(Long.MAX_VALUE);

    StormedDoubles(Index index) {
        adder = new PerCpuDoubleAdder(index);
        rising = new PerCpuDoubleAdder(index);
        max = new PerCpuMax(index);
        min = new PerCpuMin(index);
    }

    @Override
    public String name() {
        return "doubles";
    }

    @Override
    public Hand hand(int writer) {
        return new Hand() {
            @Override
            public void round(SplittableRandom random) {
                long sum = 0;
                for (int i = 0; i < ADDS; i++) {
                    long whole = random.nextLong() & WHOLE; // so that sums are exact, in whatever order
                    sum += whole;
                    adder.add(whole);
                    rising.add(1);
                }
                added.addAndGet(sum);
                adds.addAndGet(ADDS);
                long value = offered.incrementAndGet();
                max.offer(value);
                min.offer(-value);
            }

            @Override
            public void withdraw() {}
        };
    }

    @Override
    public void disturb(SplittableRandom random) {
        double before = rising.sum();
        taken.addAndGet((long) adder.sumThenReset());
        takeExtremes();
        double after = rising.sum();
        if (after < before) throw new AssertionError("fell from " + before + " to " + after);
    }

    private void takeExtremes() {
        highest.accumulateAndGet(max.maxThenReset(), Math::max);
        lowest.accumulateAndGet(min.minThenReset(), Math::min);
    }

    @Override
    public void settle(Violations violations) {
        takeExtremes();
        violations.expectEqual(this, "what was taken and is left", taken.get() + (long) adder.sum(), added.get());
        violations.expectEqual(this, "the sum", (long) rising.sum(), adds.get());
        violations.expectEqual(this, "the highest", highest.get(), offered.get());
        violations.expectEqual(this, "the lowest", lowest.get(), -offered.get());
        System.out.println("doubles.adds=" + adds);
    }
}
