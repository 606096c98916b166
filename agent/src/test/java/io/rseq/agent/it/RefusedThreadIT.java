/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.rseq.agent.it.programs.RefusedFirst;

/** A thread that another library keeps registered elsewhere: its own business, and nobody else's. */
class RefusedThreadIT {
    @EveryAgentOwnedWorld
    void first_structure_made_by_a_refused_thread_commits_by_sequences_on_all_others(World world) throws Exception {
        String committer = CommitterIT.committer(world.jdk());
        assumeFalse(committer.equals("atomic"), () -> "no sequences on " + world.jdk());
        Launch launch = Launch.of(world, RefusedFirst.class)
                .nativeAccess()
                .withoutAgent()
                .jvm("-XX:+EnableDynamicAgentLoading") // without it the JVM warns from 21 on
                .arguments(Fixture.library("peer", world.jdk()), Fixture.library("peer_private", world.jdk()));
        try (Running running = launch.start()) {
            running.awaitOut("ready");
            AgentJar.attach(running.pid(), "");
            running.say("go");
            running.finish()
                    .succeeded()
                    .printed("register=0")
                    .printed("available.refused=false")
                    .printed("available=true")
                    .printed("allocated=true")
                    .printed("missing=0")
                    .printed("committer=" + committer)
                    .hadNothingFromTheJvmOnStderr()
                    .warnedOnceOf("refused owner=unknown", "errno=EBUSY");
        }
    }
}
