/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

/**
 * How many CPUs and NUMA nodes there may be: what arrays are sized by, decided once for the process. An agent that comes later may see another
 * {@code /sys}; {@link Hook#regions} and {@link Hook#seesMoreCpus} are about that.
 */
public final class Limits {
    /** 1 + the highest possible CPU. */
    public static final int CPUS = Math.max(1, Hook.cpus() > 0 ? Hook.cpus() : PossibleIds.cpus());

    /** 1 + the highest possible NUMA node. */
    public static final int NODES = Math.max(1, Hook.nodes() > 0 ? Hook.nodes() : PossibleIds.nodes());

    private Limits() {}
}
