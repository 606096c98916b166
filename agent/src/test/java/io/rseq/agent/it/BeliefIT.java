/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rseq.agent.it.programs.FoundAgain;
import io.rseq.agent.it.programs.Sequences;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

/** What the kernel says is believed once it was seen to be so: before that no sequence commits by it. */
class BeliefIT {
    private static final int ROUNDS = 20_000;
    private static final int TRIES = 10;
    private static final String NOTHING_SHOWED = "nothing showed that this kernel aborts a sequence";

    @EveryWorld
    void concurrency_ids_that_running_threads_share_are_one_warning_and_structures_commit_by_the_cpu(World world) {
        Machine.needsTwoCpus();
        Launch launch = Launch.of(world, Sequences.class)
                .arguments(ROUNDS)
                .environment(
                        "LD_PRELOAD", Fixture.peer("shared_ids", "shared_ids").toString());
        Outcome outcome = exact(launch);
        // a machine that is busy may give no two threads time at once: then nothing is shown, and the CPU stands for
        // the id all the same
        for (int again = 0; again < TRIES && outcome.warnings().isEmpty(); again++) outcome = exact(launch);
        outcome.warnedOnceOf("two threads that ran at once had one mm_cid");
    }

    @EveryWorld
    void concurrency_ids_that_nothing_showed_are_one_line_and_structures_commit_by_the_cpu(World world) {
        Machine.needsTwoCpus();
        Outcome outcome = exact(Launch.of(world, Sequences.class)
                .arguments(ROUNDS)
                .environment("LD_PRELOAD", untried().toString()));
        assertThat(outcome.agentLines())
                .as(outcome.toString())
                .filteredOn(line -> line.equals("rseq: WARN " + Outcome.UNTRIED))
                .hasSize(1);
    }

    /** The id is 0 in a process of one CPU, which is not CPU 0 here: what counts on the index of a commit must ask what that is. */
    @EveryWorld
    void structures_by_concurrency_id_find_what_they_committed_under_taskset_c_1(World world) {
        Machine.needsCpu(1);
        Outcome outcome = Launch.of(world, FoundAgain.class)
                .wrapper("taskset", "-c", "1")
                .run()
                .succeeded()
                .hadNoWarning()
                .printed("created=1")
                .printed("appended=" + FoundAgain.RECORDS);
        assertThat(outcome.agentLines()).as(outcome.toString()).noneMatch(line -> line.contains(Outcome.UNTRIED));
        assertThat(outcome.fact("committer")).isNotEqualTo("atomic");
    }

    private static Outcome exact(Launch launch) {
        Outcome outcome = launch.run().succeeded();
        String size = outcome.startLine().get("size");
        assumeTrue(Integer.parseInt(size) <= 32, () -> "a kernel that kills who writes to its area: size=" + size);
        assumeTrue(
                outcome.startLine().get("features").contains("mm_cid"), () -> "no mm_cid here: " + outcome.startLine());
        outcome.printed("available=true").printed("add.platform.0=true").printed("add.platform.1=true");
        assertThat(outcome.exitLine()).containsKey("restarts");
        return outcome;
    }

    /** Of the sequences that arm nothing, and a uname(2) that says arm64 with Linux 6.19: what that kernel does, and what it is called. */
    @EveryWorld
    void an_arm64_kernel_that_does_not_abort_is_one_warning_and_atomic(World world) {
        assumeTrue(Machine.isX86(), "arm64 is tried by itself");
        Launch launch = Launch.of(world, Sequences.class)
                .arguments(ROUNDS)
                .agent("native.path=" + broken())
                .environment("LD_PRELOAD", arm64().toString());
        shown(launch::run)
                .succeeded()
                .printed("available=false")
                .printed("committer=atomic")
                .warnedOnceOf("using atomic: this kernel does not abort a sequence that is preempted on its CPU");
    }

    @EveryWorld
    void an_arm64_kernel_that_nothing_showed_to_abort_is_one_warning_and_atomic(World world) {
        assumeTrue(Machine.isX86(), "arm64 is tried by itself");
        Launch.of(world, Sequences.class)
                .arguments(ROUNDS)
                .environment("LD_PRELOAD", arm64() + ":" + untried())
                .run()
                .succeeded()
                .printed("committer=atomic")
                .warnedOnceOf("using atomic: " + NOTHING_SHOWED, "; start it again, or let threads choose their CPU");
    }

    @EveryWorld
    void an_arm64_kernel_that_aborts_has_sequences(World world) {
        assumeTrue(Machine.isX86(), "arm64 is tried by itself");
        Launch launch =
                Launch.of(world, Sequences.class).arguments(ROUNDS).environment("LD_PRELOAD", arm64().toString());
        shown(launch::run).succeeded().hadNoWarning().printed("available=true").printed("add.platform.0=true");
    }

    @EveryJdk
    void doctor_says_why_the_committer_is_atomic(World world) {
        assumeTrue(Machine.isX86(), "arm64 is tried by itself");
        Command command = AgentJar.command(world.jdk(), "doctor")
                .environment(Map.of("LD_PRELOAD", arm64().toString(), "RSEQ_NATIVE_PATH", broken()));
        Outcome outcome = shown(command::run);
        outcome.exited(1);
        assertThat(outcome.out())
                .as(outcome.toString())
                .anyMatch(line -> line.startsWith("committer   atomic"))
                .anyMatch(
                        line -> line.startsWith("rseq: WARN committer=") && line.contains("this kernel does not abort"))
                .anyMatch(line -> line.startsWith("verdict     it works, slower"));
    }

    /* As above: a machine that is busy may give the two threads of a trial no time, and the agent says so. */
    private static Outcome shown(Supplier<Outcome> run) {
        Outcome outcome = run.get();
        for (int again = 0; again < TRIES && outcome.toString().contains(NOTHING_SHOWED); again++) outcome = run.get();
        return outcome;
    }

    private static Path untried() {
        return Fixture.peer("untried", "untried");
    }

    private static Path arm64() {
        return Fixture.nativePeer("arm64_of_6_19", "uname", "MACHINE=\"aarch64\"", "RELEASE=\"6.19.3\"");
    }

    private static String broken() {
        return Path.of(System.getProperty("rseq.native"))
                .resolve("broken-linux-x86-64")
                .toString();
    }
}
