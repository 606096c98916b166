/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rseq.internal.HeapRing;
import io.rseq.internal.RecordSource;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** The ring of a buffer where there are no sequences. 0 stands for: no record, or a torn one stands as -1. */
public final class RingStress {
    private static final int CAPACITY = 64;
    private static final int LENGTH = 12;

    private RingStress() {}

    private static boolean append(HeapRing ring, int value) {
        byte[] record = new byte[LENGTH];
        java.util.Arrays.fill(record, (byte) value);
        return ring.append(false, 0, record, 0, LENGTH);
    }

    /* One: there is no room for two. */
    private static int take(HeapRing ring) {
        byte[] target = new byte[(int) RecordSource.size(LENGTH)];
        int taken = ring.take(ring.end(), target);
        ring.letGo();
        if (taken == 0) return 0;
        if (taken != target.length || target[0] != LENGTH) return -1;
        for (int i = 0; i < LENGTH; i++) {
            if (target[RecordSource.HEADER + i] != target[RecordSource.HEADER]) return -1;
        }
        return target[RecordSource.HEADER];
    }

    /** A record is there whole, or not there. */
    @JCStressTest
    @Outcome(
            id = {"0, 7", "7, 0"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "torn, twice or lost")
    @State
    public static class AppendAndTake {
        private final HeapRing ring = new HeapRing(CAPACITY);

        @Actor
        public void writer() {
            append(ring, 7);
        }

        @Actor
        public void reader(II_Result result) {
            result.r1 = take(ring);
        }

        @Arbiter
        public void rest(II_Result result) {
            result.r2 = take(ring);
        }
    }

    /** Two that append at once have two places. */
    @JCStressTest
    @Outcome(
            id = {"3, 4, 0", "4, 3, 0"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "torn, twice or lost")
    @State
    public static class TwoAppends {
        private final HeapRing ring = new HeapRing(CAPACITY);

        @Actor
        public void first() {
            append(ring, 3);
        }

        @Actor
        public void second() {
            append(ring, 4);
        }

        @Arbiter
        public void both(III_Result result) {
            result.r1 = take(ring);
            result.r2 = take(ring);
            result.r3 = take(ring);
        }
    }

    /** A full ring: what the reader lets go of is written again, and only that; over the end, with padding. */
    @JCStressTest
    @Outcome(
            id = {"1, 0, 2", "1, 1, 2"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "torn, or written over what was not taken")
    @State
    public static class AppendToFullWhileTaken {
        private final HeapRing ring = new HeapRing(CAPACITY / 2);
        private int appended;

        public AppendToFullWhileTaken() {
            append(ring, 1);
            append(ring, 2);
        }

        @Actor
        public void reader(III_Result result) {
            result.r1 = take(ring);
        }

        @Actor
        public void writer(III_Result result) {
            result.r2 = append(ring, 3) ? 1 : 0;
            appended = result.r2;
        }

        @Arbiter
        public void rest(III_Result result) {
            result.r3 = take(ring);
            int last = take(ring);
            if (last != 3 * appended) result.r3 = -1;
        }
    }
}
