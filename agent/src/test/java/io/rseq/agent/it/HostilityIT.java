/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Hostility;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Threads of every kind, forks, late libraries and signal floods at once: no crash, no hang, no wrong index, and in the end each count is
 * somebody's. 20 s in all; with the Maven profile {@code soak}, ten minutes.
 */
class HostilityIT {
    private static final int SECONDS = Integer.getInteger("rseq.hostility.seconds", 20);
    private static final int COPIES = 4;
    private static final Duration GRACE = Duration.ofSeconds(120);

    @EveryWorld
    void counts_balance_and_every_index_is_right_whatever_threads_libraries_and_signals_do(World world)
            throws IOException {
        List<Object> arguments = new ArrayList<>();
        int seconds = seconds(world);
        arguments.add(seconds);
        arguments.add(Fixture.library("hostility", world.jdk()));
        for (int i = 0; i < COPIES; i++) arguments.add(copy(Fixture.library("counting", world.jdk()), i));
        try (Running running = Launch.of(world, Hostility.class)
                .jna()
                .jvm("-XX:+EnableDynamicAgentLoading") // the status is asked for; from 21 on the JVM warns without it
                .arguments(arguments.toArray())
                .timeout(GRACE.plusSeconds(seconds))
                .start()) {
            running.awaitOut("settled");
            settled(world, running);
            running.say("go");
            Outcome outcome = running.finish().succeeded().hadNoWarning().hadNothingFromTheJvmOnStderr();
            happened(world, outcome);
        }
    }

    /** Each live count is that of a thread that the JVM has, counted once. */
    private static void settled(World world, Running running) {
        Status status = Status.of(world, running.pid());
        for (String nothing : new String[] {"adopted", "refused", "reregistered", "overflowed", "dropped", "unwoven"})
            assertThat(status.total(nothing)).as("%s of %s", nothing, status).isZero();
        long live = status.total("live");
        assertThat(status.rows()).as(status.toString()).hasSize((int) live);
        for (Status.Row row : status.rows()) {
            assertThat(row.word("thread")).as(status.toString()).isNotEqualTo("?");
            assertThat(row.number("refcount")).as(status.toString()).isEqualTo(1);
            assertThat(row.word("owner")).as(status.toString()).isEqualTo(world.owner());
        }
        assertThat(running.threads())
                .containsAll(status.rows().stream().map(row -> row.word("tid")).toList());
        long registrations = status.total("syscalls.register") - status.total("syscalls.unregister");
        assertThat(registrations).as(status.toString()).isEqualTo(world.glibc() ? 0 : live);
    }

    private static void happened(World world, Outcome outcome) {
        for (String much : new String[] {"platform", "killed", "processes", "looks", "signals", "attachments"})
            assertThat(outcome.number(much)).as("%s of %s", much, outcome).isPositive();
        if (world.jdk().hasVirtualThreads())
            assertThat(outcome.number("virtual")).isPositive();
        if (!world.glibc()) assertThat(outcome.number("countedAsOfOld")).isPositive();
        assertThat(outcome.number("witness.compared")).isPositive();
        for (String nothing : new String[] {"failures", "outOfRange", "witness.disagreed", "witness.outOfRange"})
            assertThat(outcome.number(nothing)).as("%s of %s", nothing, outcome).isZero();
    }

    /** The most where the agent registers, on the JDK that runs the tests. */
    private static int seconds(World world) {
        boolean main = world.jdk().isStandard() && !world.glibc();
        return SECONDS * (main ? 2 : 1) / 5;
    }

    private static Path copy(Path library, int number) throws IOException {
        Path copy = library.resolveSibling(number + "-" + library.getFileName());
        return Files.copy(library, copy, StandardCopyOption.REPLACE_EXISTING);
    }
}
