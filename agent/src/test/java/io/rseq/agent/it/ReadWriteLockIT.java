/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Locking;

/** No thread reads beside one that writes, and nobody is forgotten, whatever counts the readers. */
class ReadWriteLockIT {
    @EveryWorld
    void writers_are_alone_among_platform_threads(World world) {
        for (String committer : StructureLaunch.COMMITTERS)
            isExact(locking(world).under(committer, "platform"));
    }

    @EveryWorld
    void writers_are_alone_among_virtual_threads(World world) {
        Machine.needsVirtualThreads(world);
        for (String committer : StructureLaunch.COMMITTERS)
            isExact(locking(world).under(committer, "virtual"));
    }

    @EveryWorld
    void writers_are_alone_on_one_cpu(World world) {
        isExact(locking(world).onOneCpu().under("auto", "platform"));
    }

    @EveryWorld
    void writers_are_alone_when_the_agent_is_attached_in_the_middle(World world) throws Exception {
        for (String committer : StructureLaunch.COMMITTERS) {
            Outcome outcome = isExact(locking(world).attached(committer, "platform"));
            if (!outcome.fact("committer").equals("atomic"))
                assertThat(outcome.number("allocated")).as(outcome.toString()).isPositive();
        }
    }

    @EveryJdk
    void writers_are_alone_without_the_agent(World world) {
        isExact(locking(world).withoutAgent("platform"));
        if (world.jdk().hasVirtualThreads()) isExact(locking(world).withoutAgent("virtual"));
    }

    private static StructureLaunch locking(World world) {
        return new StructureLaunch(world, Locking.class);
    }

    private static Outcome isExact(Outcome outcome) {
        assertThat(outcome.number("written")).as(outcome.toString()).isEqualTo(outcome.number("writes"));
        for (String much : new String[] {"reads", "writes", "interrupts"})
            assertThat(outcome.number(much)).as("%s of %s", much, outcome).isPositive();
        return outcome.printed("held=0").printed("alone=true");
    }
}
