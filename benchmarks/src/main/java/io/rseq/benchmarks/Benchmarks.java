/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * {@code java -jar rseq-benchmarks.jar --agent rseq-agent.jar --results FOLDER --jdk PATH [--jdk PATH]... [--rounds N] [--threads N,N,..]
 * [JMH's own options]}: JMH on each of several JDKs and with each of several thread counts, the agent in every fork, one page of all in the
 * end. An annotation takes no path, so all that depends on this machine is said here.
 *
 * <p>No rounds: the page of what earlier runs left in the folder.
 *
 * <p>Rounds, rather than forks of one benchmark in a row: what else a machine does changes slowly, and must not fall on one benchmark.
 */
public final class Benchmarks {
    private static final int FIRST_WITH_FFM = 21;
    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;
    private static final int MOST_CARRIERS = 256;

    /** What scripts of their own run: {@code AdoptedJackson}. */
    private static final String NOT_FOR_THE_PAGE = "\\.(?!\\w*Benchmark\\.)\\w+\\.\\w+$";

    private static final String THREADS = "threads";
    private static final String CARRIERS = "carriers";
    private static final Pattern JSON =
            Pattern.compile("jmh-jdk\\d+-(?:" + THREADS + "|" + CARRIERS + ")(\\d+)-round\\d+\\.json");
    private static final int CPUS = Runtime.getRuntime().availableProcessors();

    /** Not 1: that is an exception. */
    private static final int CLAIM_MISSED = 3;

    private Path agent;
    private Path results;
    private Path limits;

    /** What {@link Disturbance} reads; null: every iteration is as good as another. */
    private Path disturbance;

    private long patienceMs = 2000;
    private int rounds = 1;
    private int[] threads = {1, CPUS, 4 * CPUS, 8 * CPUS, 16 * CPUS};
    private int[] carriers = threads;

    /** What no claim is about, at all and at one thread; null: nothing is left out. */
    private String left;

    private String notAtOneThread;

    private final List<Path> jdks = new ArrayList<>();
    private final List<String> jmh = new ArrayList<>();

    private Benchmarks(String[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--agent" -> agent = Path.of(arguments[++i]).toAbsolutePath();
                case "--results" -> results = Path.of(arguments[++i]);
                case "--limits" -> limits = Path.of(arguments[++i]).toAbsolutePath();
                case "--disturbance" -> disturbance = Path.of(arguments[++i]).toAbsolutePath();
                case "--rounds" -> rounds = Integer.parseInt(arguments[++i]);
                case "--jdk" -> jdks.add(Path.of(arguments[++i]));
                case "--threads" -> {
                    threads = numbers(arguments[++i]);
                    carriers = threads;
                }
                case "--quick" -> {
                    threads = new int[] {1, CPUS};
                    carriers = new int[] {CPUS};
                    patienceMs = 100;
                    left = "\\.Jackson3\\w+Benchmark\\.";
                    notAtOneThread = "\\.(Jackson|DoubleAdder|Max)Benchmark\\.";
                }
                default -> jmh.add(arguments[i]);
            }
        }
        if (agent == null || results == null || jdks.isEmpty())
            throw new IllegalArgumentException("--agent, --results and at least one --jdk are needed");
        if (!Files.isReadable(agent)) throw new IllegalArgumentException(agent + " can't be read");
    }

    public static void main(String[] arguments) throws Exception {
        Benchmarks benchmarks = new Benchmarks(arguments);
        Files.createDirectories(benchmarks.results);
        if (benchmarks.disturbance != null)
            benchmarks.disturbance = Disturbance.sample(benchmarks.disturbance, benchmarks.results);
        Scores scores = new Scores();
        if (benchmarks.rounds == 0) benchmarks.readAll(scores);
        for (int round = 1; round <= benchmarks.rounds; round++) {
            for (Path jdk : benchmarks.jdks) benchmarks.run(jdk, round, scores);
        }
        List<Chart> charts = Chart.of(scores);
        Report report = new Report(scores, CPUS);
        String page = report.write(Machine.here(), charts) + benchmarks.retained();
        Files.writeString(benchmarks.results.resolve("benchmarks.md"), page);
        Chart.draw(page, benchmarks.results);
        System.out.println(page);
        if (!report.held()) System.exit(CLAIM_MISSED);
    }

    /** The part about memory: as long as nobody named benchmarks, or named it among them. */
    private String retained() throws CommandLineOptionException, IOException, InterruptedException {
        List<String> named = new CommandLineOptions(jmh.toArray(new String[0])).getIncludes();
        if (!named.isEmpty() && !named.contains(RetainedMemory.class.getSimpleName())) return "";
        StringBuilder sections = new StringBuilder();
        for (Path jdk : jdks) {
            int feature = feature(jdk);
            if (feature < FIRST_WITH_VIRTUAL_THREADS) continue;
            System.out.println("# Memory retained by parked virtual threads, JDK " + feature);
            Path raw = results.resolve("retained-jdk" + feature + ".txt");
            sections.append(Retained.section(jdk, agent, raw, Math.max(3, rounds + 2)));
        }
        return sections.toString();
    }

    private void run(Path jdk, int round, Scores scores)
            throws CommandLineOptionException, RunnerException, IOException, InterruptedException {
        int feature = feature(jdk);
        Set<String> measured = new HashSet<>();
        for (int count : threads) {
            Path json = json(feature, THREADS, count, round);
            if (measure(options(jdk, feature, count).exclude(Group.VIRTUAL), json))
                measured.add(scores.read(json, count));
        }
        if (feature >= FIRST_WITH_VIRTUAL_THREADS) {
            for (int count : carriers) {
                Path json = json(feature, CARRIERS, count, round);
                if (measure(onVirtualThreads(jdk, feature, count), json)) measured.add(scores.read(json, count));
            }
        }
        if (limits == null) return;
        for (String name : measured) NativeLimits.measure(limits, scores, name);
    }

    private Path json(int feature, String by, int count, int round) {
        return results.resolve("jmh-jdk" + feature + "-" + by + count + "-round" + round + ".json");
    }

    /** What earlier runs left: theirs is the page then. */
    private void readAll(Scores scores) throws IOException, InterruptedException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(results, "jmh-*.json")) {
            for (Path json : files) {
                Matcher name = JSON.matcher(json.getFileName().toString());
                if (name.matches()) scores.read(json, Integer.parseInt(name.group(1)));
            }
        }
        if (limits == null) return;
        for (String jdk : scores.jdks()) NativeLimits.measure(limits, scores, jdk);
    }

    private ChainedOptionsBuilder onVirtualThreads(Path jdk, int feature, int count) throws CommandLineOptionException {
        return options(jdk, feature, 1)
                .addProfiler(CpuTime.class)
                .addProfiler(GCProfiler.class)
                .jvmArgsAppend(
                        "-Djdk.virtualThreadScheduler.parallelism=" + count,
                        "-Djdk.virtualThreadScheduler.maxPoolSize=" + Math.max(count, MOST_CARRIERS))
                .exclude("\\.(?!\\w*" + Group.VIRTUAL + ")\\w+Benchmark\\.");
    }

    /** Returns whether there was anything to measure. */
    private static boolean measure(ChainedOptionsBuilder options, Path json) throws RunnerException {
        System.out.println("# " + json.getFileName());
        try {
            Collection<RunResult> result = new Runner(options.build()).run();
            ResultFormatFactory.getInstance(ResultFormatType.JSON, json.toString())
                    .writeOut(result);
        } catch (NoBenchmarksException noneOfThoseWanted) {
            return false;
        }
        return true;
    }

    private ChainedOptionsBuilder options(Path jdk, int feature, int count) throws CommandLineOptionException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .parent(new CommandLineOptions(jmh.toArray(new String[0])))
                .jvm(jdk.resolve("bin/java").toString())
                .threads(count)
                // JNA asks for native access, Agrona for a package of the JDK: the peers' business, and their warnings
                // would clutter the log
                .jvmArgsPrepend(
                        "-javaagent:" + agent + "=log=warn",
                        "--enable-native-access=ALL-UNNAMED",
                        "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED")
                .shouldFailOnError(true);
        if (disturbance != null)
            options.addProfiler(Disturbance.class, Disturbance.parameters(disturbance, patienceMs));
        options.exclude(NOT_FOR_THE_PAGE);
        if (feature < FIRST_WITH_FFM) options.exclude("indexFfm");
        if (feature < IndexBenchmark.FIRST_WITH_CRITICAL) options.exclude("peerFfm");
        if (left != null) options.exclude(left);
        if (count == 1 && notAtOneThread != null) options.exclude(notAtOneThread);
        if (count > 1) options.exclude("IndexBenchmark").exclude("Unsynchronized");
        return options;
    }

    private static int[] numbers(String list) {
        String[] words = list.split(",");
        int[] numbers = new int[words.length];
        for (int i = 0; i < words.length; i++) numbers[i] = Integer.parseInt(words[i].trim());
        return numbers;
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
