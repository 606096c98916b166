/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.Cpus;
import io.rseq.PerCpuCounter;

/** A figure from a JVM that does something else than it says would be worse than none. */
final class InForce {
    private static final String ATOMIC = "atomic";

    private InForce() {}

    /** Fails unless the structures commit as this fork asked for: by sequences, or atomically. */
    static void check() {
        PerCpuCounter opening = new PerCpuCounter(); // what a committer needs is opened by the first structure
        opening.increment();
        String wanted = System.getProperty("rseq.committer", "sequences");
        String committer = Cpus.support().committer();
        boolean sequences = !committer.equals(ATOMIC) && !committer.equals("none");
        if (sequences == wanted.equals(ATOMIC))
            throw new IllegalStateException("committer=" + wanted + " is not in force: " + Cpus.support());
    }
}
