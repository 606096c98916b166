/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks.startup;

import io.rseq.CpuIndex;
import io.rseq.PerCpu;

/** {@link Hello} with one method for the agent to weave. */
public final class AnnotatedHello {
    private AnnotatedHello() {}

    public static void main(String[] arguments) {
        System.out.println(cpu(NOT_WOVEN) == NOT_WOVEN ? "hello, not woven" : "hello, woven");
    }

    private static final int NOT_WOVEN = -1;

    @PerCpu
    private static int cpu(@CpuIndex int cpu) {
        return cpu;
    }
}
