/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;

/** Prints what bash and zsh complete the other commands by. */
@CommandLine.Command(
        name = "completion",
        description = "Prints a script for bash and zsh that completes these commands: source <(NAME completion NAME)",
        mixinStandardHelpOptions = true)
final class Completion implements Callable<Integer> {
    @CommandLine.Parameters(
            index = "0",
            arity = "0..1",
            defaultValue = "rseq",
            paramLabel = "NAME",
            description = "an alias or function of yours for java -jar rseq-agent.jar; rseq unless told")
    private String name;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().getOut().print(AutoComplete.bash(name, spec.root().commandLine()));
        return 0;
    }
}
