/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Hello;
import io.rseq.agent.it.programs.Named;
import io.rseq.agent.it.programs.Recorded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The agent's events in flight recordings: there for who records, and nothing of JFR touched for who does not. */
class FlightRecordingIT {
    private static final int THREADS = 20;
    private static final int AT_EXIT = 4;
    private static final String TRANSITION = "rseq.Transition";
    private static final String TOTALS = "rseq.Totals";

    @EveryWorld
    void events_agree_with_the_debug_lines(World world) {
        Path file = file(world, "debug");
        Outcome outcome = recorded(world, file, "", TRANSITION)
                .agent("log=debug")
                .run()
                .succeeded()
                .hadNoWarning();
        RecordedEvents events = RecordedEvents.of(world, file);
        List<String> logged = outcome.agentLines().stream()
                .filter(line -> line.startsWith("rseq: DEBUG thread="))
                .toList();
        assertThat(logged).as(outcome.toString()).containsAll(events.logLines());
        assertThat(events.recordedThreads())
                .as(outcome.toString())
                .hasSize(2 * THREADS)
                .containsExactlyElementsOf(logged.stream()
                        .filter(line -> line.contains(" thread=recorded_"))
                        .toList());
        assertThat(events.transitions()).allMatch(event -> event.get("owner").equals("\"" + world.owner() + "\""));
    }

    @EveryWorld
    void everyday_transitions_are_recorded_and_not_logged(World world) {
        Path file = file(world, "info");
        Outcome outcome =
                recorded(world, file, "", TRANSITION).run().succeeded().hadNoWarning();
        assertThat(outcome.agentLines()).noneMatch(line -> line.contains("thread="));
        assertThat(RecordedEvents.of(world, file).recordedThreads()).hasSize(2 * THREADS);
    }

    @EveryWorld
    void totals_are_those_of_the_exit_line(World world) {
        Path file = file(world, "totals");
        Map<String, String> exit =
                recorded(world, file, "", TRANSITION).run().succeeded().exitLine();
        RecordedEvents events = RecordedEvents.of(world, file);
        // Of the end. There is one of the beginning, too, unless the recording began before our events were there.
        assertThat(events.totals()).isNotEmpty();
        Map<String, String> totals = events.lastTotals();
        for (Map.Entry<String, String> fact : exit.entrySet()) {
            String field = field(fact.getKey());
            assertThat(totals).as("%s of %s", field, exit).containsKey(field);
            // threads begin and end while the exit line and the last event are written
            assertThat(Long.parseLong(totals.get(field)))
                    .as("%s of %s", field, exit)
                    .isBetween(Long.parseLong(fact.getValue()) - AT_EXIT, Long.parseLong(fact.getValue()) + AT_EXIT);
        }
        long registered = Long.parseLong(totals.get("registered"));
        assertThat(registered).isGreaterThanOrEqualTo(THREADS);
        assertThat(registered).isEqualTo(Long.parseLong(totals.get(field("owner." + world.owner()))));
        assertThat(totals).containsEntry("refused", "0").containsEntry("woven", exit.get("woven"));
    }

    @EveryJdk
    void a_disabled_event_is_not_recorded_and_the_other_is(World world) {
        Path file = file(world, "disabled");
        recorded(world, file, ",+rseq.Transition#enabled=false", TOTALS).run().succeeded();
        RecordedEvents events = RecordedEvents.of(world, file);
        assertThat(events.transitions()).isEmpty();
        assertThat(events.totals()).isNotEmpty();
        Path other = file(world, "disabled-totals");
        recorded(world, other, ",+rseq.Totals#enabled=false", TRANSITION).run().succeeded();
        events = RecordedEvents.of(world, other);
        assertThat(events.recordedThreads()).hasSize(2 * THREADS);
        assertThat(events.totals()).isEmpty();
    }

    @EveryJdk
    void figures_of_named_structures_are_recorded_in_all_and_by_cpu(World world) {
        Path file = file(world, "structures");
        try (Running running = Launch.of(world, Named.class)
                .jvm("-XX:StartFlightRecording:filename=" + file, "-Xlog:jfr*=warning")
                .start()) {
            running.awaitOut("ready");
            running.say("go");
            running.finish().succeeded().hadNoWarning();
        }
        RecordedEvents events = RecordedEvents.of(world, file);
        assertThat(events.figure("served requests", "sum")).containsExactly(42, 42);
        assertThat(events.figure("buffers", "idle")).containsExactly(1, 1);
        assertThat(events.figure("buffers", "created")).containsExactly(1, 0);
    }

