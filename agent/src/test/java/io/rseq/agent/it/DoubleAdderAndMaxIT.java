/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.Index;
import io.rseq.agent.it.programs.Measuring;

/** What is taken while writers run, and what is left, are all doubles that were added, and the highest and lowest that were offered, whatever commits it. */
class DoubleAdderAndMaxIT {
    @EveryWorld
    void nothing_of_platform_threads_is_lost(World world) {
        for (String committer : StructureLaunch.COMMITTERS)
            isExact(measuring(world).under(committer, "platform"));
    }

    @EveryWorld
    void nothing_of_virtual_threads_is_lost(World world) {
        Machine.needsVirtualThreads(world);
        isExact(measuring(world).under("auto", "virtual"));
    }

    @EveryWorld
    void nothing_is_lost_by_concurrency_id(World world) {
        isExact(measuring(world).by(Index.CONCURRENCY_ID).under("auto", "platform"));
    }

    @EveryWorld
    void nothing_is_lost_when_the_agent_is_attached_while_threads_add(World world) throws Exception {
        Outcome outcome = isExact(measuring(world).attached("auto", "platform"));
        // all four were made before it came, and have memory now
        if (!outcome.fact("committer").equals("atomic"))
            assertThat(outcome.number("allocated")).isEqualTo(4 * 16);
    }

    @EveryJdk
    void nothing_is_lost_without_the_agent(World world) {
        isExact(measuring(world).withoutAgent("platform"));
        if (world.jdk().hasVirtualThreads()) isExact(measuring(world).withoutAgent("virtual"));
    }

    private static StructureLaunch measuring(World world) {
        return new StructureLaunch(world, Measuring.class);
    }

    private static Outcome isExact(Outcome outcome) {
        assertThat(outcome.number("adds")).as(outcome.toString()).isPositive();
        assertThat(outcome.number("found")).as(outcome.toString()).isEqualTo(outcome.number("added"));
        assertThat(outcome.number("rising")).as(outcome.toString()).isEqualTo(outcome.number("adds"));
        assertThat(outcome.number("highest")).as(outcome.toString()).isEqualTo(outcome.number("offered"));
        assertThat(outcome.number("lowest")).as(outcome.toString()).isEqualTo(-outcome.number("offered"));
        return outcome.printed("negative=0");
    }
}
