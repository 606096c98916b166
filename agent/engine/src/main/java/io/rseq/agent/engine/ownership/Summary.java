/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.ownership;

import io.rseq.agent.engine.report.Log;
import io.rseq.agent.engine.weave.PerCpuTransformer;

/** What is said at exit. It unregisters nothing: threads that still run keep what they use. */
public final class Summary extends Thread {
    private final Journal journal;
    private final PerCpuTransformer transformer;

    public Summary(Journal journal, PerCpuTransformer transformer) {
        super("rseq-summary");
        this.journal = journal;
        this.transformer = transformer;
    }

    @Override
    public void run() {
        journal.drain();
        journal.logSecondSource();
        Log.LOGGER.info(
                "exit " + Totals.read() + " woven=" + transformer.woven() + " unwoven=" + transformer.refused());
    }
}
