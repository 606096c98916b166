/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks.startup;

import io.rseq.CpuIndex;
import io.rseq.PerCpu;

/** The template of the annotated classes that {@link GeneratedClasses} makes: the digits of the name become each one's own. */
public final class Annotated000000 {
    private static final int NOT_WOVEN = -1;

    private final long[] counts = new long[64];

    static {
        if (cpu(NOT_WOVEN) != NOT_WOVEN) LoadedClasses.sawWoven();
    }

    @PerCpu
    private static int cpu(@CpuIndex int cpu) {
        return cpu;
    }

    /** What a user's method looks like. */
    @PerCpu
    public void record(long amount, @CpuIndex int cpu) {
        counts[cpu & counts.length - 1] += amount;
    }

    /** Copied as it stands. */
    public long sum() {
        long sum = 0;
        for (long count : counts) sum += count;
        return sum;
    }
}
