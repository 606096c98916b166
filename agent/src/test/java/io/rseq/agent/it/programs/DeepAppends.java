/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.internal.Commits;

/** Appends at every depth of a stack until it overflows, again and again: after another append no record is left as if somebody were still writing it. */
public final class DeepAppends {
    private static final int CAPACITY = 1 << 22;
    private static final int TIMES = 40;

    /* Too long for a sequence that copies. */
    private static final byte[] RECORD = new byte[1100];
    private static long buffer;
    private static long overflows;

    private DeepAppends() {}

    public static void main(String[] arguments) throws InterruptedException {
        System.out.println("available=" + Commits.available());
        buffer = Commits.allocate(128 + CAPACITY);
        for (int i = 0; i < TIMES; i++) {
            Thread thread = new Thread(null, DeepAppends::overflow, "deep", 200_000 + 64L * i);
            thread.start();
            thread.join();
            Commits.append(buffer, CAPACITY, RECORD, 0, RECORD.length);
            lookAtRecords();
        }
        System.out.println("overflows=" + overflows);
        System.out.println("done=true");
    }

    private static void overflow() {
        try {
            deeper(RECORD.length);
        } catch (StackOverflowError expected) {
            overflows++;
        }
    }

    private static long deeper(int length) {
        long status =
                Commits.append(buffer, CAPACITY, RECORD, 0, (length & 1) == 0 ? length & 127 | 64 : RECORD.length);
        return status + deeper(length + 1);
    }

    private static void lookAtRecords() {
        for (int cpu = 0; cpu < Cpus.count(); cpu++) {
            long head = Commits.get(cpu, buffer + 64);
            long tail = Commits.get(cpu, buffer);
            while (head < tail) {
                int length = (int) Commits.get(cpu, buffer + 128 + (head & CAPACITY - 1));
                if (length < 0) throw new IllegalStateException("a record waits for ever: " + length);
                head += 8 + length + 7 & -8;
            }
            Commits.put(cpu, buffer + 64, tail);
        }
    }
}
