/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.cli;

import java.io.File;

/** The command line of {@code rseq-agent.jar}. */
public final class Command {
    private Command() {}

    /** Runs a command. Returns the exit code. */
    public static int run(File jar, String... arguments) {
        return 2;
    }
}
