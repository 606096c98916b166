/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import io.rseq.Index;

/** A program whose writers use a structure until they are told to stop: started under the agent, without it, or attached to while they write. */
final class StructureLaunch {
    /** What {@code committer=} is set to in turn. */
    static final String[] COMMITTERS = {"auto", "atomic"};

    private final World world;
    private final Class<?> program;
    private Index index = Index.CPU;
    private String[] wrapper = {};

    StructureLaunch(World world, Class<?> program) {
        this.world = world;
        this.program = program;
    }

    StructureLaunch by(Index other) {
        index = other;
        return this;
    }

    /** With one CPU for all threads. */
    StructureLaunch onOneCpu() {
        wrapper = new String[] {
            "taskset", "-c", Integer.toString(Machine.allowedCpus().nextSetBit(0))
        };
        return this;
    }

    /** Under the agent from the start. */
    Outcome under(String committer, String kind) {
        try (Running running = launch(kind).agent("committer=" + committer).start()) {
            return committedBy(committer, goOn(running));
        }
    }

    /** The agent comes while the writers write. */
    Outcome attached(String committer, String kind) throws Exception {
        try (Running running = launch(kind)
                .withoutAgent()
                .jvm("-XX:+EnableDynamicAgentLoading") // without it the JVM warns from 21 on
                .start()) {
            running.awaitOut("ready");
            AgentJar.attach(running.pid(), "committer=" + committer);
            return committedBy(committer, goOn(running));
        }
    }

    Outcome withoutAgent(String kind) {
        try (Running running = launch(kind).withoutAgent().start()) {
            return goOn(running).printed("committer=none").hadNothingFromTheJvmOnStderr();
        }
    }

    private Launch launch(String kind) {
        return Launch.of(world, program).arguments(kind, index).wrapper(wrapper);
    }

    private static Outcome goOn(Running running) {
        running.awaitOut("ready");
        running.say("go");
        return running.finish().succeeded();
    }

    private Outcome committedBy(String committer, Outcome outcome) {
        outcome.hadNoWarning().hadNothingFromTheJvmOnStderr();
        if (committer.equals("atomic")) return outcome.printed("committer=atomic");
        return outcome.printed("committer=sequences");
    }
}
