/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.PerCpuBuffer;
import io.rseq.RecordConsumer;
import java.util.BitSet;

/** Appends on one CPU and on another, and drains what lies on the latter alone, then all. Prints what came, and from which CPUs. */
public final class DrainsOfOneCpu {
    private DrainsOfOneCpu() {}

    public static void main(String[] arguments) {
        PerCpuBuffer buffer = new PerCpuBuffer(1 << 12);
        int[] cpus = Libc.twoCpus();
        for (int i = 0; i < cpus.length; i++) {
            Libc.pin(0, cpus[i]);
            for (int record = 0; record < 3 - i; record++) buffer.append(new byte[10 * (i + 1)]);
        }
        BitSet from = new BitSet();
        RecordConsumer consumer = (cpu, timestamp, bytes, at, length) -> from.set(cpu);
        System.out.println("cpus=" + cpus[0] + "," + cpus[1]);
        System.out.println("current=" + buffer.drainCurrent(consumer) + " of " + from);
        System.out.println("again=" + buffer.drainCurrent(consumer));
        from.clear();
        System.out.println("rest=" + buffer.drain(consumer) + " of " + from);
        System.out.println("committer=" + Cpus.support().committer());
    }
}
