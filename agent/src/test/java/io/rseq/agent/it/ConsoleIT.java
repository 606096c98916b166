/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Churn;
import io.rseq.agent.it.programs.Hello;
import io.rseq.agent.it.programs.LiveThreads;
import io.rseq.agent.it.programs.Shapes;
import io.rseq.agent.it.programs.SlowExit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What appears on the console: the agent's own lines, where the user wants them, and not one of the JVM's. */
class ConsoleIT {
    @EveryWorld
    void jvm_warns_of_nothing(World world) {
        silent(Launch.of(world, Hello.class));
    }

    @EveryWorld
    void jvm_warns_of_nothing_when_it_denies_what_it_would_warn_of(World world) {
        Launch launch = Launch.of(world, Hello.class);
        if (world.jdk().feature() >= 24)
            launch.jvm("--illegal-native-access=deny", "--sun-misc-unsafe-memory-access=deny");
        else launch.jvm("--illegal-access=deny");
        Outcome outcome = launch.run().succeeded().hadNoWarning().printed("reader=raw");
        // JDK 17 says of this very flag that it is no longer supported
        assertThat(outcome.err().stream()
                        .filter(line -> !line.startsWith("rseq: ") && !line.contains("illegal-access")))
                .isEmpty();
    }

    /** Not with log=debug: JNA starts then, and its own initialiser calls JNI without looking for exceptions. */
    @EveryWorld
    void jvm_finds_nothing_wrong_with_our_jni(World world) {
        List<String> withoutOurs = complaints(
                Launch.of(world, Churn.class).agentJar(AgentJar.empty())); // the launcher's own, on some JDKs
        for (String reader : new String[] {"raw", "jni", "getcpu"}) {
            List<String> complaints = complaints(Launch.of(world, Churn.class).agent("log=info,reader=" + reader));
            assertThat(withoutOurs).containsAll(complaints);
        }
        if (world.jdk().feature() >= 21)
            assertThat(withoutOurs)
                    .containsAll(complaints(Launch.of(world, Churn.class).agent("reader=ffm")));
    }

    @EveryJdk
    void class_data_sharing_stays_on(World world) {
        silent(Launch.of(world, Hello.class).jvm("-Xshare:on"));
        Launch ours = Launch.of(world, Hello.class);
        Launch empty = Launch.of(world, Hello.class).agentJar(AgentJar.empty());
        Set<String> fromArchive = loaded(empty, true);
        assertThat(fromArchive).hasSizeGreaterThan(300);
        fromArchive.retainAll(loaded(ours, false));
        assertThat(fromArchive)
                .as("classes that come from the archive under an empty agent, and not under ours")
                .isEmpty();
    }

    @EveryJdk
    void class_data_sharing_is_said_to_be_no_different_from_an_agent_that_does_nothing(World world) {
        List<String> with = cdsLines(Launch.of(world, Hello.class));
        List<String> empty = cdsLines(Launch.of(world, Hello.class).agentJar(AgentJar.empty()));
        assertThat(with).isEqualTo(empty);
    }

