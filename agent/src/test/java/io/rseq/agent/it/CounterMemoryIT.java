/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.ManyCounters;

/** Ten thousand counters take what is computed. The same for 256 CPUs is a test of the native part, percpu_memory_costs_what_it_holds. */
class CounterMemoryIT {
    private static final int COUNTERS = 10_000;
    private static final long OFF_HEAP = 8;
    private static final long ON_HEAP_AT_MOST = 200;

    @EveryJdk
    void a_counter_takes_8_bytes_of_each_cpu_that_it_counted_on(World world) {
        Outcome outcome = Launch.of(world, ManyCounters.class)
                .jna()
                .jvm("-Xmx48m") // the heap is no mapping as long as a region
                .arguments(COUNTERS)
                .run()
                .succeeded()
                .printed("wrong=0")
                .printed("committer=" + CommitterIT.committer(world.jdk()));
        long computed = OFF_HEAP * COUNTERS * outcome.number("cpus");
        assertThat(outcome.number("resident")).as(outcome.toString()).isBetween(computed, computed + computed / 10);
        assertThat(outcome.number("untouched")).as(outcome.toString()).isLessThan(computed / 2);
        assertThat(outcome.number("heap")).as(outcome.toString()).isBetween(1L, ON_HEAP_AT_MOST * COUNTERS);
    }
}
