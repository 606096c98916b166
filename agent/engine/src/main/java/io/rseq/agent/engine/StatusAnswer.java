/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

import io.rseq.agent.engine.ownership.Ledger;
import io.rseq.agent.engine.report.LineLogger;
import io.rseq.agent.engine.report.Reason;
import io.rseq.agent.engine.weave.PerCpuTransformer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Answers a {@code status} command in the JVM that was asked, in a file: what is in force, the totals of now, and the ledger. */
public final class StatusAnswer implements Consumer<String> {
    /** What the answer begins with where the agent did not start; the reason follows. */
    public static final String FAILED = "failed ";

    /** And this, where it was not loaded at all. */
    public static final String ABSENT = "absent";

    /** Writes the answer to this file. */
    @Override
    public void accept(String file) {
        try {
            Files.write(Path.of(file), text().getBytes(StandardCharsets.UTF_8)); // a name may be no proper Unicode
        } catch (Throwable failure) {
            LineLogger.LOG.warn("can't write the status to " + file + ": " + Reason.of(failure));
        }
    }

    private static String text() {
        PerCpuTransformer transformer = Engine.transformer();
        if (transformer == null) return Engine.failure() == null ? ABSENT : FAILED + Engine.failure();
        String threads = threads(); // before the totals, which count what it starts
        return $Rseq.description() + "\n" + Summary.totals(transformer) + "\n" + threads;
    }

    private static String threads() {
        try {
            return Ledger.read().toString();
        } catch (Throwable reason) {
            return "WARN " + Reason.of(reason) + "; the threads are not shown\n";
        }
    }
}
