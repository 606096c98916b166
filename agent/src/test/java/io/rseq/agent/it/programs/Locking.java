/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.internal.Commits;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Threads read and write under one lock, in all forms, until a line comes; then for a while more. A thread beside a writer ends the program. */
public final class Locking {
    private static final int BATCH = 500;
    private static final int WRITE_ONE_IN = 200;

    private final Guarded guarded = new Guarded();
    private final AtomicLong rounds = new AtomicLong();

    private Locking() {}

    /** The kind of {@link Writers}. */
    public static void main(String[] arguments) throws Exception {
        new Locking().run(arguments[0]);
    }

    private void run(String kind) throws Exception {
        Writers.untilTold(kind, this::use, 1, this::disturb, rounds, 4 * BATCH);
        System.out.println("reads=" + guarded.reads);
        System.out.println("writes=" + guarded.writes);
        System.out.println("written=" + guarded.written());
        System.out.println("held=" + guarded.held());
        System.out.println("alone=" + guarded.write(0, new SplittableRandom()));
        System.out.println("interrupts=" + guarded.interrupts);
        System.out.println("restarts=" + Commits.restarts());
        System.out.println("allocated=" + Commits.allocated());
        System.out.println("committer=" + Cpus.support().committer());
    }

    private void use(int number, BooleanSupplier goOn) {
        SplittableRandom dice = new SplittableRandom(number);
        while (goOn.getAsBoolean()) {
            for (int i = 0; i < BATCH; i++) {
                if (dice.nextInt(WRITE_ONE_IN) == 0) guarded.write(dice.nextInt(8), dice);
                else guarded.read(dice);
            }
            rounds.addAndGet(BATCH);
            Thread.yield(); // a virtual thread leaves its carrier to the others here
        }
    }

    private void disturb(int number, BooleanSupplier goOn) throws InterruptedException {
        while (goOn.getAsBoolean()) {
            guarded.interruptOne();
            Thread.sleep(1);
        }
    }
}