    @EveryWorld
    void log_off_prints_nothing(World world) {
        Outcome outcome = Launch.of(world, Shapes.class).agent("log=off").run().succeeded();
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.number("static")).isNotNegative();
    }

    @EveryJdk
    void log_warn_prints_nothing_when_all_is_well(World world) {
        assertThat(Launch.of(world, Shapes.class)
                        .agent("log=warn")
                        .run()
                        .succeeded()
                        .err())
                .isEmpty();
    }

    @EveryJdk
    void log_file_gets_the_lines_and_stderr_none(World world) throws IOException {
        Path file = AgentJar.buildFolder().resolve("log-" + world.jdk().feature() + ".txt");
        Files.deleteIfExists(file);
        for (int round = 1; round <= 2; round++) {
            Outcome outcome = Launch.of(world, Shapes.class)
                    .agent("log=debug,log.file=" + file)
                    .run()
                    .succeeded();
            assertThat(outcome.err()).isEmpty();
            List<String> lines = Files.readAllLines(file);
            assertThat(lines).allMatch(line -> line.startsWith("rseq: "));
            assertThat(lines.stream().filter(line -> line.startsWith("rseq: owner=")))
                    .hasSize(round);
            assertThat(lines.stream().filter(line -> line.startsWith("rseq: exit ")))
                    .hasSize(round);
            assertThat(lines).anyMatch(line -> line.startsWith("rseq: DEBUG thread=main "));
        }
    }

    @EveryJdk
    void log_format_json_makes_each_line_an_object_warnings_too(World world) {
        Outcome outcome = Launch.of(world, Hello.class)
                .agent("log.format=json,log=debug,no=such")
                .run()
                .succeeded();
        List<Map<String, String>> lines = outcome.err().stream().map(Parsed::of).toList();
        assertThat(lines)
                .allMatch(line -> line.keySet().equals(Set.of("time", "level", "logger", "message")))
                .anyMatch(line ->
                        line.get("level").equals("WARN") && line.get("message").startsWith("unknown option no"))
                .anyMatch(line ->
                        line.get("level").equals("INFO") && line.get("message").startsWith("owner="))
                .anyMatch(line -> line.get("level").equals("DEBUG"));
    }

    @EveryJdk
    void debug_log_of_a_jvm_that_takes_long_to_exit_has_no_warning(World world) {
        Launch.of(world, SlowExit.class)
                .agent("log=debug")
                .run()
                .succeeded()
                .hadNoWarning()
                .printed("hook=ended");
    }

    @EveryJdk
    void log_max_keeps_a_debug_log_of_many_threads_within_two_files(World world) throws IOException {
        Path folder = AgentJar.buildFolder().resolve("log-max-" + world.jdk().feature());
        Files.createDirectories(folder);
        Path file = folder.resolve("log");
        Files.deleteIfExists(file);
        Launch.of(world, Churn.class)
                .agent("log=debug,log.max=1m,log.file=" + file)
                .arguments(10_000)
                .run()
                .succeeded();
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("log", "log.1");
        assertThat(Files.size(folder.resolve("log.1"))).isBetween((1L << 20) - 1024, 1L << 20);
        List<String> lines = new ArrayList<>(Files.readAllLines(folder.resolve("log.1")));
        lines.addAll(Files.readAllLines(file));
        assertThat(lines).allMatch(line -> line.startsWith("rseq: "));
        // the threads of shutdown hooks, of which one wrote the exit line, may be released behind it
        int exit = lines.size() - 1;
        while (exit > 0 && lines.get(exit).startsWith("rseq: DEBUG ")) exit--;
        assertThat(lines.get(exit)).startsWith("rseq: exit ");
    }

    @EveryJdk
    void log_file_that_can_not_be_written_is_one_warning(World world) {
        Launch.of(world, Hello.class)
                .agent("log.file=/nonexistent/log")
                .run()
                .succeeded()
                .warnedOnceOf("log.file=/nonexistent/log", "stderr")
                .printed("reader=raw");
    }

    /** Which would otherwise wait for its reader before main. */
    @EveryJdk
    void log_file_that_is_a_fifo_is_one_warning(World world) throws IOException {
        Path fifo = AgentJar.buildFolder().resolve("log-" + world.jdk().feature() + ".fifo");
        Files.deleteIfExists(fifo);
        Command.of("mkfifo", fifo.toString()).run().succeeded();
        Launch.of(world, Hello.class)
                .agent("log.file=" + fifo)
                .run()
                .succeeded()
                .warnedOnceOf("log.file=" + fifo, "stderr", "neither a file nor a character device")
                .printed("reader=raw");
    }

    /** Pipes here, as in a container. */
    @EveryJdk
    void log_file_may_name_stderr_stdout_or_a_device(World world) throws IOException {
        assertThat(Launch.of(world, Hello.class)
                        .agent("log.file=/dev/stderr")
                        .run()
                        .succeeded()
                        .hadNoWarning()
                        .exitLine())
                .containsKey("registered");
        Path link = AgentJar.buildFolder().resolve("log-" + world.jdk().feature() + ".link");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of("/dev/stdout"));
        Outcome out =
                Launch.of(world, Hello.class).agent("log.file=" + link).run().succeeded();
        assertThat(out.err()).isEmpty();
        assertThat(out.out()).anyMatch(line -> line.startsWith("rseq: exit "));
        Outcome none =
                Launch.of(world, Hello.class).agent("log.file=/dev/null").run().succeeded();
        assertThat(none.err()).isEmpty();
    }

    @EveryJdk
    void launcher_of_the_boot_loader_finds_its_jar(World world) {
        silent(Launch.of(world, Hello.class).jvm("-Xbootclasspath/a:" + AgentJar.path()));
    }

    @EveryJdk
    void image_without_java_logging_is_told_of_the_module(World world) {
        try (Running running = Launch.of(world, LiveThreads.class)
                .agent("log=debug")
                .jvm("--limit-modules", "java.base,java.instrument")
                .arguments(0, 0)
                .start()) {
            running.awaitErr("JNA can't start here");
            running.say("go");
            running.finish().succeeded().warnedOnceOf("JNA can't start here", "lacks the module java.logging");
        }
    }

    private static void silent(Launch launch) {
        launch.run()
                .succeeded()
                .hadNoWarning()
                .hadNothingFromTheJvmOnStderr()
                .printed("hello")
                .printed("reader=raw");
    }

    /** The classes that were loaded, from the archive or from elsewhere. */
    private static Set<String> loaded(Launch launch, boolean fromArchive) {
        Set<String> names = new TreeSet<>();
        for (String line :
                launch.jvm("-Xlog:class+load:stdout:none").run().succeeded().out()) {
            int source = line.indexOf(" source: ");
            if (source > 0 && line.contains("source: shared objects file") == fromArchive)
                names.add(line.substring(0, source));
        }
        return names;
    }

    /** What -Xcheck:jni says, without the numbers; not what it says to JDK 17's own getAllLoadedClasses, which any agent may call. */
    private static List<String> complaints(Launch launch) {
        Outcome outcome = launch.jvm("-Xcheck:jni").arguments(500).run().succeeded();
        List<String> complaints = new ArrayList<>();
        for (List<String> lines : List.of(outcome.out(), outcome.err())) {
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                String where = i + 1 < lines.size() ? lines.get(i + 1) : "";
                boolean complaint =
                        line.contains("in native method") || line.contains("WARNING") || line.contains("FATAL");
                if (complaint && !where.contains("sun.instrument.InstrumentationImpl.getAllLoadedClasses0"))
                    complaints.add(line.replaceAll("[0-9]+", "N"));
            }
        }
        return complaints;
    }

    /** What CDS says, without times and addresses. */
    private static List<String> cdsLines(Launch launch) {
        return launch.jvm("-Xlog:cds:stdout:none").run().succeeded().out().stream()
                .filter(line -> line.toLowerCase(java.util.Locale.ROOT).contains("disabled"))
                .map(line -> line.replaceAll("0x[0-9a-f]+", "0x"))
                .toList();
    }
}
