/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.CpuIndex;
import io.rseq.PerCpu;

/** Methods that bear the annotation and can't be woven. Its {@code main} calls those that can be called. */
public abstract class Refused {
    @PerCpu
    abstract int isAbstract(@CpuIndex int cpu);

    @PerCpu
    static native int isNative(@CpuIndex int cpu);

    @PerCpu
    static int hasTwo(@CpuIndex int a, @CpuIndex int b) {
        return a + b;
    }

    @PerCpu
    static int hasNone(int cpu) {
        return cpu;
    }

    @PerCpu
    static long isLong(@CpuIndex long cpu) {
        return cpu;
    }

    @PerCpu
    static int isFine(@CpuIndex int cpu) {
        return cpu;
    }

    public static void main(String[] arguments) {
        System.out.println("hasTwo=" + hasTwo(-3, -4));
        System.out.println("hasNone=" + hasNone(-3));
        System.out.println("isLong=" + isLong(-3));
        System.out.println("isFine=" + isFine(-3));
    }
}
