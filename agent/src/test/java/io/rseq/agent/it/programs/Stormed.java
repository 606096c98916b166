/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.util.SplittableRandom;

/** A structure in a {@link Storm}, and the books of what was done to it. What its methods throw is a violation. */
interface Stormed {
    String name();

    /** One of many threads' own way to it. */
    Hand hand(int writer);

    /** What others do to it meanwhile, on several threads: take, drain, reset, trim. */
    void disturb(SplittableRandom random);

    /** When all hands are withdrawn: compares. */
    void settle(Violations violations);

    /** Of one thread at a time. */
    interface Hand {
        /** Some operations. */
        void round(SplittableRandom random);

        /** Gives back what it holds. */
        void withdraw();
    }
}
