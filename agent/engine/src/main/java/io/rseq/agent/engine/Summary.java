/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

import io.rseq.agent.engine.ownership.Journal;
import io.rseq.agent.engine.ownership.Totals;
import io.rseq.agent.engine.report.LineLogger;
import io.rseq.agent.engine.report.Log;
import io.rseq.agent.engine.report.Reason;
import io.rseq.agent.engine.weave.PerCpuTransformer;

/** What is said at exit. It unregisters nothing: threads that still run keep what they use. */
final class Summary extends Thread {
    private final Journal journal;
    private final PerCpuTransformer transformer;

    Summary(Journal journal, PerCpuTransformer transformer) {
        super("rseq-summary");
        this.journal = journal;
        this.transformer = transformer;
    }

    @Override
    public void run() {
        String totals = "";
        try {
            Housekeeper.warnOfCommitter();
            totals = totals(transformer);
            journal.drain(); // what the totals count is in the log before them
        } catch (Throwable failure) {
            LineLogger.LOG.warn("the last lines are missing: " + Reason.of(failure));
        } finally {
            Log.info("exit " + totals);
        }
    }

    /** The totals of now, as the exit line has them. */
    static String totals(PerCpuTransformer transformer) {
        return Totals.read() + " woven=" + transformer.woven() + " unwoven=" + transformer.refused() + rerouted();
    }

    /** Behind the others, where something is to be adopted. */
    static String rerouted() {
        return Engine.rerouting() == null
                ? ""
                : " rerouted=" + Engine.rerouting().rerouted();
    }
}
