/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Index;
import io.rseq.PerCpuBuffer;
import io.rseq.PerCpuCounter;
import io.rseq.PerCpuDoubleAdder;
import io.rseq.PerCpuLongStack;
import io.rseq.PerCpuPool;
import java.util.List;

/** Makes structures, and does nothing with them. */
public final class MadeStructures {
    private MadeStructures() {}

    public static void main(String[] arguments) {
        List<Object> made = List.of(
                new PerCpuBuffer(1 << 12),
                new PerCpuCounter(),
                new PerCpuDoubleAdder(),
                new PerCpuLongStack(16, 16, Index.CPU),
                PerCpuPool.builder(Object::new).build());
        System.out.println("made=" + made.size());
    }
}
