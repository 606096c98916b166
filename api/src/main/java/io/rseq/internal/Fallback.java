/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

/** What stands in for the CPU where no agent reads it: an index that each thread keeps, spread over the CPUs. */
final class Fallback {
    private static final int CPUS = PossibleIds.cpus();

    /* 2^32 / golden ratio: consecutive thread ids land far apart. */
    private static final int SPREAD = 0x9E3779B9;

    private Fallback() {}

    static int index() {
        @SuppressWarnings("deprecation") // threadId() is JDK 19
        long thread = Thread.currentThread().getId();
        int hash = Long.hashCode(thread) * SPREAD;
        return (int) (((hash & 0xFFFFFFFFL) * CPUS) >>> Integer.SIZE);
    }
}
