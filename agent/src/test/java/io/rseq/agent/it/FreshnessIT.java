/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.HotLoop;

/** Each call reads anew, also in a loop that C2 compiled. */
class FreshnessIT {
    @EveryWorld
    void index_is_not_hoisted_out_of_a_compiled_loop(World world) {
        isFresh(Launch.of(world, HotLoop.class).jna().jvm("-XX:-TieredCompilation"));
    }

    @EveryWorld
    void index_is_not_hoisted_out_of_a_compiled_loop_on_a_virtual_thread(World world) {
        Machine.needsVirtualThreads(world);
        isFresh(Launch.of(world, HotLoop.class)
                .jna()
                .jvm("-XX:-TieredCompilation")
                .arguments("virtual"));
    }

    private static void isFresh(Launch launch) {
        Machine.needsTwoCpus();
        Outcome outcome =
                launch.run().succeeded().hadNoWarning().printed("wrong=0").printed("outside=0");
        assertThat(outcome.number("roundsWithBoth")).as(outcome.toString()).isPositive();
    }
}
