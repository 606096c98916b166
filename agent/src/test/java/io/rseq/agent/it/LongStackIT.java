/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.Index;
import io.rseq.agent.it.programs.Stacking;

/** Each value is in one place, while threads push, pop and drain, whatever commits it. */
class LongStackIT {
    @EveryWorld
    void each_value_is_in_one_place_among_platform_threads(World world) {
        for (String committer : StructureLaunch.COMMITTERS)
            isWhole(stacking(world).under(committer, "platform"));
    }

    @EveryWorld
    void each_value_is_in_one_place_among_virtual_threads(World world) {
        Machine.needsVirtualThreads(world);
        for (String committer : StructureLaunch.COMMITTERS)
            isWhole(stacking(world).under(committer, "virtual"));
    }

    @EveryWorld
    void each_value_is_in_one_place_by_concurrency_id(World world) {
        for (String committer : StructureLaunch.COMMITTERS)
            isWhole(stacking(world).by(Index.CONCURRENCY_ID).under(committer, "platform"));
    }

    @EveryWorld
    void each_value_is_in_one_place_when_the_agent_is_attached_in_the_middle(World world) throws Exception {
        for (String committer : StructureLaunch.COMMITTERS) {
            Outcome outcome = isWhole(stacking(world).attached(committer, "platform"));
            if (!outcome.fact("committer").equals("atomic"))
                assertThat(outcome.number("allocated")).as(outcome.toString()).isPositive();
        }
    }

    @EveryJdk
    void each_value_is_in_one_place_without_the_agent(World world) {
        isWhole(stacking(world).withoutAgent("platform"));
        if (world.jdk().hasVirtualThreads()) isWhole(stacking(world).withoutAgent("virtual"));
    }

    private static StructureLaunch stacking(World world) {
        return new StructureLaunch(world, Stacking.class);
    }

    private static Outcome isWhole(Outcome outcome) {
        assertThat(outcome.number("found")).as(outcome.toString()).isEqualTo(outcome.number("counted"));
        assertThat(outcome.number("held")).as(outcome.toString()).isEqualTo(outcome.number("tokens"));
        return outcome.printed("left=0").printed("bound=true");
    }
}
