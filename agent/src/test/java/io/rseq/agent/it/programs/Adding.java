/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

/**
 * Writers add to the JDK's adders while others take from them, until a line comes; then again for a while, as {@link Counting} does. It knows nothing
 * of the API.
 */
public final class Adding {
    private static final int BATCH = 1000;
    private static final int TAKERS = 2;
    private static final long WHOLE = 0xFFFF;

    private final AtomicLong added = new AtomicLong();
    private final AtomicLong adds = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong falls = new AtomicLong();
    private final LongAdder longs = new LongAdder();
    private final LongAdder rising = new LongAdder();
    private final DoubleAdder doubles = new DoubleAdder();
    private final DoubleAdder risingDoubles = new DoubleAdder();
    private final AtomicLong addedDoubles = new AtomicLong();
    private final AtomicLong takenDoubles = new AtomicLong();

    private final long awaited;
    private final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);

    private Adding(long awaited) {
        this.awaited = awaited;
    }

    /** The kind of {@link Writers}, and how many bytes of per-CPU memory to wait for, if any. */
    public static void main(String[] arguments) throws Exception {
        new Adding(Long.parseLong(arguments[1])).run(arguments[0]);
    }

    private void run(String kind) throws Exception {
        Writers.untilTold(kind, this::write, TAKERS, (number, goOn) -> take(goOn), adds, 40L * BATCH);
        System.out.println("adds=" + adds);
        System.out.println("added=" + added);
        System.out.println("found=" + (taken.get() + longs.sum()));
        System.out.println("rising=" + rising.sum());
        System.out.println("added.doubles=" + addedDoubles);
        System.out.println("found.doubles=" + (takenDoubles.get() + (long) doubles.sum()));
        System.out.println("rising.doubles=" + (long) risingDoubles.sum());
        System.out.println("falls=" + falls);
        System.out.println("allocated=" + Adders.allocated());
    }

    private void write(int number, BooleanSupplier goOn) {
        SplittableRandom random = new SplittableRandom(number);
        while (goOn.getAsBoolean() || isAwaited()) {
            long sum = 0;
            long sumOfDoubles = 0;
            for (int i = 0; i < BATCH; i++) {
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
            adds.addAndGet(BATCH);
            Thread.yield(); // a virtual thread leaves its carrier to the others here
        }
    }

    /** Sequences are opened by the agent's daemon, some time after the agent has come. */
    private boolean isAwaited() {
        return Adders.allocated() < awaited && System.nanoTime() < end;
    }

    private void take(BooleanSupplier goOn) {
        long last = 0;
        double lastDouble = 0;
        while (goOn.getAsBoolean()) {
            taken.addAndGet(longs.sumThenReset());
            long now = rising.sum();
            if (now < last) falls.incrementAndGet();
            last = now;
            takenDoubles.addAndGet((long) doubles.sumThenReset());
            double nowDouble = risingDoubles.sum();
            if (nowDouble < lastDouble) falls.incrementAndGet();
            lastDouble = nowDouble;
            Thread.yield();
        }
    }
}
