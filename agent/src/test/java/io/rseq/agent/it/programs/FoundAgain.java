/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.Index;
import io.rseq.PerCpuBuffer;
import io.rseq.PerCpuPool;

/** One thread, which uses structures by concurrency id: a lease finds what was closed before, and room is where the thread drained. */
public final class FoundAgain {
    public static final int RECORDS = 1000;

    private static final int LEASES = 1000;
    private static final int TRIES = 100;

    private FoundAgain() {}

    public static void main(String[] arguments) {
        PerCpuPool<Object> pool = PerCpuPool.builder(Object::new)
                .capacityPerCpu(64)
                .index(Index.CONCURRENCY_ID)
                .build();
        for (int i = 0; i < LEASES; i++) pool.lease().close();
        System.out.println("created=" + pool.created());
        PerCpuBuffer buffer = PerCpuBuffer.builder(PerCpuBuffer.MIN_CAPACITY)
                .index(Index.CONCURRENCY_ID)
                .build();
        int appended = 0;
        while (appended < RECORDS && append(buffer)) appended++;
        System.out.println("appended=" + appended);
        System.out.println("committer=" + Cpus.support().committer());
    }

    /** As the buffer's Javadoc has it, but with an end. */
    private static boolean append(PerCpuBuffer buffer) {
        for (int tries = 0; !buffer.append(new byte[100]); tries++) {
            if (tries == TRIES) return false;
            if (buffer.drainCurrent((cpu, timestamp, bytes, at, length) -> {}) == 0) Thread.yield();
        }
        return true;
    }
}
