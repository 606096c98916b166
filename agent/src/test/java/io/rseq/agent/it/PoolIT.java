/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.Index;
import io.rseq.agent.it.programs.LateLeases;
import io.rseq.agent.it.programs.Pooling;

/** Each object of a pool is in one place, and what was done to it is seen by who takes it next, whatever commits. */
class PoolIT {
    @EveryWorld
    void each_object_is_in_one_place_among_platform_threads(World world) {
        for (String committer : StructureLaunch.COMMITTERS)
            isWhole(pooling(world).under(committer, "platform"));
    }

    @EveryWorld
    void each_object_is_in_one_place_among_virtual_threads(World world) {
        Machine.needsVirtualThreads(world);
        for (String committer : StructureLaunch.COMMITTERS)
            isWhole(pooling(world).under(committer, "virtual"));
    }

    @EveryWorld
    void each_object_is_in_one_place_by_concurrency_id(World world) {
        isWhole(pooling(world).by(Index.CONCURRENCY_ID).under("auto", "platform"));
    }

    @EveryWorld
    void each_object_is_in_one_place_when_the_agent_is_attached_in_the_middle(World world) throws Exception {
        for (String committer : StructureLaunch.COMMITTERS)
            isWhole(pooling(world).attached(committer, "platform"));
        if (world.jdk().hasVirtualThreads()) isWhole(pooling(world).attached("auto", "virtual"));
    }

    /** A thread that had no area until its first lease finds what lies idle where it runs, as any other. */
    @EveryWorld
    void threads_from_before_the_agent_find_what_lies_idle(World world) throws Exception {
        new StructureLaunch(world, LateLeases.class)
                .onOneCpu()
                .attached("auto", "platform")
                .printed("created=1")
                .printed("idle=1");
    }

    @EveryJdk
    void each_object_is_in_one_place_without_the_agent(World world) {
        isWhole(pooling(world).withoutAgent("platform"));
        if (world.jdk().hasVirtualThreads()) isWhole(pooling(world).withoutAgent("virtual"));
    }

    private static StructureLaunch pooling(World world) {
        return new StructureLaunch(world, Pooling.class);
    }

    private static void isWhole(Outcome outcome) {
        assertThat(outcome.number("created")).as(outcome.toString()).isPositive();
        assertThat(outcome.number("accounted")).as(outcome.toString()).isEqualTo(outcome.number("created"));
        assertThat(outcome.number("trimmed")).as(outcome.toString()).isEqualTo(outcome.number("idle"));
        outcome.printed("left=0").printed("refused=0").printed("bound=true");
    }
}
