/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rseq.agent.it.programs.Surrounded;

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
    void hidden_sys_is_one_warning_and_indexes_are_in_range_of_the_available_processors(World world) {
        Outcome outcome = hidden(world);
        assertThat(outcome.startLine()).containsEntry("owner", world.owner());
        assertThat(outcome.fact("count")).isEqualTo(outcome.fact("availableProcessors"));
    }

    @EveryWorld
    void hidden_cpu_lists_leave_indexes_in_range_where_a_process_has_one_of_them(World world) {
        Machine.needsCpu(1);
        Outcome outcome = hidden(world, "taskset", "-c", "1");
        assertThat(outcome.number("count")).isEqualTo(1);
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
    private static Outcome hidden(World world, String... command) {
        String script = "mount -t tmpfs none /sys && exec \"$@\"";
        Machine.needsTool("unshare -m, as root,", "unshare", "-m", "sh", "-c", script, "sh", "true");
        Outcome outcome = Launch.of(world, Surrounded.class)
                .wrapper("unshare", "-m", "sh", "-c", script, "sh")
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
