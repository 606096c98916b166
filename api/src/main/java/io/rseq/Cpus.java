/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.Hook;
import io.rseq.internal.Limits;

/**
 * Where the caller runs, and how large an array by that index must be.
 *
 * <p>Under the agent a read is four loads and a compare, no native call, fresh at every call: neither hoisted out of a loop nor
 * kept across a park. On a virtual thread it is the carrier's. Without the agent there is no cheap way to ask the kernel, so each thread
 * keeps to an index of its own, in range: spread, but not where it runs ({@link Support#accelerated()} tells).
 *
 * <p>An index is a hint: the thread may move the next instant. Use it to choose among atomics, never as mutual exclusion.
 *
 * <p>All methods may be called from any thread, allocate nothing, and never fail.
 *
 * @since 0.1.0
 */
public final class Cpus {
    private static final int COUNT = Limits.CPUS;
    private static final int NODE_COUNT = Limits.NODES;

    private Cpus() {}

    /**
     * The CPU that the caller runs on.
     *
     * @return {@code 0 <= index < count()}
     */
    public static int index() {
        return within(Hook.cpu(), COUNT);
    }

    /**
     * The kernel's memory-map concurrency id ({@code mm_cid}): dense in the threads that run, however many CPUs the host has; the CPU
     * where the kernel (before 6.3) has none.
     *
     * @return {@code 0 <= id < count()}
     */
    public static int concurrencyId() {
        return within(Hook.concurrencyId(), COUNT);
    }

    /**
     * The NUMA node that the caller runs on.
     *
     * @return {@code 0 <= node < nodeCount()}
     */
    public static int node() {
        return within(Hook.node(), NODE_COUNT);
    }

    /**
     * 1 + the highest <em>possible</em> CPU id of the host ({@code /sys/devices/system/cpu/possible}): what to size arrays by. It can be
     * more than {@link Runtime#availableProcessors()}, which is the container's, and never changes. Where {@code /sys} can't be read it
     * is {@code availableProcessors()}, or 1 + the highest CPU that the process may run on, whichever is more, and indexes are folded into it.
     */
    public static int count() {
        return COUNT;
    }

    /** 1 + the highest possible NUMA node of the host ({@code /sys/devices/system/node/possible}). */
    public static int nodeCount() {
        return NODE_COUNT;
    }

    /** What is in force in this process: agent or not, owner, reader, committer. */
    public static Support support() {
        return Support.of(Hook.description(), Hook.describesCommits());
    }

    /* The hook's limit is the same number, unless the agent came later and saw another /sys: then ours, which arrays were sized by, holds. */
    private static int within(int index, int limit) {
        return index < limit ? index : index % limit;
    }
}
