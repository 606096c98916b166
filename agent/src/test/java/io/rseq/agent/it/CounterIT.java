/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.Index;
import io.rseq.agent.it.programs.Counting;

/** What {@code sumThenReset} takes while writers run, and the last sum, are all that was added, whatever commits it. */
class CounterIT {
    @EveryWorld
    void sums_of_platform_threads_are_exact(World world) {
        for (String committer : StructureLaunch.COMMITTERS)
            isExact(counting(world).under(committer, "platform"));
    }

    @EveryWorld
    void sums_of_virtual_threads_are_exact(World world) {
        Machine.needsVirtualThreads(world);
        for (String committer : StructureLaunch.COMMITTERS)
            isExact(counting(world).under(committer, "virtual"));
    }

    @EveryWorld
    void sums_by_concurrency_id_are_exact(World world) {
        for (String committer : StructureLaunch.COMMITTERS)
            isExact(counting(world).by(Index.CONCURRENCY_ID).under(committer, "platform"));
    }

    @EveryWorld
    void sums_are_exact_when_the_agent_is_attached_while_threads_add(World world) throws Exception {
        for (String committer : StructureLaunch.COMMITTERS) {
            Outcome outcome = isExact(counting(world).attached(committer, "platform"));
            // both counters were made before it came, and have memory now
            if (!outcome.fact("committer").equals("atomic"))
                assertThat(outcome.number("allocated")).isEqualTo(16);
        }
    }

    @EveryWorld
    void sums_are_exact_when_the_agent_is_attached_while_virtual_threads_add(World world) throws Exception {
        Machine.needsVirtualThreads(world);
        isExact(counting(world).attached("auto", "virtual"));
    }

    @EveryJdk
    void sums_without_the_agent_are_exact(World world) {
        isExact(counting(world).withoutAgent("platform"));
        if (world.jdk().hasVirtualThreads()) isExact(counting(world).withoutAgent("virtual"));
    }

    private static StructureLaunch counting(World world) {
        return new StructureLaunch(world, Counting.class);
    }

    private static Outcome isExact(Outcome outcome) {
        assertThat(outcome.number("adds")).as(outcome.toString()).isPositive();
        assertThat(outcome.number("found")).as(outcome.toString()).isEqualTo(outcome.number("added"));
        assertThat(outcome.number("rising")).as(outcome.toString()).isEqualTo(outcome.number("adds"));
        return outcome.printed("negative=0");
    }
}
