/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

/**
 * The lowest of the longs that many threads offer: a {@link PerCpuMax} of their complements, and all that is said there. {@code ~} turns the order of longs
 * round, and no value has none, as {@code Long.MIN_VALUE} has no negative.
 *
 * @since 0.1.0
 */
public final class PerCpuMin {
    private final PerCpuMax complements;

    /** Of nothing yet, with a cell for each CPU. */
    public PerCpuMin() {
        this(Index.CPU);
    }

    /**
     * Of nothing yet, with a cell for each {@code index}.
     *
     * @throws IllegalArgumentException for {@link Index#NUMA_NODE}: several CPUs run with the same one
     */
    public PerCpuMin(Index index) {
        complements = new PerCpuMax(index);
    }

    /** Makes {@code value} the lowest, if it is. */
    public void offer(long value) {
        complements.offer(~value);
    }

    /** Returns the lowest that was offered since the last reset; {@code Long.MAX_VALUE} of nothing. */
    public long min() {
        return ~complements.max();
    }

    /** Returns the lowest that was offered since the last reset, and resets. An offer meanwhile counts here or in a later result. */
    public long minThenReset() {
        return ~complements.maxThenReset();
    }

    /** {@link #min()}, in decimal. */
    @Override
    public String toString() {
        return Long.toString(min());
    }
}
