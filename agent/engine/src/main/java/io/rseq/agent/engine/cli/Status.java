/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.cli;

import io.rseq.agent.engine.StatusAnswer;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Asks the agent in a running JVM for what is in force, its totals and its ledger. */
@CommandLine.Command(
        name = "status",
        description = "Prints what the agent in a running JVM has in force, its totals, and a line per thread.",
        mixinStandardHelpOptions = true)
final class Status implements Callable<Integer> {
    @CommandLine.Parameters(index = "0", paramLabel = "PID", description = "the process, as in jps")
    private String pid;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        String text = new RunningJvm(pid).status();
        if (text.isEmpty()) throw new IOException("no answer came from " + pid + "; its stderr may say why");
        if (text.equals(StatusAnswer.ABSENT))
            throw new IOException("the agent is not loaded in " + pid + "; load it with: attach " + pid);
        if (!RunningJvm.isLoaded(text))
            throw new IOException("the agent did not start in " + pid + ": " + RunningJvm.failure(text));
        spec.commandLine().getOut().print(text);
        spec.commandLine().getOut().flush();
        return 0;
    }
}
