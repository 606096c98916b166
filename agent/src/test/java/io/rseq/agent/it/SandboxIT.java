/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rseq.agent.it.programs.FenceRefusedLater;
import io.rseq.agent.it.programs.OpenedWhenTold;
import io.rseq.agent.it.programs.RefusedLater;
import io.rseq.agent.it.programs.Surrounded;
import java.util.ArrayList;
import java.util.List;

/** Where the kernel's rseq(2), or the files that say how many CPUs there are, can't be had: one clear line, and every index in range. */
class SandboxIT {
    @EveryWorld
    void filter_that_answers_ENOSYS_is_one_warning_and_every_index_is_in_range(World world) {
        filtered(world, "ENOSYS").warnedOnceOf("ENOSYS: the kernel, or a sandbox, has no rseq(2)");
    }

    @EveryWorld
    void filter_that_answers_EPERM_is_one_warning_and_every_index_is_in_range(World world) {
        filtered(world, "EPERM").warnedOnceOf("EPERM: a seccomp filter forbids rseq(2)");
    }

    @EveryWorld
    void filter_that_answers_0_and_does_nothing_is_one_warning_and_every_index_is_in_range(World world) {
        filtered(world, "0").warnedOnceOf("answers 0 to rseq(2) and does nothing");
    }

    @EveryWorld
    void hidden_sys_is_one_warning_and_indexes_are_in_range_of_the_available_processors(World world) {
        Outcome outcome = hidden(world);
        assertThat(outcome.startLine()).containsEntry("owner", world.owner());
        long highest = Machine.allowedCpus().length();
        assertThat(outcome.number("count")).isEqualTo(Math.max(highest, outcome.number("availableProcessors")));
    }

    @EveryWorld
    void hidden_cpu_lists_leave_sequences_on_the_highest_cpus_of_the_host(World world) {
        Machine.needsCpu(1);
        Outcome outcome = hidden(world, "taskset", "-c", "1");
        assertThat(outcome.number("count")).isEqualTo(2);
        Launch launch = Launch.of(world, OpenedWhenTold.class).wrapper(hiding()).wrapper("taskset", "-c", "1");
        try (Running running = launch.start()) {
            running.awaitOut("ready");
            running.say("go");
            running.finish().succeeded().printed("count=2").printed("available=true");
        }
        try (Running running = launch.withoutAgent().start()) {
            running.awaitOut("ready");
            running.say("go");
            running.finish().succeeded().printed("count=2").printed("available=false");
        }
    }

    @EveryWorld
    void a_cpu_at_the_count_is_one_warning_that_names_it_and_atomic(World world) {
        Machine.needsCpu(1);
        Machine.needsTool("taskset");
        Launch launch = Launch.of(world, OpenedWhenTold.class).wrapper(hiding()).wrapper("taskset", "-c", "0");
        try (Running running = launch.start()) {
            running.awaitOut("ready");
            Command.of("taskset", "-a", "-p", "-c", "1", Long.toString(running.pid()))
                    .run()
                    .succeeded();
            running.say("go");
            Outcome outcome = running.finish().succeeded().printed("count=1").printed("available=false");
            assertThat(outcome.warnings()).as(outcome.toString()).hasSize(2); // the first: /sys can't be read
            assertThat(outcome.warnings().get(1))
                    .contains("using atomic: ", "answer 1 on this thread: it runs on CPU 1, and Cpus.count() is 1");
        }
    }

    /** From the start: glibc and the agent have one system call each thread, and all further ones are refused. */
    @EveryWorld
    void filter_that_allows_one_call_per_thread_leaves_every_index_in_range(World world) {
        String inject = "inject=rseq:error=EPERM:when=2+";
        Machine.needsTool(
                "strace -f", "strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=rseq", "-e", inject, "true");
        Outcome outcome = Launch.of(world, Surrounded.class)
                .wrapper("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=rseq", "-e", inject)
                .run();
        inRange(outcome);
        assertThat(outcome.startLine()).containsEntry("owner", world.owner());
        if (world.glibc()) outcome.hadNoWarning(); // glibc's call was the first
        else outcome.warnedOnceOf(" refused owner=none ", "errno=EPERM"); // of main, where the agent asked before
    }

    @EveryAgentOwnedWorld
    void filter_that_comes_later_is_one_warning_and_old_threads_keep_what_they_have(World world) {
        Outcome outcome = later(world, "later");
        assertThat(outcome.fact("old.area")).as(outcome.toString()).isEqualTo("alive");
        outcome.warnedOnceOf(" refused owner=none ", "errno=EPERM");
    }

    /** Which glibc takes for impossible: it ends the process at the next thread's start, and the agent is not asked. */
    @EveryGlibcOwnedWorld
    void filter_that_comes_later_is_the_end_in_glibc_with_the_agent_and_without(World world) {
        for (Launch launch :
                List.of(launchLater(world, "later"), launchLater(world, "later").withoutAgent())) {
            Outcome outcome =
                    launch.wrapper("sh", "-c", "ulimit -c 0; exec \"$@\"", "sh").run();
            assumeTrue(!outcome.toString().contains("no filter"), () -> "no seccomp filters here: " + outcome);
            outcome.exited(128 + 6);
            assertThat(outcome.err()).as(outcome.toString()).contains("Fatal glibc error: rseq registration failed");
        }
    }

