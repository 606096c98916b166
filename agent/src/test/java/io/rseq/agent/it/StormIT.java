/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.Index;
import io.rseq.agent.it.programs.Storm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * All structures at once under more threads than CPUs, signals, migration and collections, in each {@link Weather}: exact. And the same
 * storm finds out sequences that do not restart. 42 s in all; with the Maven profile {@code soak}, ten minutes.
 */
class StormIT {
    private static final int SECONDS = Integer.getInteger("rseq.storm.seconds", 42);
    private static final int UNTIL_CAUGHT_MS = 60_000;
    private static final Duration GRACE = Duration.ofSeconds(180);

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.rseq.agent.it.Weather#all")
    void structures_stay_exact_in_a_storm(Weather weather) {
        long milliseconds = SECONDS * 1000L / Weather.all().count();
        Outcome outcome = launch(weather.world(), milliseconds, "all", weather.index())
                .agent("adopt=adders,committer=" + weather.committer())
                .jvm(weather.flags().toArray(String[]::new))
                .run();
        outcome.printed("violations=0").succeeded();
        outcome.hadNoWarning().hadNothingFromTheJvmOnStderr();
        outcome.printed("committer=" + weather.committerInForce());
        happened(outcome, weather.world());
        for (String much : new String[] {
            "adders.adds",
            "doubles.adds",
            "histogram.records",
            "tally.records",
            "pool.operations",
            "buffer.drained",
            "stamped.drained",
            "lock.reads",
            "lock.writes"
        }) assertThat(outcome.number(much)).as("%s of %s", much, outcome).isPositive();
        if (weather.committerInForce().equals("atomic")) {
            assertThat(outcome.exitLine()).doesNotContainKey("restarts");
        } else {
            assertThat(outcome.exitLine()).containsKey("restarts");
            // what is interpreted is seldom in a sequence, and some seconds are short
            if (weather.compiled() && !Jdk.FAST)
                assertThat(Long.parseLong(outcome.exitLine().get("restarts")))
                        .as(outcome.toString())
                        .isPositive();
        }
    }

    /** That the storm sees what it is there for, on one JDK; which sequence does not restart, and where, the C tests find out without one. */
    @Test
    void sequences_that_do_not_restart_are_caught_by_the_same_storm() {
        World world = World.jdks().findFirst().orElseThrow();
        Outcome outcome = launch(world, UNTIL_CAUGHT_MS, "first", Index.CPU)
                .agent("native.path=" + broken())
                .jvm("-Xmx96m")
                .run()
                .exited(1);
        outcome.printed("committer=" + CommitterIT.committer(world.jdk()));
        happened(outcome, world);
        assertThat(outcome.number("violations")).as(outcome.toString()).isPositive();
        assertThat(outcome.out())
                .anyMatch(line -> line.startsWith("violation: stack: ") || line.startsWith("violation: counter: "));
        assertThat(outcome.exitLine()).containsEntry("restarts", "0"); // nothing was armed that could be restarted
    }

    /** Where it is not the first thing that they miss. */
    @ParameterizedTest
    @ValueSource(strings = {"lock", "tally"})
    void what_alone_has_sequences_that_do_not_restart_is_caught_by_the_same_storm(String alone) {
        World world = World.jdks().findFirst().orElseThrow();
        Outcome outcome = launch(world, UNTIL_CAUGHT_MS, alone, Index.CPU)
                .agent("native.path=" + broken())
                .jvm("-Xmx96m")
                .run()
                .exited(1);
        assertThat(outcome.number("violations")).as(outcome.toString()).isPositive();
        assertThat(outcome.out()).anyMatch(line -> line.startsWith("violation: " + alone + ": "));
        assertThat(outcome.exitLine()).containsEntry("restarts", "0");
    }

    private static Path broken() {
        Path broken = Path.of(System.getProperty("rseq.native"))
                .resolve("broken-linux-" + (Machine.isX86() ? "x86-64" : "aarch64"));
        assertThat(broken).isDirectoryContaining(file -> Files.isRegularFile(file));
        return broken;
    }

    private static Launch launch(World world, long milliseconds, String until, Index index) {
        Launch launch = Launch.of(world, Storm.class)
                .nativeAccess()
                .arguments(Fixture.library("storm", world.jdk()), milliseconds, until, index)
                .timeout(GRACE.plusMillis(milliseconds));
        // More carriers than CPUs: they are preempted and moved like the other threads.
        if (world.jdk().hasVirtualThreads()) launch.jvm("-Djdk.virtualThreadScheduler.parallelism=16");
        return launch;
    }

    private static void happened(Outcome outcome, World world) {
        for (String much : new String[] {"rounds", "signals", "counter.adds", "stack.popped"})
            assertThat(outcome.number(much)).as("%s of %s", much, outcome).isPositive();
        if (world.jdk().hasVirtualThreads())
            assertThat(outcome.number("rounds.virtual")).as(outcome.toString()).isGreaterThanOrEqualTo(1000);
        if (Machine.allowedCpus().cardinality() >= 2)
            assertThat(outcome.number("moves")).as(outcome.toString()).isPositive();
        if (outcome.number("violations") == 0)
            assertThat(outcome.number("collections")).as(outcome.toString()).isPositive();
    }
}
