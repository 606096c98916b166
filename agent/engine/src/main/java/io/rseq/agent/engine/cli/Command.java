/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.cli;

import io.rseq.agent.engine.OwnJar;
import java.io.IOException;
import java.util.function.Function;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import picocli.CommandLine;

/**
 * The command line of {@code rseq-agent.jar}. Exit codes: 0 all is well; 1 it works, and something is not as it should be; 2 the command
 * was not understood, or could not be carried out.
 */
@CommandLine.Command(
        name = "rseq-agent.jar",
        description = "Restartable sequences for the JVM: what is in force here, in a running JVM, and in a jar.",
        subcommands = {Doctor.class, Attach.class, Status.class, Check.class, Completion.class},
        mixinStandardHelpOptions = true,
        versionProvider = Command.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = "%nAs an agent: java -javaagent:rseq-agent.jar[=key=value,...] ...")
public final class Command implements Function<String[], Integer>, Runnable {
    /** It works, and something is not as it should be. */
    static final int EXIT_DEGRADED = 1;
    /** The command was not understood, or could not be carried out. */
    static final int EXIT_FAILED = 2;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** Runs a command. Returns the exit code. */
    @Override
    public Integer apply(String[] arguments) {
        CommandLine line = new CommandLine(this);
        line.setExecutionExceptionHandler((failure, command, result) -> {
            command.getErr().println("rseq: " + failure.getMessage());
            return EXIT_FAILED;
        });
        int code = line.execute(arguments);
        line.getOut().flush();
        if (!line.getOut().checkError() && !System.out.checkError()) return code;
        line.getErr()
                .println("rseq: the output could not be written; give the command a stdout that is open, and has room");
        return EXIT_FAILED;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
    }

    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            try (JarFile file = new JarFile(OwnJar.file())) {
                Attributes manifest = file.getManifest().getMainAttributes();
                return new String[] {"rseq for the JVM " + manifest.getValue(Attributes.Name.IMPLEMENTATION_VERSION)};
            }
        }
    }
}
