/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.Index;
import io.rseq.PerCpuLongStack;
import io.rseq.internal.Commits;
import java.util.ArrayDeque;
import java.util.Scanner;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Writers take tokens from one stack and give them back, one drains it, until a line comes; then again for a while. Prints how many tokens
 * there were, and how many it found in the stack and with holders.
 */
public final class Stacking {
    private static final int TOKENS = 400;
    private static final int CAPACITY = 24;
    private static final int OVERFLOW = 64;
    private static final int HELD_AT_MOST = 20;
    private static final int BATCH = 1000;

    private final Tokens tokens = new Tokens(TOKENS);
    private final AtomicLong rounds = new AtomicLong();
    private final AtomicLong drained = new AtomicLong();
    private final PerCpuLongStack stack;

    private Stacking(Index index) {
        stack = new PerCpuLongStack(CAPACITY, OVERFLOW, index);
        for (int token = 0; token < TOKENS; token++) {
            tokens.take(token);
            giveBack(token);
        }
    }

    /** The kind of {@link Writers}, and an {@link Index}. */
    public static void main(String[] arguments) throws Exception {
        new Stacking(Index.valueOf(arguments[1])).run(arguments[0]);
    }

    private void run(String kind) throws Exception {
        try (Scanner in = new Scanner(System.in)) {
            Writers writers = Writers.start(kind, this::shuffle);
            Writers drainer = Writers.start("platform", (number, goOn) -> {
                if (number == 0) drain(goOn);
            });
            System.out.println("ready");
            in.nextLine();
            long mark = rounds.get() + 4L * BATCH * Writers.count(kind);
            long drains = drained.get() + 10 * CAPACITY;
            while (rounds.get() < mark || drained.get() < drains) Thread.sleep(1);
            writers.stop();
            drainer.stop();
        }
        long size = stack.size();
        System.out.println("bound=" + (size <= (long) CAPACITY * Cpus.count() + OVERFLOW));
        int found = stack.drainTo(tokens::take);
        System.out.println("counted=" + size);
        System.out.println("found=" + found);
        System.out.println("held=" + tokens.held());
        System.out.println("tokens=" + tokens.count());
        System.out.println("left=" + stack.size());
        System.out.println("restarts=" + Commits.restarts());
        System.out.println("allocated=" + Commits.allocated());
        System.out.println("committer=" + Cpus.support().committer());
    }

    /** False: the stack has no room, and the token stays with the caller. */
    private boolean giveBack(long token) {
        tokens.leave(token);
        if (stack.push(token)) return true;
        tokens.take(token);
        return false;
    }

    private void shuffle(int number, BooleanSupplier goOn) {
        SplittableRandom random = new SplittableRandom(number);
        ArrayDeque<Long> held = new ArrayDeque<>();
        while (goOn.getAsBoolean()) {
            for (int i = 0; i < BATCH; i++) {
                if (held.isEmpty() || held.size() < HELD_AT_MOST && random.nextBoolean()) {
                    long token = stack.pop();
                    if (token == PerCpuLongStack.EMPTY) continue;
                    tokens.take(token);
                    held.addLast(token);
                } else if (giveBack(held.peekLast())) {
                    held.pollLast();
                } else {
                    held.addFirst(held.pollLast());
                }
            }
            rounds.addAndGet(BATCH);
            Thread.yield(); // a virtual thread leaves its carrier to the others here
        }
        for (Long token : held) giveBack(token);
    }

    private void drain(BooleanSupplier goOn) {
        ArrayDeque<Long> taken = new ArrayDeque<>();
        while (goOn.getAsBoolean()) {
            drained.addAndGet(stack.drainTo(token -> {
                tokens.take(token);
                taken.addLast(token);
            }));
            for (int left = taken.size(); left > 0; left--) {
                long token = taken.pollFirst();
                if (!giveBack(token)) taken.addLast(token);
            }
            Thread.yield();
        }
    }
}
