/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.CpuIndex;
import io.rseq.PerCpu;

/** A woven method that callers reach through a bridge, which bears a copy of its annotations. */
public final class Bridging {
    private Bridging() {}

    interface Erased<T> {
        int of(T value, int cpu);
    }

    static final class Bridged implements Erased<String> {
        @Override
        @PerCpu
        public int of(String value, @CpuIndex int cpu) {
            return cpu;
        }
    }

    public static void main(String[] arguments) {
        Erased<String> bridged = new Bridged();
        System.out.println("bridged=" + bridged.of("", Shapes.NOT_WOVEN));
    }
}
