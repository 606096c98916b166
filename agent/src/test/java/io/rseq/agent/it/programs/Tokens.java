/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.util.concurrent.atomic.AtomicIntegerArray;

/** Numbers 0..n-1, each of which is with one holder, or with none while it lies in a structure. */
final class Tokens {
    private final AtomicIntegerArray holders;

    Tokens(int n) {
        holders = new AtomicIntegerArray(n);
    }

    int count() {
        return holders.length();
    }

    void take(long token) {
        if (!holders.compareAndSet((int) token, 0, 1)) throw new AssertionError(token + " is in two places");
    }

    void leave(long token) {
        if (!holders.compareAndSet((int) token, 1, 0)) throw new AssertionError(token + " was held by nobody");
    }

    /** How many are with a holder. */
    int held() {
        int held = 0;
        for (int i = 0; i < holders.length(); i++) held += holders.get(i);
        return held;
    }
}
