/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Index;
import io.rseq.PerCpuLongStack;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Tokens, more than the stack has room for: each is in it, with one hand, or in reserve. */
final class StormedStack implements Stormed {
    private static final int TOKENS = 600;
    private static final int CAPACITY = 32;
    private static final int OVERFLOW = 160;
    private static final int OPERATIONS = 32;
    private static final int HELD_AT_MOST = 4;
    private static final int DRAIN_EVERY = 4;
    private static final int KEEP_EVERY = 128;

    private final PerCpuLongStack stack;
    private final Tokens tokens = new Tokens(TOKENS);
    private final Queue<Long> reserve = new ConcurrentLinkedQueue<>();
    private final AtomicLong popped = new AtomicLong();
    private final AtomicLong drained = new AtomicLong();

    StormedStack(Index index) {
        stack = new PerCpuLongStack(CAPACITY, OVERFLOW, index);
        for (long token = 0; token < TOKENS; token++) {
            tokens.take(token);
            reserve.add(token);
        }
        fill();
    }

    @Override
    public String name() {
        return "stack";
    }

    @Override
    public Hand hand(int writer) {
        return new Hand() {
            private final ArrayDeque<Long> held = new ArrayDeque<>();

            @Override
            public void round(SplittableRandom random) {
                int pops = 0;
                for (int i = 0; i < OPERATIONS; i++) {
                    if (held.isEmpty() || held.size() < HELD_AT_MOST && random.nextBoolean()) {
                        long token = stack.pop();
                        if (token == PerCpuLongStack.EMPTY) continue;
                        pops++;
                        tokens.take(token);
                        held.addLast(token);
                    } else {
                        put(held.pollLast());
                    }
                }
                popped.addAndGet(pops);
                // A virtual thread may sleep long from here on: not all the tokens with such.
                if (random.nextInt(KEEP_EVERY) != 0) withdraw();
            }

            @Override
            public void withdraw() {
                while (!held.isEmpty()) put(held.pollLast());
            }
        };
    }

    @Override
    public void disturb(SplittableRandom random) {
        if (random.nextInt(DRAIN_EVERY) == 0) {
            drained.addAndGet(stack.drainTo(token -> {
                tokens.take(token);
                reserve.add(token);
            }));
        }
        fill();
    }

    @Override
    public void settle(Violations violations) {
        long size = stack.size();
        long[] found = {0};
        while (stack.size() != 0) {
            try {
                stack.drainTo(token -> {
                    found[0]++;
                    tokens.take(token);
                    reserve.add(token);
                });
            } catch (AssertionError twice) {
                violations.add(this, twice);
            }
        }
        violations.expectEqual(this, "what was drained", found[0], size);
        violations.expectEqual(this, "what is in reserve in the end", reserve.size(), TOKENS);
        violations.expectEqual(this, "how many tokens are somewhere", tokens.held(), TOKENS);
        System.out.println("stack.popped=" + popped);
        System.out.println("stack.drained=" + drained);
    }

    /** Into the stack, or where it has no room, the reserve. */
    private boolean put(long token) {
        tokens.leave(token);
        if (stack.push(token)) return true;
        tokens.take(token);
        reserve.add(token);
        return false;
    }

    private void fill() {
        Long token = reserve.poll();
        while (token != null && put(token)) token = reserve.poll();
    }
}
