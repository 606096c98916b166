/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.Index;
import io.rseq.agent.it.programs.BucketRecording;

/** Each value is in exactly one of the snapshots that are taken while writers run, whole, whatever commits it. */
class BucketHistogramIT {
    @EveryWorld
    void snapshots_of_what_platform_threads_record_are_exact_and_whole(World world) {
        for (String committer : StructureLaunch.COMMITTERS)
            isExact(recording(world).under(committer, "platform"));
    }

    @EveryWorld
    void snapshots_of_what_virtual_threads_record_are_exact_and_whole(World world) {
        Machine.needsVirtualThreads(world);
        for (String committer : StructureLaunch.COMMITTERS)
            isExact(recording(world).under(committer, "virtual"));
    }

    @EveryWorld
    void snapshots_by_concurrency_id_are_exact_and_whole(World world) {
        isExact(recording(world).by(Index.CONCURRENCY_ID).under("auto", "platform"));
    }

    @EveryWorld
    void snapshots_are_exact_and_whole_when_the_agent_is_attached_while_threads_record(World world) throws Exception {
        isExact(recording(world).attached("auto", "platform"));
    }

    @EveryJdk
    void snapshots_without_the_agent_are_exact_and_whole(World world) {
        isExact(recording(world).withoutAgent("platform"));
    }

    private static StructureLaunch recording(World world) {
        return new StructureLaunch(world, BucketRecording.class);
    }

    private static void isExact(Outcome outcome) {
        assertThat(outcome.number("values")).as(outcome.toString()).isPositive();
        assertThat(outcome.number("count")).as(outcome.toString()).isEqualTo(outcome.number("values"));
        outcome.printed("wrong=0");
    }
}
