/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.FullMemory;

/** Where per-CPU memory is full, structures work as they do without the agent. */
class FullMemoryIT {
    @EveryWorld
    void structures_that_find_no_room_are_exact_with_one_warning_and_no_collection(World world) {
        Outcome outcome = Launch.of(world, FullMemory.class)
                .jvm("-Xlog:gc")
                .run()
                .succeeded()
                .hadNothingFromTheJvmOnStderr()
                .printed("committer=" + CommitterIT.committer(world.jdk()))
                .printed("given.back=true")
                .printed("other.size=true")
                .printed("done=true");
        assertThat(outcome.out()).filteredOn(line -> line.contains("wrong")).isEmpty();
        assertThat(outcome.out()).filteredOn(line -> line.contains("exact")).hasSize(FullMemory.EXACT);
        assertThat(outcome.out())
                .filteredOn(line -> line.contains("System.gc()"))
                .isEmpty();
        outcome.warnedOnceOf(
                "per-CPU memory is full",
                "KiB per CPU in use",
                "on the heap",
                "set memory= to more than 64m",
                "smaller or fewer");
    }
}
