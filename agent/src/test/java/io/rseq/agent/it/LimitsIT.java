/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import io.rseq.agent.it.programs.Crowd;

/** Under limits on address space and data the agent leaves the process what it lives on. The native part's test is limits_leave_the_process_most_of_what_they_left_it. */
class LimitsIT {
    private static final int THREADS = 600;

    @EveryJdk
    void threads_that_start_under_a_limit_on_address_space_start_with_a_counter_and_the_agent(World world) {
        everyThreadStarts(world, "ulimit -v 2500000");
    }

    @EveryJdk
    void threads_that_start_under_a_limit_on_data_start_with_a_counter_and_the_agent(World world) {
        everyThreadStarts(world, "ulimit -d 1200000");
    }

    @EveryJdk
    void what_limits_leave_no_room_for_is_one_warning_and_what_there_is_room_for(World world) {
        limited(world, "ulimit -d 1200000", 1)
                .agent("memory=256m")
                .run()
                .succeeded()
                .printed("started=1")
                .printed("committer=" + CommitterIT.committer(world.jdk()))
                .warnedOnceOf("memory=256m is too much of what limits leave", "using 32m");
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
                .jvm("-Xmx64m", "-XX:+UseSerialGC", "-XX:CompressedClassSpaceSize=64m", "-XX:ReservedCodeCacheSize=64m")
                .wrapper("sh", "-c", "ulimit -c 0; " + limit + "; exec \"$@\"", "sh");
    }
}
