/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.util.SplittableRandom;

/**
 * A lock that all read under, and some write. Nobody waits for the write lock without end: where sequences don't restart, readers are forgotten that it
 * would wait for.
 */
final class StormedLock implements Stormed {
    private static final int READS = 64;
    private static final int WRITE_ONE_IN = 64;

    /** Of the forms of lock, those that end: at once, or after some time. */
    private static final int ENDING = 2;

    private final Guarded guarded = new Guarded();

    @Override
    public String name() {
        return "lock";
    }

    @Override
    public Hand hand(int writer) {
        return new Hand() {
            @Override
            public void round(SplittableRandom random) {
                for (int i = 0; i < READS; i++) guarded.read(random);
                if (random.nextInt(WRITE_ONE_IN) == 0) guarded.write(random.nextInt(ENDING), random);
            }

            @Override
            public void withdraw() {}
        };
    }

    @Override
    public void disturb(SplittableRandom random) {
        guarded.interruptOne();
        guarded.write(random.nextInt(ENDING), random);
    }

    @Override
    public void settle(Violations violations) {
        violations.expectEqual(this, "how many hold it", guarded.held(), 0);
        violations.expectEqual(this, "what was written", guarded.written(), guarded.writes.get());
        violations.expectEqual(this, "how often it is given", given(), 1);
        System.out.println("lock.reads=" + guarded.reads);
        System.out.println("lock.writes=" + guarded.writes);
        System.out.println("lock.interrupts=" + guarded.interrupts);
    }

    private int given() {
        return guarded.write(0, new SplittableRandom()) ? 1 : 0;
    }
}
