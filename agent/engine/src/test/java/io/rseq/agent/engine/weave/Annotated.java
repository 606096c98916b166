/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

import io.rseq.CpuIndex;
import io.rseq.Index;
import io.rseq.PerCpu;

/** What the weaver is shown: every kind of method that it accepts, and every kind that it refuses. */
abstract class Annotated {
    static final long LONG = 0x123456789ABCDEFL;
    static final double DOUBLE = 3.25;

    final int seen;

    @PerCpu
    Annotated(long before, @CpuIndex int cpu) {
        seen = cpu + (int) before;
    }

    @PerCpu
    static int afterWideParameters(long a, double b, @CpuIndex int cpu, String after) {
        return (int) (a + b + cpu) + after.length();
    }

    /** Its code begins with the target of a backward jump, which must not pass the woven instructions again. */
    @PerCpu(Index.CONCURRENCY_ID)
    int loopFromTheFirstInstruction(@CpuIndex int cpu) {
        do {
            cpu += cpu + 1;
        } while (cpu < 100);
        return cpu;
    }

    @PerCpu(Index.NUMA_NODE)
    static synchronized void noUse(@CpuIndex int node) {}

    @PerCpu
    abstract void isAbstract(@CpuIndex int cpu);

    @PerCpu
    native void isNative(@CpuIndex int cpu);

    @PerCpu
    void noParameter() {}

    @PerCpu
    void noAnnotatedParameter(int cpu) {}

    @PerCpu
    void twoParameters(@CpuIndex int a, @CpuIndex int b) {}

    @PerCpu
    void wrongType(@CpuIndex long cpu) {}

    static double notOurs() {
        return LONG + DOUBLE;
    }
}
