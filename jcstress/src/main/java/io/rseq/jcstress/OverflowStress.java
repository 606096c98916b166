/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rseq.internal.LockedStack;
import io.rseq.internal.StripedStack;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** The overflow of stack and pool, and the stripes in front of it. 0 stands for: nothing. */
public final class OverflowStress {
    private OverflowStress() {}

    private static int pop(LockedStack stack) {
        long value = stack.pop();
        return value == LockedStack.EMPTY ? 0 : (int) value;
    }

    /** One value, two that pop: one has it. */
    @JCStressTest
    @Outcome(
            id = {"7, 0", "0, 7"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "twice, or lost")
    @State
    public static class OneValueTwoPops {
        private final LockedStack stack = new LockedStack(1);

        public OneValueTwoPops() {
            stack.push(7);
        }

        @Actor
        public void first(II_Result result) {
            result.r1 = pop(stack);
        }

        @Actor
        public void second(II_Result result) {
            result.r2 = pop(stack);
        }
    }

    /** What was written before a push is seen after the pop that takes it. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "7, 1"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "the pop came first")
    @State
    public static class PushHappensBeforePop {
        private final LockedStack stack = new LockedStack(1);
        private int plain;

        @Actor
        public void pusher() {
            plain = 1;
            stack.push(7);
        }

        @Actor
        public void popper(II_Result result) {
            result.r1 = pop(stack);
            result.r2 = result.r1 == 0 ? 0 : plain;
        }
    }

    /** Room for one, two that push: one is refused, and the other's value is there. */
    @JCStressTest
    @Outcome(
            id = {"1, 0, 3", "0, 1, 4"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "over the bound, or lost")
    @State
    public static class RoomForOneTwoPushes {
        private final LockedStack stack = new LockedStack(1);

        @Actor
        public void first(III_Result result) {
            result.r1 = stack.push(3) ? 1 : 0;
        }

        @Actor
        public void second(III_Result result) {
            result.r2 = stack.push(4) ? 1 : 0;
        }

        @Arbiter
        public void what(III_Result result) {
            result.r3 = pop(stack);
        }
    }

    /** Batches between a stripe and the shared stack, one this way and one that: every value is in one of them. */
    @JCStressTest
    @Outcome(id = "10", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "twice, or lost")
    @State
    public static class BatchesBothWays {
        private final LockedStack stripe = new LockedStack(4);
        private final LockedStack shared = new LockedStack(4);

        public BatchesBothWays() {
            for (int value = 1; value <= 2; value++) stripe.push(value);
            for (int value = 3; value <= 4; value++) shared.push(value);
        }

        @Actor
        public void out() {
            shared.takeFrom(stripe, 2);
        }

        @Actor
        public void in() {
            shared.giveTo(stripe, 2);
        }

        @Arbiter
        public void sum(org.openjdk.jcstress.infra.results.I_Result result) {
            for (int value = pop(stripe); value != 0; value = pop(stripe)) result.r1 += value;
            for (int value = pop(shared); value != 0; value = pop(shared)) result.r1 += value;
        }
    }

    /** A stripe is retired while somebody pushes to it: the value is among what it held, or in the shared stack, and never left behind. */
    @JCStressTest
    @Outcome(
            id = {"1, 7, 0, 0", "1, 0, 7, 0"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "twice, lost, or left in the stripe")
    @State
    public static class RetiredWhilePushedTo {
        private final LockedStack shared = new LockedStack(4);
        private final LockedStack moved = new LockedStack(4);
        private final StripedStack stripes = new StripedStack(1, 2, shared, 1);

        @Actor
        public void pusher(IIII_Result result) {
            result.r1 = stripes.push(0, 7) ? 1 : 0;
        }

        @Actor
        public void agent() {
            moved.takeAllFrom(stripes.retire(0));
        }

        @Arbiter
        public void where(IIII_Result result) {
            result.r2 = pop(moved);
            result.r3 = pop(shared);
            result.r4 = (int) stripes.size();
        }
    }
}
