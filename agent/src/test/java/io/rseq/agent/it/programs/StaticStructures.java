/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.PerCpuBuffer;
import io.rseq.PerCpuCounter;
import io.rseq.PerCpuDoubleAdder;
import io.rseq.PerCpuHistogram;
import io.rseq.PerCpuMax;
import io.rseq.PerCpuPool;

/** Structures in static fields, used once, as an application has them that is deployed with its own API, and deployed again. */
public final class StaticStructures {
    private static final PerCpuCounter COUNTER = new PerCpuCounter();
    private static final PerCpuDoubleAdder DOUBLES = new PerCpuDoubleAdder();
    private static final PerCpuMax MAX = new PerCpuMax();
    private static final PerCpuHistogram HISTOGRAM = new PerCpuHistogram(1_000_000, 2);
    private static final PerCpuPool<byte[]> POOL =
            PerCpuPool.builder(() -> new byte[8]).build();
    private static final PerCpuBuffer BUFFER = new PerCpuBuffer(1024);

    private StaticStructures() {}

    public static void main(String[] arguments) {
        System.out.println("used=" + use());
        System.out.println("committer=" + Cpus.support().committer());
    }

    public static long use() {
        COUNTER.increment();
        DOUBLES.add(1);
        MAX.offer(1);
        HISTOGRAM.record(1);
        POOL.lease().close();
        BUFFER.append(new byte[8]);
        return COUNTER.sum();
    }
}
