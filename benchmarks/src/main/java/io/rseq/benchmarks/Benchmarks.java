/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * {@code java -jar rseq-benchmarks.jar --agent rseq-agent.jar --results FOLDER --jdk PATH [--jdk PATH]... [--rounds N] [JMH's own
 * options]}: JMH on each of several JDKs, the agent in every fork, one table of all in the end. An annotation takes no path, so all that
 * depends on this machine is said here.
 *
 * <p>Rounds, rather than forks of one benchmark in a row: what else a machine does changes slowly, and must not fall on one benchmark.
 */
public final class Benchmarks {
    private static final int FIRST_WITH_FFM = 21;

    /** Not 1: that is an exception. */
    private static final int CLAIM_MISSED = 3;

    private Path agent;
    private Path results;
    private int rounds = 1;
    private final List<Path> jdks = new ArrayList<>();
    private final List<String> jmh = new ArrayList<>();

    private Benchmarks(String[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--agent" -> agent = Path.of(arguments[++i]).toAbsolutePath();
                case "--results" -> results = Path.of(arguments[++i]);
                case "--rounds" -> rounds = Integer.parseInt(arguments[++i]);
                case "--jdk" -> jdks.add(Path.of(arguments[++i]));
                default -> jmh.add(arguments[i]);
            }
        }
        if (agent == null || results == null || jdks.isEmpty())
            throw new IllegalArgumentException("--agent, --results and at least one --jdk are needed");
        if (!Files.isReadable(agent)) throw new IllegalArgumentException(agent + " can't be read");
    }

    public static void main(String[] arguments) throws Exception {
        Benchmarks benchmarks = new Benchmarks(arguments);
        ResultTable table = new ResultTable();
        for (int round = 1; round <= benchmarks.rounds; round++) {
            for (Path jdk : benchmarks.jdks) table.add(benchmarks.run(jdk, round));
        }
        table.print(System.out);
        boolean held = Claim.checkAll(table, System.out);
        if (!held) System.exit(CLAIM_MISSED);
    }

    private Collection<RunResult> run(Path jdk, int round)
            throws CommandLineOptionException, RunnerException, IOException {
        int feature = feature(jdk);
        ChainedOptionsBuilder options = new OptionsBuilder()
                .parent(new CommandLineOptions(jmh.toArray(new String[0])))
                .jvm(jdk.resolve("bin/java").toString())
                // JNA asks for native access: the peers' business, and a warning of theirs would only clutter the log
                .jvmArgsPrepend("-javaagent:" + agent + "=log=warn", "--enable-native-access=ALL-UNNAMED")
                .shouldFailOnError(true);
        if (feature < FIRST_WITH_FFM) options.exclude("indexFfm");
        Collection<RunResult> result = new Runner(options.build()).run();
        Files.createDirectories(results);
        ResultFormatFactory.getInstance(
                        ResultFormatType.JSON,
                        results.resolve("jmh-jdk" + feature + "-round" + round + ".json")
                                .toString())
                .writeOut(result);
        return result;
    }

    /** The JDK's feature version, from its release file: {@code JAVA_VERSION="17.0.15"}. */
    private static int feature(Path jdk) throws IOException {
        for (String line : Files.readAllLines(jdk.resolve("release"))) {
            if (line.startsWith("JAVA_VERSION="))
                return Runtime.Version.parse(
                                line.substring(line.indexOf('=') + 1).replace("\"", ""))
                        .feature();
        }
        throw new IOException(jdk + "/release names no JAVA_VERSION");
    }
}
