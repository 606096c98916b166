/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/** Values 0..n-1, each of which is in a stack once, or with one thread. */
final class Tokens {
    private static final int HELD_AT_MOST = 24;
    private static final AtomicLong SEEDS = new AtomicLong();

    private final PerCpuLongStack stack;
    private final AtomicIntegerArray holders;

    Tokens(PerCpuLongStack stack, int n) {
        this.stack = stack;
        this.holders = new AtomicIntegerArray(n);
        for (int i = 0; i < n; i++) {
            holders.set(i, 1);
            putBack(i);
        }
    }

    /** Takes and gives back {@code rounds} times; what the stack has no room for is kept. At the end nothing is held but that. */
    void shuffle(int rounds) {
        SplittableRandom random = new SplittableRandom(SEEDS.incrementAndGet());
        ArrayDeque<Long> held = new ArrayDeque<>();
        for (int i = 0; i < rounds; i++) {
            boolean take = held.isEmpty() || held.size() < HELD_AT_MOST && random.nextBoolean();
            if (!take) {
                if (!putBack(held.peekLast())) held.addFirst(held.pollLast());
                else held.pollLast();
                continue;
            }
            long value = stack.pop();
            if (value == PerCpuLongStack.EMPTY) continue;
            take(value);
            held.addLast(value);
        }
        while (!held.isEmpty()) putBack(held.pollLast());
    }

    /** Asserts that nobody has it but the caller. */
    void take(long value) {
        assertThat(holders.compareAndSet((int) value, 0, 1))
                .as("%s was taken twice", value)
                .isTrue();
    }

    /** False: no room, so the caller keeps it. */
    boolean putBack(long value) {
        holders.set((int) value, 0);
        if (stack.push(value)) return true;
        holders.set((int) value, 1);
        return false;
    }

    /** Asserts that each is in the stack or held, and takes them all. */
    void allAreInOnePlace() {
        long here = stack.size();
        int drained = stack.drainTo(this::take);
        assertThat((long) drained).isEqualTo(here);
        assertThat(stack.size()).isZero();
        for (int i = 0; i < holders.length(); i++)
            assertThat(holders.get(i)).as("%s is lost", i).isOne();
        assertThat(stack.pop()).isEqualTo(PerCpuLongStack.EMPTY);
    }
}
