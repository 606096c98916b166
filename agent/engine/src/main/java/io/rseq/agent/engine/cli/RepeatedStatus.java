/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.cli;

import io.rseq.agent.engine.StatusAnswer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Asks a JVM again and again by one load of the agent: see {@link StatusAnswer}. The JVM writes an answer whenever the one before was taken away. */
final class RepeatedStatus implements Closeable {
    private static final int POLL_MS = 20;
    private static final int PATIENCE_MS = 10_000;

    private final RunningJvm jvm;
    private final Path folder;
    private final Path answer;
    private final Thread ending;
    private boolean asked;

    RepeatedStatus(RunningJvm jvm) throws IOException {
        this.jvm = jvm;
        folder = Files.createTempDirectory("rseq-status-");
        answer = folder.resolve("answer");
        ending = new Thread(this::leave); // of Ctrl-C
        Runtime.getRuntime().addShutdownHook(ending);
    }

    /** Returns the next answer, null where the JVM has ended. */
    String next() throws IOException, InterruptedException {
        if (asked) Files.delete(answer);
        else jvm.load(StatusAnswer.REPEATED + answer);
        asked = true;
        for (int waited = 0; !Files.exists(answer); waited += POLL_MS) {
            if (!jvm.isAlive()) return null;
            if (waited >= PATIENCE_MS) return "";
            Thread.sleep(POLL_MS);
        }
        return Files.readString(answer);
    }

    /** Takes the folder away, which ends the answers. */
    @Override
    public void close() {
        leave();
        try {
            Runtime.getRuntime().removeShutdownHook(ending);
        } catch (IllegalStateException ends) {
            // it does the same
        }
    }

    private void leave() {
        for (int tries = 0; tries < 3 && Files.exists(folder); tries++) {
            try {
                Files.deleteIfExists(answer);
                Files.deleteIfExists(answer.resolveSibling(StatusAnswer.NEXT));
                Files.deleteIfExists(folder);
            } catch (IOException anAnswerCame) {
                // once more
            }
        }
    }
}
