/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rseq.agent.it.programs.Sequences;

/** What the kernel says is believed once it was seen to be so: before that no sequence commits by it. */
class BeliefIT {
    private static final int ROUNDS = 20_000;

    @EveryWorld
    void concurrency_ids_that_running_threads_share_are_one_warning_and_structures_commit_by_the_cpu(World world) {
        Machine.needsTwoCpus();
        Outcome outcome = Launch.of(world, Sequences.class)
                .arguments(ROUNDS)
                .environment(
                        "LD_PRELOAD", Fixture.peer("shared_ids", "shared_ids").toString())
                .run()
                .succeeded();
        String size = outcome.startLine().get("size");
        assumeTrue(Integer.parseInt(size) <= 32, () -> "a kernel that kills who writes to its area: size=" + size);
        assumeTrue(
                outcome.startLine().get("features").contains("mm_cid"), () -> "no mm_cid here: " + outcome.startLine());
        outcome.warnedOnceOf("two threads that ran at once had one mm_cid");
        outcome.printed("available=true").printed("add.platform.0=true").printed("add.platform.1=true");
        assertThat(outcome.exitLine()).containsKey("restarts");
    }
}
