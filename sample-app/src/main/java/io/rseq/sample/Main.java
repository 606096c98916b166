/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import io.rseq.sample.load.Experiment;
import io.rseq.sample.load.Progress;
import io.rseq.sample.load.Report;
import java.io.IOException;
import java.net.BindException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The sample's entry: reads the options, runs the experiment, prints the report. Exit codes as in {@code --help}. */
@Command(
        name = "rseq-sample-app.jar",
        mixinStandardHelpOptions = false,
        sortOptions = false,
        description = {
            "A small HTTP service on 127.0.0.1 that keeps its metrics per CPU. It loads itself over loopback, does the same with metrics as "
                    + "services keep them today, and compares the two.%n"
        },
        synopsisHeading = "java -javaagent:rseq-agent.jar -jar ",
        footer = {
            "",
            "While it runs: POST /hash answers with the SHA-256 of the body, GET /stats with the metrics as JSON.",
            "Exit code: 0 the totals are exact, 1 they are not, a client failed, or the service could not run, 2 the options are wrong."
        })
public final class Main implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final int WRONG_OPTIONS = 2;

    private static final int MAX_REQUESTS = 10_000_000;

    /* The JDK's server closes connections beyond 200 idle ones, and a client would meet that as a failure. */
    private static final int MAX_CLIENTS = 128;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_SECONDS = 600;

    @Spec
    private CommandSpec command;

    @Option(
            names = "--requests",
            paramLabel = "N",
            defaultValue = "10000",
            description = "requests to each of the two sides (default ${DEFAULT-VALUE})")
    private int requests;

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "8",
            description = "client threads (default ${DEFAULT-VALUE})")
    private int clients;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "0",
            description = "port to listen on; 0, the default: any free one")
    private int port;

    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "stop after this time even if requests are left (default ${DEFAULT-VALUE})")
    private int seconds;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this and exit")
    private boolean help;

    private Main() {}

    /** See {@code --help}. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main()).setParameterExceptionHandler((wrong, arguments) -> {
            String first = wrong.getMessage().lines().findFirst().orElse("wrong options");
            wrong.getCommandLine().getErr().println("rseq-sample-app: " + first + "; --help shows the options");
            return WRONG_OPTIONS;
        });
    }

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        within("--requests", requests, 1, MAX_REQUESTS);
        within("--clients", clients, 1, MAX_CLIENTS);
        within("--port", port, 0, MAX_PORT);
        within("--duration", seconds, 1, MAX_SECONDS);
        try {
            Experiment.Outcome outcome =
                    new Experiment(requests, clients, port, seconds).run(System.err, Progress.isTerminal());
            return new Report(System.out).print(outcome) ? 0 : FAILED;
        } catch (BindException taken) {
            System.err.println("rseq-sample-app: 127.0.0.1:" + port + " can't be listened on: " + taken.getMessage()
                    + "; choose another --port, or 0");
            return FAILED;
        } catch (IOException failure) {
            System.err.println("rseq-sample-app: the service could not run: " + failure);
            return FAILED;
        }
    }

    private void within(String option, int value, int least, int most) {
        if (value < least || value > most)
            throw new ParameterException(
                    command.commandLine(), option + "=" + value + " is not in " + least + ".." + most);
    }
}
