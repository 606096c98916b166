/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.CpuIndex;
import io.rseq.Cpus;
import io.rseq.PerCpu;
import io.rseq.PerCpuCounter;
import io.rseq.internal.Commits;
import java.util.Arrays;

/** Loads what is to be woven while the heap has room for the classes, and not for their weaving; then lets go of what fills the heap. */
public final class FullHeap {
    /** What a class takes, its file above all. */
    private static final int SPARE = 200_000;

    private static final Object[] LARGE = new Object[1 << 14];
    private static final Object[] SMALL = new Object[1 << 12];

    private static byte[] spare = new byte[SPARE];

    /* The program's own, which must not run out of heap itself. */
    private static long added;
    private static int index;
    private static boolean agent;

    private FullHeap() {}

    /** Loaded when the heap is full. */
    public static final class Late {
        private Late() {}

        /** What it was given, unless the agent gave it another. */
        @PerCpu
        public static int index(@CpuIndex int cpu) {
            return cpu;
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        fill(LARGE, 8 << 10);
        fill(SMALL, 256);
        spare = null;
        index = Late.index(-7);
        PerCpuCounter counter = new PerCpuCounter();
        add(counter);
        agent = Cpus.support().agent();
        Arrays.fill(LARGE, null);
        Arrays.fill(SMALL, null);
        System.out.println("full.index=" + index);
        System.out.println("full.agent=" + agent);
        while (Late.index(-7) < 0 || !Cpus.support().agent() || Commits.allocated() == 0) {
            add(counter);
            spare = new byte[SPARE]; // as a program that lives: it collects
            Thread.sleep(10);
        }
        System.out.println("index=woven");
        System.out.println("agent=" + Cpus.support().agent());
        System.out.println("committer=" + Cpus.support().committer());
        System.out.println("exact=" + (counter.sum() == added));
    }

    private static void fill(Object[] array, int bytes) {
        try {
            for (int i = 0; i < array.length; i++) array[i] = new byte[bytes];
        } catch (OutOfMemoryError full) {
            // as it should be
        }
    }

    private static void add(PerCpuCounter counter) {
        for (int i = 0; i < 1000; i++) {
            counter.increment();
            added++;
        }
    }
}
