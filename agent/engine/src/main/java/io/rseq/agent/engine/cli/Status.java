/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.cli;

import io.rseq.agent.engine.StatusAnswer;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Asks the agent in a running JVM for what is in force, its totals and its ledger. */
@CommandLine.Command(
        name = "status",
        description = "Prints what the agent in a running JVM has in force, its totals, and a line per thread.",
        mixinStandardHelpOptions = true)
final class Status implements Callable<Integer> {
    /** Well below what the other side waits for. */
    private static final int SECONDS_MAX = 60;

    @CommandLine.Parameters(index = "0", paramLabel = "PID", description = "the process, as in jps")
    private String pid;

    @CommandLine.Option(names = "--json", description = "prints one object of JSON; with --watch one a line")
    private boolean json;

    @CommandLine.Option(
            names = "--watch",
            arity = "0..1",
            fallbackValue = "2",
            paramLabel = "SECONDS",
            description = "asks again every SECONDS, 2 unless told, until it is interrupted or the JVM ends")
    private Integer seconds;

    @CommandLine.Option(names = "--times", paramLabel = "N", description = "with --watch, ends after N answers")
    private int times = Integer.MAX_VALUE;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (seconds == null) show(new RunningJvm(pid).status(), null);
        else watch();
        return 0;
    }

    private void watch() throws IOException, InterruptedException {
        if (seconds < 1 || seconds > SECONDS_MAX || times < 1)
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--watch takes 1 to " + SECONDS_MAX + " seconds, --times 1 or more");
        try (RepeatedStatus answers = new RepeatedStatus(new RunningJvm(pid))) {
            Screen screen = null;
            for (int shown = 0; shown < times; shown++) {
                if (shown > 0) Thread.sleep(1000L * seconds);
                String text = answers.next();
                if (text == null) return; // the JVM has ended
                screen = show(text, new Screen(pid, screen));
            }
        }
    }

    /** Prints the answer as it is, as JSON, or as a screen. */
    private Screen show(String text, Screen screen) throws IOException {
        check(text);
        PrintWriter out = spec.commandLine().getOut();
        if (json) out.println(new StatusText(text).json(pid));
        else if (screen == null) out.print(text);
        else out.print(screen.of(new StatusText(text), CommandLine.Help.Ansi.AUTO.enabled()));
        out.flush();
        return screen;
    }

    private void check(String text) throws IOException {
        if (text.isEmpty()) throw new IOException("no answer came from " + pid + "; its stderr may say why");
        if (text.equals(StatusAnswer.ABSENT))
            throw new IOException("the agent is not loaded in " + pid + "; load it with: attach " + pid);
        if (!RunningJvm.isLoaded(text))
            throw new IOException("the agent did not start in " + pid + ": " + RunningJvm.failure(text));
    }
}
