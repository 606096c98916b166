/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

/**
 * The entry points that the agent weaves: each body below is what runs without the agent, and under it each is a call to the method of
 * the same name of {@code java.lang.$Rseq}. Nothing in this module names the agent.
 */
public final class Hook {
    /* Whether a structure was made. Until then nobody loads Commits, for which the agent defines classes of its own. */
    static volatile boolean structures;

    private Hook() {}

    /** Whether structures commit as {@link #description} says; otherwise atomically, because the agent left {@link Commits} as it is. */
    public static boolean describesCommits() {
        return !structures || Commits.woven();
    }

    /** The CPU; without the agent an index of the thread's own. */
    @Woven
    public static int cpu() {
        return Fallback.index();
    }

    /** The concurrency id. */
    @Woven
    public static int concurrencyId() {
        return Fallback.index();
    }

    /** The NUMA node; without the agent the first. */
    @Woven
    public static int node() {
        return 0;
    }

    /** 1 + the highest possible CPU; 0 without the agent. */
    @Woven
    public static int cpus() {
        return 0;
    }

    /**
     * Returns how many regions there are, one for each CPU: the agent's number, which a late agent may have from another {@code /sys} than {@link
     * Limits#CPUS}. The region that all CPUs share comes after them.
     */
    public static int regions() {
        int regions = cpus();
        return regions > 0 ? regions : Limits.CPUS;
    }

    /** Whether sequences may commit by a larger index than arrays were sized for, where nobody would look for what they wrote. */
    public static boolean seesMoreCpus() {
        return cpus() > Limits.CPUS;
    }

    /** 1 + the highest possible NUMA node; 0 without the agent. */
    @Woven
    public static int nodes() {
        return 0;
    }

    /** The facts of the start line; null without the agent. */
    @Woven
    public static String description() {
        return null;
    }
}
