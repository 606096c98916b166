/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.Index;
import io.rseq.agent.it.programs.Buffering;
import io.rseq.agent.it.programs.DrainsOfOneCpu;

/** Each record that was appended comes once and whole, what was refused is counted, and each CPU's come in order, whatever commits. */
class BufferIT {
    @EveryWorld
    void each_record_of_platform_threads_comes_once_whole_and_in_order(World world) {
        for (String committer : StructureLaunch.COMMITTERS)
            isWhole(buffering(world).under(committer, "platform")).printed("disorder=0");
    }

    @EveryWorld
    void each_record_of_virtual_threads_comes_once_whole_and_in_order(World world) {
        Machine.needsVirtualThreads(world);
        for (String committer : StructureLaunch.COMMITTERS)
            isWhole(buffering(world).under(committer, "virtual")).printed("disorder=0");
    }

    @EveryWorld
    void each_record_by_concurrency_id_comes_once_whole_and_in_order(World world) {
        isWhole(buffering(world).by(Index.CONCURRENCY_ID).under("auto", "platform"))
                .printed("disorder=0");
    }

    @EveryWorld
    void each_record_comes_once_and_whole_when_the_agent_is_attached_in_the_middle(World world) throws Exception {
        for (String committer : StructureLaunch.COMMITTERS)
            isWhole(buffering(world).attached(committer, "platform"));
        if (world.jdk().hasVirtualThreads()) isWhole(buffering(world).attached("auto", "virtual"));
    }

    @EveryJdk
    void each_record_comes_once_whole_and_in_order_without_the_agent(World world) {
        isWhole(buffering(world).withoutAgent("platform")).printed("disorder=0");
        if (world.jdk().hasVirtualThreads())
            isWhole(buffering(world).withoutAgent("virtual")).printed("disorder=0");
    }

    @EveryWorld
    void what_is_drained_of_the_current_CPU_is_that_alone(World world) {
        Machine.needsTwoCpus();
        for (String committer : StructureLaunch.COMMITTERS) {
            Outcome outcome = Launch.of(world, DrainsOfOneCpu.class)
                    .jna()
                    .agent("committer=" + committer)
                    .run()
                    .succeeded();
            String[] cpus = outcome.fact("cpus").split(",");
            outcome.printed("current=2 of {" + cpus[1] + "}").printed("again=0").printed("rest=3 of {" + cpus[0] + "}");
        }
    }

    private static StructureLaunch buffering(World world) {
        return new StructureLaunch(world, Buffering.class);
    }

    private static Outcome isWhole(Outcome outcome) {
        assertThat(outcome.number("appended")).as(outcome.toString()).isPositive();
        assertThat(outcome.number("drained")).as(outcome.toString()).isEqualTo(outcome.number("appended"));
        assertThat(outcome.number("found")).as(outcome.toString()).isEqualTo(outcome.number("sum"));
        assertThat(outcome.number("dropped")).as(outcome.toString()).isEqualTo(outcome.number("refused"));
        return outcome;
    }
}
