/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine;

import io.rseq.agent.engine.ownership.Ledger;
import io.rseq.agent.engine.report.LineLogger;
import io.rseq.agent.engine.report.Reason;
import io.rseq.agent.engine.weave.PerCpuTransformer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Answers a {@code status} command in the JVM that was asked, in a file: what is in force, the totals of now, the named structures, and the ledger.
 *
 * <p>A command that watches asks once, since each load of an agent is a warning on the application's stderr. A daemon then writes an answer whenever
 * the one before was taken away. It ends with the file's folder, which the command takes away at its end, and where no one takes an
 * answer for as long as {@link #UNREAD_MS}: the command was killed.
 */
public final class StatusAnswer implements Consumer<String>, Runnable {
    /** What the agent's options are for one answer; the file follows. */
    public static final String ONCE = "status=";

    private static final String EVERY = "every=";

    /** And for repeated ones. */
    public static final String REPEATED = ONCE + EVERY;

    /** The file's neighbour, in which an answer is written before it has the file's name. */
    public static final String NEXT = "next";

    private static final int LOOK_MS = 50;
    private static final int UNREAD_MS = 120_000;

    /** What the answer begins with where the agent did not start; the reason follows. */
    public static final String FAILED = "failed ";

    /** And this, where it was not loaded at all. */
    public static final String ABSENT = "absent";

    private Path answers;

    /** Writes the answer to this file, once or repeatedly. */
    @Override
    public void accept(String file) {
        if (!file.startsWith(EVERY)) {
            answer(file);
            return;
        }
        Thread daemon = new Thread(null, this, "rseq-status", 0, false);
        answers = Path.of(file.substring(EVERY.length()));
        daemon.setDaemon(true);
        daemon.setContextClassLoader(null);
        daemon.start();
    }

    @Override
    public void run() {
        Path next = answers.resolveSibling(NEXT);
        try {
            for (int unread = 0; unread < UNREAD_MS && Files.exists(answers.getParent()); unread += LOOK_MS) {
                if (Files.exists(answers)) {
                    Thread.sleep(LOOK_MS);
                    continue;
                }
                Files.write(next, text().getBytes(StandardCharsets.UTF_8));
                Files.move(next, answers); // the command sees all of it or nothing
                unread = 0;
            }
        } catch (NoSuchFileException folderIsGone) {
            // the command has ended
        } catch (Throwable failure) {
            LineLogger.LOG.warn("can't write the status to " + answers + ": " + Reason.of(failure));
        }
    }

    private static void answer(String file) {
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
        return $Rseq.description() + "\n" + Summary.totals(transformer) + "\n" + NamedStructures.lines() + threads;
    }

    private static String threads() {
        try {
            return Ledger.read().toString();
        } catch (Throwable reason) {
            return "WARN " + Reason.of(reason) + "; the threads are not shown\n";
        }
    }
}
