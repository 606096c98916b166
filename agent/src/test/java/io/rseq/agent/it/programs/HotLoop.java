/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.CpuIndex;
import io.rseq.PerCpu;

/** Long compiled loops of reads, on a thread that is moved meanwhile. */
public final class HotLoop {
    private static final int READS = 20_000_000;
    private static final int ROUNDS = 300;
    private static final int MOVES = 20_000;

    private static volatile boolean over;

    private HotLoop() {}

    /** {@code virtual} runs it on a virtual thread. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0) {
            Runnable main = HotLoop::run;
            ((Thread) Thread.class
                            .getMethod("startVirtualThread", Runnable.class)
                            .invoke(null, main))
                    .join();
        } else {
            run();
        }
    }

    private static void run() {
        int[] cpus = Libc.twoCpus();
        movedByItself(cpus);
        movedByAnother(cpus);
    }

    /** Pinned, read, pinned elsewhere, read: in one compiled loop each index is known exactly. */
    private static void movedByItself(int[] cpus) {
        int wrong = 0;
        for (int i = 0; i < MOVES; i++) {
            int cpu = cpus[i & 1];
            Libc.pin(0, cpu);
            if (Shapes.still(Shapes.NOT_WOVEN) != cpu) wrong++;
        }
        System.out.println("wrong=" + wrong);
    }

    /** A loop without any call that the JIT could not see through, and another thread that moves this one. */
    private static void movedByAnother(int[] cpus) {
        int thread = Libc.threadId();
        Libc.pin(0, cpus[0]);
        Thread mover = new Thread(() -> {
            for (int i = 1; !over; i++) Libc.pin(thread, cpus[i & 1]);
        });
        mover.setDaemon(true);
        mover.start();
        int roundsWithBoth = 0;
        long outside = 0;
        int rounds = 0;
        while (rounds < ROUNDS && roundsWithBoth < 3) {
            long seen = reads(READS, cpus[0], cpus[1]);
            if ((seen & 3) == 3) roundsWithBoth++;
            outside += seen >>> 2;
            rounds++;
        }
        over = true;
        System.out.println("roundsWithBoth=" + roundsWithBoth);
        System.out.println("outside=" + outside);
    }

    /** Bit 0: saw a, bit 1: saw b, above: how many were neither. */
    private static long reads(int times, int a, int b) {
        long seen = 0;
        for (int i = 0; i < times; i++) {
            int cpu = index(0);
            if (cpu == a) seen |= 1;
            else if (cpu == b) seen |= 2;
            else seen += 4;
        }
        return seen;
    }

    @PerCpu
    private static int index(@CpuIndex int cpu) {
        return cpu;
    }
}
