/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.LiveThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The ledger that {@code status PID} prints: a row for each live counted thread, and for no other. */
class LedgerIT {
    private static final int STAYING = 6;

    @EveryWorld
    void status_shows_each_live_counted_thread_by_its_java_name(World world) {
        try (Running running =
                Launch.of(world, LiveThreads.class).arguments(5, STAYING).start()) {
            running.awaitOut("ready");
            Status status = Status.of(world, running.pid());
            assertThat(status.description()).contains("owner=" + world.owner());
            Set<String> tids = new TreeSet<>();
            for (int i = 0; i < STAYING; i++) {
                Status.Row row = status.threadNamed("staying-" + i);
                assertThat(row.word("owner")).isEqualTo(world.owner());
                assertThat(row.word("area")).matches("0x[0-9a-f]+");
                assertThat(row.number("length")).isGreaterThanOrEqualTo(32);
                assertThat(row.number("refcount")).isEqualTo(1);
                assertThat(row.number("since")).isNotNegative();
                assertThat(row.number("reregistered")).isZero();
                assertThat(row.word("index")).isEqualTo("area");
                tids.add(row.word("tid"));
            }
            assertThat(tids).hasSize(STAYING).isSubsetOf(running.threads());
            assertThat(status.rows()).noneMatch(row -> row.word("thread").startsWith("ending-"));
            assertThat(status.rows()).as("rows of %s", status).hasSize((int) status.total("live"));
            running.say("go");
            running.finish().succeeded().hadNoWarning();
        }
    }

    @EveryJdk
    void status_says_getcpu_where_no_area_is_read(World world) {
        for (String option : List.of("reader=getcpu", "owner=unknown")) {
            try (Running running = Launch.of(world, LiveThreads.class)
                    .agent(option)
                    .arguments(1, 1)
                    .start()) {
                running.awaitOut("ready");
                Status status = Status.of(world, running.pid());
                Status.Row row = status.threadNamed("staying-0");
                assertThat(row.word("index")).as(status.toString()).isEqualTo("getcpu");
                assertThat(row.word("area").equals("none"))
                        .as(status.toString())
                        .isEqualTo(option.equals("owner=unknown"));
                running.say("go");
                running.finish().succeeded();
            }
        }
    }

    @EveryJdk
    void status_shows_a_thread_whose_name_is_no_proper_unicode(World world) {
        try (Running running =
                Launch.of(world, LiveThreads.class).arguments(0, 1, "half").start()) {
            running.awaitOut("ready");
            Status status = Status.of(world, running.pid());
            assertThat(status.threadNamed("?0").word("index")).isEqualTo("area");
            running.say("go");
            running.finish().succeeded();
        }
    }

    @EveryJdk
    void foreign_native_half_of_jna_costs_the_threads_and_the_second_source_alone(World world) throws IOException {
        Path folder = Files.createDirectories(AgentJar.buildFolder().resolve("foreign-jna"));
        Files.copy(
                Fixture.library("foreign_jna", world.jdk()),
                folder.resolve("libjnidispatch.so"),
                StandardCopyOption.REPLACE_EXISTING);
        try (Running running = Launch.of(world, LiveThreads.class)
                .jvm("-Djna.boot.library.path=" + folder)
                .agent("log=debug")
                .arguments(1, 1)
                .start()) {
            running.awaitErr("WARN JNA can't start here");
            List<String> lines = Status.lines(world, running.pid());
            assertThat(lines).hasSize(3);
            assertThat(lines.get(2)).startsWith("WARN JNA can't start here").endsWith("the threads are not shown");
            assertThat(running.threadNames()).contains("rseq-journal");
            running.say("go");
            Outcome outcome = running.finish().succeeded();
            assertThat(outcome.warnings())
                    .filteredOn(line -> line.contains("JNA"))
                    .hasSize(1);
            assertThat(outcome.exitLine()).containsKey("registered");
        }
    }

    @EveryJdk
    void status_where_jna_can_not_start_shows_the_totals_and_says_why(World world) {
        try (Running running = Launch.of(world, LiveThreads.class)
                .jvm("-Djna.tmpdir=/proc/nowhere", "-Djava.io.tmpdir=/proc/nowhere")
                .agent("native.tmpdir=" + AgentJar.buildFolder())
                .arguments(1, 1)
                .start()) {
            running.awaitOut("ready");
            List<String> lines = Status.lines(world, running.pid());
            assertThat(lines).hasSize(3);
            assertThat(lines.get(1)).startsWith("registered=");
            assertThat(lines.get(2)).startsWith("WARN JNA can't start here").endsWith("the threads are not shown");
            running.say("go");
            running.finish().succeeded();
        }
    }
}