    /** The agent never registers a thread that is registered: not at a read, not for a user of its C API, not for new threads. */
    @EveryWorld
    void filter_that_kills_a_second_registration_kills_nobody(World world) {
        Outcome outcome = later(world, "again");
        assertThat(outcome.fact("old.area")).as(outcome.toString()).isEqualTo("alive");
        outcome.hadNoWarning();
        Outcome control = launchLater(world, "control").run();
        control.exited(128 + 31); // SIGSYS: the filter is there
    }

    @EveryJdk
    void filter_that_refuses_membarrier_later_is_one_warning_and_structures_go_on_exactly(World world) {
        fenceRefused(world, "fence").printed("taken.left=0.0").printed("taken=true");
    }

    @EveryJdk
    void filter_that_refuses_all_fences_later_stops_no_lock(World world) {
        fenceRefused(world, "both");
    }

    private static Outcome fenceRefused(World world, String what) {
        Outcome outcome = Launch.of(world, FenceRefusedLater.class)
                .nativeAccess()
                .arguments(Fixture.library("refused_later", world.jdk()), what)
                .run();
        assumeTrue(
                outcome.out().stream().noneMatch(line -> line.startsWith("no filter")),
                () -> "seccomp filters can't be had here: " + outcome);
        outcome.succeeded().hadNothingFromTheJvmOnStderr().printed("wrong=0");
        return outcome.warnedOnceOf("the kernel refuses membarrier(2), which it did not before");
    }

    /** The JDK's own launcher finds its libraries through /proc/self/exe, and must be told of them. */
    @EveryWorld
    void hidden_proc_changes_nothing(World world) {
        String script = "mount -t tmpfs none /proc && exec \"$@\"";
        Machine.needsTool("unshare -m, as root,", "unshare", "-m", "sh", "-c", script, "sh", "true");
        Outcome outcome = Launch.of(world, Surrounded.class)
                .wrapper("unshare", "-m", "sh", "-c", script, "sh")
                .environment(
                        "LD_LIBRARY_PATH", world.jdk().home().resolve("lib").toString())
                .run();
        inRange(outcome);
        assertThat(outcome.startLine()).containsEntry("owner", world.owner()).containsEntry("reader", "raw");
        outcome.hadNoWarning();
    }

    private static Outcome later(World world, String what) {
        Outcome outcome = launchLater(world, what).run();
        assumeTrue(
                outcome.out().stream().noneMatch(line -> line.startsWith("no filter")),
                () -> "seccomp filters can't be had here: " + outcome);
        outcome.succeeded().hadNothingFromTheJvmOnStderr();
        assertThat(outcome.number("looks")).as(outcome.toString()).isPositive();
        assertThat(outcome.number("outOfRange")).as(outcome.toString()).isZero();
        assertThat(outcome.startLine()).containsEntry("owner", world.owner());
        return outcome;
    }

    private static Launch launchLater(World world, String what) {
        return Launch.of(world, RefusedLater.class)
                .nativeAccess()
                .arguments(Fixture.library("refused_later", world.jdk()), Fixture.library("peer", world.jdk()), what);
    }

    private static Outcome filtered(World world, String error) {
        String sandboxed = Fixture.program("sandboxed").toString();
        Outcome probe = Command.of(sandboxed, error, "true").run();
        assumeTrue(probe.exitCode() == 0, () -> "seccomp filters can't be had here: " + probe);
        Outcome outcome =
                Launch.of(world, Surrounded.class).wrapper(sandboxed, error).run();
        inRange(outcome);
        assertThat(outcome.startLine())
                .containsEntry("owner", "none")
                .containsEntry("area", "none")
                .containsEntry("reader", "getcpu");
        assertThat(outcome.exitLine()).containsEntry("registered", "0").containsEntry("live", "0");
        return outcome;
    }

    /** An empty file system over /sys, seen by the program alone. */
    private static String[] hiding() {
        String[] words = {"unshare", "-m", "sh", "-c", "mount -t tmpfs none /sys && exec \"$@\"", "sh"};
        List<String> probe = new ArrayList<>(List.of(words));
        probe.add("true");
        Machine.needsTool("unshare -m, as root,", probe.toArray(String[]::new));
        return words;
    }

    private static Outcome hidden(World world, String... command) {
        Outcome outcome = Launch.of(world, Surrounded.class)
                .wrapper(hiding())
                .wrapper(command)
                .run();
        inRange(outcome);
        return outcome.warnedOnceOf(
                "/sys/devices/system/cpu/possible can't be read", "Cpus.count() is " + outcome.fact("count"));
    }

    private static void inRange(Outcome outcome) {
        outcome.succeeded().hadNothingFromTheJvmOnStderr();
        assertThat(outcome.number("count")).as(outcome.toString()).isPositive();
        assertThat(outcome.number("looks")).as(outcome.toString()).isPositive();
        assertThat(outcome.number("outOfRange")).as(outcome.toString()).isZero();
        assertThat(outcome.number("notWoven")).as(outcome.toString()).isZero();
    }
}
