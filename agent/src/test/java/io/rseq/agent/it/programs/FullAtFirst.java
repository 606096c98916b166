/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.PerCpuCounter;
import io.rseq.internal.Commits;
import java.util.Arrays;

/**
 * Makes its first structure while the heap is full, with a little more free each time until it succeeds: its classes are loaded, and woven, but the
 * sequences are not open yet. Then lets go of what fills the heap.
 */
public final class FullAtFirst {
    private static final Object[] LARGE = new Object[1 << 14];
    private static final Object[] SMALL = new Object[1 << 14];
    private static final Throwable[] FAILURES = new Throwable[1 << 14];

    private static PerCpuCounter counter;
    private static long added;

    private FullAtFirst() {}

    public static void main(String[] arguments) throws Exception {
        for (String type : new String[] {"PerCpuCounter", "PerCpuCells", "AtomicCells", "internal.PerCpuMemory"})
            Class.forName("io.rseq." + type);
        System.out.println("before=" + Commits.allocated() + " of " + Cpus.support()); // woven by that
        fill(LARGE, 8 << 10);
        fill(SMALL, 1 << 10);
        for (int i = 0; counter == null; i++) make(i);
        add();
        Arrays.fill(LARGE, null);
        Arrays.fill(SMALL, null);
        for (Throwable failure : FAILURES)
            if (failure != null && isOfTheAgent(failure)) failure.printStackTrace(System.out);
        while (Commits.allocated() == 0) {
            add();
            Thread.sleep(10);
        }
        System.out.println("committer=" + Cpus.support().committer());
        System.out.println("exact=" + (counter.sum() == added));
    }

    /* Allocates nothing by itself. */
    private static void make(int given) {
        try {
            counter = new PerCpuCounter();
        } catch (Throwable failure) {
            FAILURES[given] = failure;
            LARGE[given] = null;
        }
    }

    private static boolean isOfTheAgent(Throwable failure) {
        for (StackTraceElement frame : failure.getStackTrace())
            if (frame.getClassName().startsWith("java.lang.$Rseq")) return true;
        return failure.getCause() != null && isOfTheAgent(failure.getCause());
    }

    private static void fill(Object[] array, int bytes) {
        try {
            for (int i = 0; i < array.length; i++) array[i] = new byte[bytes];
        } catch (OutOfMemoryError full) {
            // as it should be
        }
    }

    private static void add() {
        for (int i = 0; i < 1000; i++) {
            counter.increment();
            added++;
        }
    }
}
