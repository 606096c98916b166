/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Churn;
import io.rseq.agent.it.programs.Ending;
import java.time.Duration;
import java.util.Map;

/** Threads that come and go: nothing is lost, nothing is counted twice, nothing grows, and the end is the application's own. */
class ThreadChurnIT {
    private static final int MANY = 60_000;
    private static final int SOME = 20_000;
    private static final long SLACK_KILOBYTES = 32 * 1024;
    private static final int SIGTERM_EXIT = 128 + 15;

    @EveryWorld
    void registered_is_released_plus_live_after_very_many_threads_and_memory_is_flat(World world) {
        boolean agentRegisters = !world.glibc(); // there it does the most for each thread
        int threads = world.jdk().isStandard() && agentRegisters ? MANY : SOME;
        Outcome outcome = churn(world, threads, "log=info").hadNoWarning();
        Map<String, String> totals = balanced(outcome, world, threads);
        assertThat(totals).containsEntry("dropped", "0");
        assertThat(outcome.number("rssLate") - outcome.number("rssEarly"))
                .as("growth of the resident set in kB, of %s", outcome)
                .isLessThan(SLACK_KILOBYTES);
    }

    private static final int AT_EXIT = 4;

    @EveryWorld
    void every_transition_is_logged_or_counted_as_dropped(World world) {
        Outcome outcome = churn(world, SOME, "log=debug");
        Map<String, String> totals = balanced(outcome, world, SOME);
        long registered = Long.parseLong(totals.get("registered"));
        long released = Long.parseLong(totals.get("released"));
        long dropped = Long.parseLong(totals.get("dropped"));
        long logged = outcome.err().stream()
                .filter(line -> line.contains(" registered owner=") || line.contains(" released refcount="))
                .count();
        // threads that begin or end while the exit line is written may be in one of the two and not in the other
        assertThat(logged + dropped)
                .as("transitions of %s", outcome)
                .isBetween(registered + released - AT_EXIT, registered + released + AT_EXIT);
    }

    @EveryWorld
    void system_exit_during_churn_keeps_its_exit_code(World world) {
        Outcome outcome = Launch.of(world, Ending.class).arguments("exit").run().exited(5);
        outcome.hadNoWarning().hadNothingFromTheJvmOnStderr();
        assertThat(outcome.exitLine()).containsKey("registered");
    }

    @EveryJdk
    void exit_waits_for_no_lock_of_the_jdk_also_under_debug(World world) {
        Outcome outcome = Launch.of(world, Ending.class)
                .agent("log=debug")
                .arguments("lock")
                .run()
                .exited(5);
        assertThat(outcome.exitLine()).containsKey("registered");
    }

    @EveryWorld
    void halt_during_churn_keeps_its_exit_code(World world) {
        Launch.of(world, Ending.class)
                .agent("log=debug")
                .arguments("halt")
                .run()
                .exited(7)
                .hadNothingFromTheJvmOnStderr();
    }

    @EveryWorld
    void sigterm_during_churn_ends_it_as_without_the_agent(World world) {
        try (Running running = Launch.of(world, Ending.class).arguments("wait").start()) {
            running.awaitOut("churning");
            running.terminate();
            Outcome outcome =
                    running.finish().exited(SIGTERM_EXIT).hadNoWarning().hadNothingFromTheJvmOnStderr();
            assertThat(outcome.exitLine()).containsKey("registered");
        }
    }

    private static Outcome churn(World world, int threads, String options) {
        return Launch.of(world, Churn.class)
                .agent(options)
                .jvm("-Xmx32m", "-Xms32m", "-XX:+AlwaysPreTouch")
                .arguments(threads)
                .timeout(Duration.ofSeconds(120))
                .run()
                .succeeded()
                .hadNothingFromTheJvmOnStderr();
    }

    private static Map<String, String> balanced(Outcome outcome, World world, int threads) {
        Map<String, String> totals = outcome.exitLine();
        long registered = Long.parseLong(totals.get("registered"));
        long released = Long.parseLong(totals.get("released"));
        long live = Long.parseLong(totals.get("live"));
        assertThat(registered).isGreaterThanOrEqualTo(threads);
        assertThat(released).isGreaterThanOrEqualTo(threads);
        // where the agent registers, only threads that read an index are counted: main does not
        assertThat(live).as("live of %s", outcome).isBetween(world.glibc() ? 1L : 0L, 20L);
        assertThat(totals)
                .containsEntry("owner." + world.owner(), Long.toString(registered))
                .containsEntry("refused", "0")
                .containsEntry("reregistered", "0")
                .containsEntry("overflowed", "0")
                .containsEntry("adopted", "0")
                .containsEntry("syscalls.register", world.glibc() ? "0" : Long.toString(registered))
                .containsEntry("syscalls.unregister", world.glibc() ? "0" : Long.toString(released));
        return totals;
    }
}
