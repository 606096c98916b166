/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.Index;
import io.rseq.internal.Commits;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BooleanSupplier;

/**
 * All structures at once, under 64 platform threads and 1,000 virtual ones on two CPUs that are signalled, moved and collected, for a
 * while. Then each structure's books are compared with what it says. Ends with 1 if one of them disagrees.
 */
public final class Storm {
    private static final int PLATFORM = 64;
    private static final int VIRTUAL = 1000;
    private static final int DISTURBERS = 2;
    private static final int YIELD_EVERY = 32;
    private static final long WARM_UP_MS = 700;
    private static final int GARBAGE = 1024;
    private static final int GARBAGE_BYTES = 1 << 15;

    private static final Violations VIOLATIONS = new Violations();
    private static final AtomicLong ROUNDS = new AtomicLong();
    private static final AtomicLong ROUNDS_VIRTUAL = new AtomicLong();

    /* What lives long enough to be copied by a collector. */
    private static final AtomicReferenceArray<byte[]> KEPT = new AtomicReferenceArray<>(GARBAGE);

    private final List<Stormed> structures = new ArrayList<>();

    /* To start a thousand threads takes long while others keep the CPUs. */
    private final CountDownLatch allStarted = new CountDownLatch(1);

    /** {@code all}; {@code first} to end at the first violation, with counter and stack alone; {@code lock}, {@code tally}: with that alone. */
    private Storm(String until, Index index, int writers) {
        if (until.equals("tally")) structures.add(new StormedTally(index));
        if (until.equals("tally")) return;
        if (!until.equals("first")) structures.add(new StormedLock());
        if (until.equals("lock")) return;
        structures.add(new StormedCounter(index));
        structures.add(new StormedStack(index));
        if (until.equals("first")) return;
        structures.add(new StormedAdders());
        structures.add(new StormedDoubles(index));
        structures.add(new StormedHistogram(index));
        structures.add(new StormedTally(index));
        structures.add(new StormedPool(index));
        structures.add(new StormedBuffer(index, writers, false));
        structures.add(new StormedBuffer(index, writers, true));
    }

    /** The library of {@link #begin}, milliseconds, which structures, and an {@link Index}. */
    public static void main(String[] arguments) throws Exception {
        System.load(arguments[0]);
        boolean virtual = Runtime.version().feature() >= 21;
        String until = arguments[2];
        Storm storm = new Storm(until, Index.valueOf(arguments[3]), PLATFORM + VIRTUAL + 1);
        // Alone: once all run, the compilers' threads wait like any other, and what is interpreted is seldom in a
        // sequence.
        long warm = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WARM_UP_MS);
        storm.write(PLATFORM + VIRTUAL, () -> System.nanoTime() < warm, new AtomicLong());
        if (!begin()) throw new IllegalStateException("could not begin");
        Writers disturbers = Writers.start("platform", DISTURBERS, storm::disturb);
        Writers platform = Writers.start("platform", PLATFORM, storm::write);
        Writers virtuals = Writers.start("virtual", virtual ? VIRTUAL : 0, storm::writeVirtually);
        storm.allStarted.countDown();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Long.parseLong(arguments[1]));
        while (System.nanoTime() < end && (until.equals("all") || VIOLATIONS.count() == 0)) Thread.sleep(20);
        end(); // first: each of a thousand virtual threads has still to come to its end
        platform.stop();
        virtuals.stop();
        disturbers.stop();
        for (Stormed structure : storm.structures) storm.settle(structure);
        report();
        if (VIOLATIONS.count() > 0) System.exit(1);
    }

    private static void report() {
        System.out.println("rounds=" + ROUNDS);
        System.out.println("rounds.virtual=" + ROUNDS_VIRTUAL);
        System.out.println("signals=" + signals());
        System.out.println("moves=" + moves());
        long collections = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans())
            collections += collector.getCollectionCount();
        System.out.println("collections=" + collections);
        System.out.println("restarts=" + Commits.restarts());
        System.out.println("committer=" + Cpus.support().committer());
        VIOLATIONS.print();
    }

    private void write(int number, BooleanSupplier goOn) throws InterruptedException {
        allStarted.await();
        BooleanSupplier underFire = () -> {
            if (!strike()) throw new IllegalStateException("no timer");
            return goOn.getAsBoolean();
        };
        if (underFire.getAsBoolean()) write(number, underFire, ROUNDS);
    }

    private void writeVirtually(int number, BooleanSupplier goOn) throws InterruptedException {
        allStarted.await();
        BooleanSupplier leaveCarrier = () -> {
            Thread.yield(); // things in hand
            strike(); // the carrier, another one each time
            return goOn.getAsBoolean();
        };
        strike();
        write(PLATFORM + number, leaveCarrier, ROUNDS_VIRTUAL);
    }

    private void write(int number, BooleanSupplier goOn, AtomicLong rounds) {
        SplittableRandom random = new SplittableRandom(number);
        List<Stormed.Hand> hands = new ArrayList<>();
        for (Stormed structure : structures) hands.add(structure.hand(number));
        do {
            for (int i = 0; i < hands.size(); i++) {
                Stormed.Hand hand = hands.get(i);
                attempt(structures.get(i), () -> hand.round(random));
            }
            KEPT.set(random.nextInt(GARBAGE), new byte[random.nextInt(GARBAGE_BYTES)]);
            rounds.incrementAndGet();
            if (random.nextInt(YIELD_EVERY) == 0) Thread.yield();
        } while (goOn.getAsBoolean());
        for (int i = 0; i < hands.size(); i++) attempt(structures.get(i), hands.get(i)::withdraw);
    }

    private void disturb(int number, BooleanSupplier goOn) throws InterruptedException {
        SplittableRandom random = new SplittableRandom(-number);
        allStarted.await();
        while (goOn.getAsBoolean()) {
            for (Stormed structure : structures) attempt(structure, () -> structure.disturb(random));
            Thread.sleep(1);
        }
    }

    private void settle(Stormed structure) {
        attempt(structure, () -> structure.settle(VIOLATIONS));
    }

    private static void attempt(Stormed structure, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | AssertionError failure) {
            VIOLATIONS.add(structure, failure);
        }
    }

    private static native boolean begin();

    private static native boolean strike();

    private static native void end();

    private static native long signals();

    private static native long moves();
}
