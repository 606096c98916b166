/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import io.rseq.agent.it.programs.StackEnds;

/** What is left of a structure where a thread's stack came to its end meanwhile. */
class ScarcityIT {
    @EveryJdk
    void structures_are_whole_after_stacks_overflowed_in_them(World world) {
        for (String committer : StructureLaunch.COMMITTERS)
            isWhole(Launch.of(world, StackEnds.class).agent("committer=" + committer));
        isWhole(Launch.of(world, StackEnds.class).withoutAgent());
        isWhole(Launch.of(world, StackEnds.class).jvm("-Xint"));
    }

    private static void isWhole(Launch launch) {
        launch.run()
                .succeeded()
                .printed("pools=whole")
                .printed("stacks=whole")
                .printed("buffers=whole")
                .printed("overflowed=true");
    }
}
