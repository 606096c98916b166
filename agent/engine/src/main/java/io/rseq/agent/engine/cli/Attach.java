/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Loads the agent into a running JVM. */
@CommandLine.Command(
        name = "attach",
        description = "Loads the agent into a running JVM. Its log goes to that process's stderr.",
        mixinStandardHelpOptions = true)
final class Attach implements Callable<Integer> {
    @CommandLine.Parameters(index = "0", paramLabel = "PID", description = "the process, as in jps")
    private String pid;

    @CommandLine.Parameters(
            index = "1",
            arity = "0..1",
            defaultValue = "",
            paramLabel = "OPTIONS",
            description = "key=value,key=value, as after -javaagent:rseq-agent.jar=")
    private String options;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        RunningJvm jvm = new RunningJvm(pid);
        if (RunningJvm.isLoaded(jvm.status())) {
            spec.commandLine()
                    .getErr()
                    .println("rseq: the agent is loaded in " + pid + " already; ask it with: status " + pid);
            return Command.EXIT_DEGRADED;
        }
        jvm.load(options);
        String text = jvm.status();
        if (!RunningJvm.isLoaded(text)) {
            String failure = RunningJvm.failure(text);
            throw new IOException("the agent did not start in " + pid
                    + (failure == null ? ", or can't say so; its stderr says why" : ": " + failure));
        }
        spec.commandLine().getOut().println("loaded into " + pid + "; its stderr has the start line");
        return 0;
    }
}
