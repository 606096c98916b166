/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Crowd;

/** Under limits on address space and data the agent leaves the process what it lives on. The native part's test is limits_leave_the_process_most_of_what_they_left_it. */
class LimitsIT {
    private static final int THREADS = 600;
    private static final int LIMIT_KILOBYTES = 1_200_000;

    /* Per-CPU memory is one part of so many of what limits leave, or the least. */
    private static final int MODEST = 8;

    @EveryJdk
    void threads_that_start_under_a_limit_on_address_space_start_with_a_counter_and_the_agent(World world) {
        everyThreadStarts(world, "ulimit -v 2500000");
    }

    @EveryJdk
    void threads_that_start_under_a_limit_on_data_start_with_a_counter_and_the_agent(World world) {
        everyThreadStarts(world, "ulimit -d " + LIMIT_KILOBYTES);
    }

    @EveryJdk
    void what_limits_leave_no_room_for_is_one_warning_and_what_there_is_room_for(World world) {
        Outcome outcome = limited(world, "ulimit -d " + LIMIT_KILOBYTES, 1)
                .agent("memory=256m")
                .run()
                .succeeded()
                .printed("started=1")
                .printed("committer=" + CommitterIT.committer(world.jdk()));
        outcome.warnedOnceOf("memory=256m is too much of what limits leave", "using ");
        // there is a region for each CPU, and one for all
        long using = Long.parseLong(outcome.warnings().get(0).replaceFirst(".* using (\\d+)m$", "$1"));
        long regions = outcome.number("cpus") + 1;
        long most = LIMIT_KILOBYTES / 1024 / MODEST;
        // what the JVM itself has of the limit is less than half; the allocator's books are less than a region
        long least = Long.highestOneBit(most / 2 / (regions + 1));
        assertThat(using).as(outcome.toString()).isBetween(Math.max(1, least), Math.max(1, most / regions));
    }

    private static void everyThreadStarts(World world, String limit) {
        limited(world, limit, THREADS).withoutAgent().run().succeeded().printed("started=" + THREADS);
        limited(world, limit, THREADS)
                .run()
                .succeeded()
                .printed("started=" + THREADS)
                .printed("committer=" + CommitterIT.committer(world.jdk()))
                .hadNoWarning()
                .hadNothingFromTheJvmOnStderr();
    }

    private static Launch limited(World world, String limit, int threads) {
        return Launch.of(world, Crowd.class)
                .arguments(threads)
                .environment("MALLOC_ARENA_MAX", "2") // else glibc reserves 64 MiB for each of eight to a CPU
                .jvm("-Xmx64m", "-XX:+UseSerialGC", "-XX:CompressedClassSpaceSize=64m", "-XX:ReservedCodeCacheSize=64m")
                .wrapper("sh", "-c", "ulimit -c 0; " + limit + "; exec \"$@\"", "sh");
    }
}
