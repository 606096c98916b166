/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.Commits;

/**
 * Which index a {@link PerCpu} method receives.
 *
 * @since 0.1.0
 */
public enum Index {
    /** The CPU that the caller runs on: {@code 0 <= index < Cpus.count()}. Kernel field {@code cpu_id}. */
    CPU,

    /**
     * The kernel's memory-map concurrency id, dense in the threads of this process that run at a time: {@code 0 <= index <
     * Cpus.count()}, and in practice below the smaller of the threads and the CPUs that the process may use, however many CPUs the
     * host has. Kernel field {@code mm_cid}, Linux 6.3; the CPU where the kernel has none.
     */
    CONCURRENCY_ID,

    /** The NUMA node that the caller runs on: {@code 0 <= index < Cpus.nodeCount()}. Kernel field {@code node_id}, Linux 6.3. */
    NUMA_NODE;

    /** What is added to the offset that a sequence is told, for it to commit by this index. */
    long by() {
        return switch (this) {
            case CPU -> 0;
            case CONCURRENCY_ID -> Commits.BY_CONCURRENCY_ID;
            case NUMA_NODE ->
                throw new IllegalArgumentException(
                        "index=NUMA_NODE: a sequence can't commit by it; CPU or CONCURRENCY_ID");
        };
    }

    /** This thread's, of what sequences commit by: the CPU where the concurrency id failed its trial. Asking also registers a thread that had no area. */
    int own() {
        return this == CONCURRENCY_ID && Commits.byConcurrencyId() ? Cpus.concurrencyId() : Cpus.index();
    }
}
