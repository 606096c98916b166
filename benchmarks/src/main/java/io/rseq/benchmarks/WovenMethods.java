/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.CpuIndex;
import io.rseq.PerCpu;

/** The smallest methods that have something to gain from an index. */
final class WovenMethods {
    private WovenMethods() {}

    @PerCpu
    static int index(@CpuIndex int cpu) {
        return cpu;
    }

    @PerCpu
    static long sumWithIndex(long sum, @CpuIndex int cpu) {
        return sum + cpu;
    }

    /** The same, not woven. */
    static long sum(long sum, int addend) {
        return sum + addend;
    }
}
