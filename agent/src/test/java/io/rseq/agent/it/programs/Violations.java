/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** What a structure did that it must not do: counted, the first ones in words. */
final class Violations {
    private static final int IN_WORDS = 20;

    private final AtomicLong count = new AtomicLong();
    private final Queue<String> words = new ConcurrentLinkedQueue<>();

    void add(String violation) {
        if (count.getAndIncrement() < IN_WORDS) words.add(violation);
    }

    /** What a program's own check, or a structure, has thrown. */
    void add(Stormed structure, Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        add(structure.name() + ": " + failure + (trace.length == 0 ? "" : " at " + trace[0]));
    }

    void expectEqual(Stormed structure, String what, long found, long expected) {
        if (found != expected) add(structure.name() + ": " + what + " is " + found + ", not " + expected);
    }

    long count() {
        return count.get();
    }

    void print() {
        System.out.println("violations=" + count);
        for (String violation : words) System.out.println("violation: " + violation);
    }
}
