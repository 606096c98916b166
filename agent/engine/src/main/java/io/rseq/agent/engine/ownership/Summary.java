/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.ownership;

import io.rseq.agent.engine.report.LineLogger;
import io.rseq.agent.engine.report.Log;
import io.rseq.agent.engine.report.Reason;
import io.rseq.agent.engine.weave.PerCpuTransformer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is said at exit. It unregisters nothing: threads that still run keep what they use. */
public final class Summary extends Thread {
    /** What the answer to a {@code status} command begins with where the agent did not start; the reason follows. */
    public static final String FAILED = "failed ";

    /** And this, where it was not loaded at all. */
    public static final String ABSENT = "absent";

    private final Journal journal;
    private final PerCpuTransformer transformer;

    public Summary(Journal journal, PerCpuTransformer transformer) {
        super("rseq-summary");
        this.journal = journal;
        this.transformer = transformer;
    }

    @Override
    public void run() {
        String totals = "";
        try {
            journal.warnOfCommitter();
            totals = totals(transformer);
            journal.drain(); // what the totals count is in the log before them
        } catch (Throwable failure) {
            LineLogger.LOG.warn("the last lines are missing: " + Reason.of(failure));
        } finally {
            Log.info("exit " + totals);
        }
    }

    /** Writes what is in force, the totals of now and the ledger to a file: the answer to a {@code status} command. */
    public static void write(String file, PerCpuTransformer transformer) {
        String threads = threads(); // before the totals, which count what it starts
        String text = $Rseq.description() + "\n" + totals(transformer) + "\n" + threads;
        write(file, text);
    }

    /** The answer where the agent was not loaded. */
    public static void writeAbsence(String file) {
        write(file, ABSENT);
    }

    /** The answer where the agent did not start. */
    public static void writeFailure(String file, String reason) {
        write(file, FAILED + reason);
    }

    private static void write(String file, String text) {
        try {
            Files.write(Path.of(file), text.getBytes(StandardCharsets.UTF_8)); // a name may be no proper Unicode
        } catch (Throwable failure) {
            LineLogger.LOG.warn("can't write the status to " + file + ": " + Reason.of(failure));
        }
    }

    private static String threads() {
        try {
            return Ledger.read().toString();
        } catch (Throwable reason) {
            return "WARN " + Reason.of(reason) + "; the threads are not shown\n";
        }
    }

    private static String totals(PerCpuTransformer transformer) {
        return Totals.read() + " woven=" + transformer.woven() + " unwoven=" + transformer.refused();
    }
}