    @EveryJdk
    void recordings_that_jcmd_starts_and_stops_hold_each_its_own_threads(World world) {
        try (Running running = Launch.of(world, Recorded.class)
                .arguments(THREADS, 2, TRANSITION, "attended")
                .start()) {
            running.awaitOut("ready");
            for (int round = 0; round < 2; round++) {
                String name = "name=round" + round;
                Path file = file(world, "jcmd-" + round);
                jcmd(world, running.pid(), "JFR.start", name);
                running.say("go");
                running.awaitOut("round=" + round);
                jcmd(world, running.pid(), "JFR.stop", name, "filename=" + file);
                String threads = " thread=recorded_" + round + "_";
                assertThat(RecordedEvents.of(world, file).recordedThreads())
                        .hasSize(2 * THREADS)
                        .allMatch(line -> line.contains(threads));
            }
            running.say("end");
            running.finish().succeeded().hadNoWarning();
        }
    }

    @EveryJdk
    void an_agent_that_comes_during_a_recording_joins_it(World world) {
        Path file = file(world, "attached");
        try (Running running = recorded(world, file, "", TRANSITION)
                .withoutAgent()
                .arguments("attended")
                .jvm("-XX:+EnableDynamicAgentLoading")
                .start()) {
            running.awaitOut("ready");
            AgentJar.attachFromCommandLine(world.jdk(), running.pid());
            running.say("go");
            running.say("end");
            running.finish().succeeded().hadNoWarning();
        }
        assertThat(RecordedEvents.of(world, file).recordedThreads()).hasSize(2 * THREADS);
    }

    @EveryJdk
    void nothing_of_jfr_is_loaded_where_nobody_records(World world) {
        Set<String> with = ofJfr(Launch.of(world, Recorded.class));
        assertThat(with).isEqualTo(ofJfr(Launch.of(world, Recorded.class).agentJar(AgentJar.empty())));
        Set<String> recorded = ofJfr(recorded(world, file(world, "loaded"), "", TRANSITION));
        assertThat(recorded).hasSizeGreaterThan(with.size()).anyMatch(name -> name.startsWith("io.rseq."));
    }

    @EveryJdk
    void a_runtime_without_jfr_is_no_news(World world) {
        Launch.of(world, Hello.class)
                .jvm("--limit-modules", "java.instrument")
                .run()
                .succeeded()
                .hadNoWarning()
                .hadNothingFromTheJvmOnStderr()
                .printed("reader=raw");
    }

    private static Launch recorded(World world, Path file, String settings, String event) {
        return Launch.of(world, Recorded.class)
                .jvm("-XX:StartFlightRecording:filename=" + file + settings, "-Xlog:jfr*=warning")
                .arguments(THREADS, 1, event);
    }

    /** The classes of JFR, and ours that know it, that are loaded; without a round nobody waits for a recording. */
    private static Set<String> ofJfr(Launch launch) {
        Set<String> names = new TreeSet<>();
        Outcome outcome = launch.jvm("-Xlog:class+load:stdout:none")
                .arguments(0, 0, TRANSITION)
                .run()
                .succeeded();
        for (String line : outcome.out()) {
            if (line.matches("(jdk\\.jfr|io\\.rseq\\.agent\\.engine\\.jfr)\\..*")) names.add(line.split(" ")[0]);
        }
        return names;
    }

    private static void jcmd(World world, long pid, String... words) {
        List<String> command = new ArrayList<>(List.of(world.jdk().tool("jcmd"), Long.toString(pid)));
        command.addAll(List.of(words));
        Command.of(command).run().succeeded();
    }

    /** {@code owner.glibc} is {@code ownerGlibc}. */
    private static String field(String key) {
        int dot = key.indexOf('.');
        return dot < 0
                ? key
                : key.substring(0, dot) + Character.toUpperCase(key.charAt(dot + 1)) + key.substring(dot + 2);
    }

    private static Path file(World world, String name) {
        Path file = AgentJar.buildFolder().resolve(name + "-" + world.jdk().version() + "-" + world.owner() + ".jfr");
        try {
            Files.deleteIfExists(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return file;
    }
}
