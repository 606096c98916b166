/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import com.sun.jna.Native;
import java.util.Arrays;
import java.util.BitSet;

/** libc, through the application's own JNA. */
final class Libc {
    private static final int RUSAGE_THREAD = 1;
    private static final int RUSAGE_WORDS = 18;
    private static final int VOLUNTARY_SWITCHES = 16;
    private static final int INVOLUNTARY_SWITCHES = 17;
    private static final int AFFINITY_WORDS = 1024;

    static {
        Native.register("c");
    }

    private Libc() {}

    static native int sched_getcpu();

    private static native int getcpu(int[] cpu, int[] node);

    private static native int gettid();

    private static native int getrusage(int who, long[] usage);

    private static native int sched_setaffinity(int thread, long bytes, long[] mask);

    private static native int sched_getaffinity(int thread, long bytes, long[] mask);

    /** The kernel's own answer, where sched_getcpu of a newer glibc reads the area as well. */
    static int kernelCpu() {
        int[] cpu = new int[1];
        if (getcpu(cpu, new int[1]) != 0) throw new IllegalStateException("getcpu");
        return cpu[0];
    }

    static int threadId() {
        return gettid();
    }

    /** How often the calling kernel thread left a CPU: as long as it stays the same, the thread has not moved. */
    static long switches() {
        long[] usage = new long[RUSAGE_WORDS];
        if (getrusage(RUSAGE_THREAD, usage) != 0) throw new IllegalStateException("getrusage");
        return usage[VOLUNTARY_SWITCHES] + usage[INVOLUNTARY_SWITCHES];
    }

    /** Moves a kernel thread, 0 for the caller, to one CPU. When it returns to the caller itself, it runs there. */
    static void pin(int thread, int cpu) {
        long[] mask = new long[AFFINITY_WORDS];
        mask[cpu / Long.SIZE] = 1L << cpu % Long.SIZE;
        if (sched_setaffinity(thread, mask.length * (long) Long.BYTES, mask) != 0)
            throw new IllegalStateException("sched_setaffinity to CPU " + cpu + ": errno " + Native.getLastError());
    }

    /** Two CPUs that the caller may use. */
    static int[] twoCpus() {
        int[] cpus = allowedCpus();
        if (cpus.length < 2) throw new IllegalStateException("only one CPU");
        return Arrays.copyOf(cpus, 2);
    }

    /** The CPUs that the caller may use. */
    static int[] allowedCpus() {
        long[] mask = new long[AFFINITY_WORDS];
        if (sched_getaffinity(0, mask.length * (long) Long.BYTES, mask) < 0)
            throw new IllegalStateException("sched_getaffinity");
        return BitSet.valueOf(mask).stream().toArray();
    }
}
