/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rseq.agent.it.programs.Adders;
import io.rseq.agent.it.programs.Adding;
import io.rseq.agent.it.programs.ChangedLater;
import io.rseq.agent.it.programs.Changing;
import io.rseq.agent.it.programs.Hello;
import java.nio.file.Path;
import net.bytebuddy.ByteBuddy;

/** {@code adopt=adders}: the JDK's adders do what they did, lose nothing, and take per-CPU memory where they are contended. */
class AddersIT {
    private static final String OPEN = "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED";

    private static final int LONGS_PROMOTED = 16;

    /** Of the program's two of longs, each 8 bytes, and two of doubles, each 16. */
    private static final int ALL_PROMOTED = 48;

    @EveryWorld
    void sums_of_platform_threads_are_exact(World world) {
        isExact(goOn(adding(world, "platform", ALL_PROMOTED).agent("adopt=adders")), true);
        isExact(goOn(adding(world, "platform", 0).agent("adopt=adders,committer=atomic")), false);
    }

    @EveryWorld
    void sums_of_virtual_threads_are_exact(World world) {
        Machine.needsVirtualThreads(world);
        isExact(goOn(adding(world, "virtual", ALL_PROMOTED).agent("adopt=adders")), true);
    }

    @EveryWorld
    void sums_are_exact_when_the_agent_is_attached_while_threads_add(World world) throws Exception {
        for (String kind : new String[] {"platform", "virtual"}) {
            if (kind.equals("virtual") && !world.jdk().hasVirtualThreads()) continue;
            try (Running running = adding(world, kind, ALL_PROMOTED)
                    .withoutAgent()
                    .jvm("-XX:+EnableDynamicAgentLoading")
                    .start()) {
                running.awaitOut("ready");
                AgentJar.attach(running.pid(), "adopt=adders");
                running.say("go");
                isExact(running.finish(), true);
            }
        }
    }

    /** As on kernels before 5.10: a reset could not take what is in the cells of other CPUs. */
    @EveryJdk
    void adders_of_doubles_stay_as_they_are_where_the_kernel_has_no_fence(World world) {
        String sandboxed = Fixture.program("sandboxed").toString();
        assumeTrue(Command.of(sandboxed, "membarrier", "true").run().exitCode() == 0, "no seccomp filters here");
        Outcome outcome = goOn(adding(world, "platform", LONGS_PROMOTED)
                .wrapper(sandboxed, "membarrier")
                .agent("adopt=adders"));
        outcome.warnedOnceOf("adopt=adders leaves DoubleAdders as they are");
        sumsUp(outcome, LONGS_PROMOTED);
    }

    @EveryJdk
    void adders_do_what_they_did(World world) {
        for (String jvm : new String[] {"-Xmixed", "-Xint", "-XX:TieredStopAtLevel=1"}) {
            Outcome outcome = Launch.of(world, Adders.class)
                    .jvm(OPEN, jvm)
                    .agent("adopt=adders,memory=1m")
                    .run()
                    .succeeded()
                    .printed("wrong=0");
            outcome.warnedOnceOf("per-CPU memory is full");
            assertThat(outcome.exitLine()).containsEntry("rerouted", "2");
        }
    }

    @EveryJdk
    void the_program_finds_the_same_in_the_jdks_own(World world) {
        Launch.of(world, Adders.class)
                .jvm(OPEN)
                .arguments("none")
                .run()
                .succeeded()
                .printed("wrong=0");
        Outcome atomic = Launch.of(world, Adders.class)
                .jvm(OPEN)
                .agent("adopt=adders,committer=atomic")
                .arguments("none")
                .run()
                .succeeded()
                .printed("wrong=0")
                .hadNoWarning();
        assertThat(atomic.exitLine()).doesNotContainKey("rerouted");
        assertThat(atomic.agentLines()).anyMatch(line -> line.contains("adopt=adders is of no use here"));
    }

    @EveryJdk
    void a_class_that_another_agent_changed_stays_as_it_is(World world) {
        Outcome outcome = Launch.of(world, Adders.class)
                .jvm(OPEN)
                .agentJar(AgentJar.of(Changing.class))
                .andAgentJar(AgentJar.path(), "adopt=adders")
                .classPath(Launch.home(ByteBuddy.class))
                .arguments("none")
                .run()
                .succeeded();
        for (String adder : new String[] {"LongAdder", "DoubleAdder"})
            assertThat(outcome.agentLines())
                    .filteredOn(line -> line.contains("class java.util.concurrent.atomic." + adder
                            + " looks otherwise than adopt=adders expects, and stays as it is:"
                            + " add does not begin with cells and casBase"))
                    .hasSize(1);
        assertThat(outcome.exitLine()).containsEntry("rerouted", "0");
    }

    @EveryJdk
    void a_class_that_another_agent_changes_later_goes_on_as_it_was_rerouted(World world) {
        for (boolean first : new boolean[] {true, false}) {
            Launch launch = Launch.of(world, ChangedLater.class).jvm(OPEN).classPath(Launch.home(ByteBuddy.class));
            Path other = AgentJar.of(Changing.class);
            Outcome outcome = (first
                            ? launch.agentJar(other, "later").andAgentJar(AgentJar.path(), "adopt=adders")
                            : launch.agent("adopt=adders").andAgentJar(other, "later"))
                    .run()
                    .succeeded()
                    .printed("promoted=true taken=8 changed=41 sum=42 left=0 doubles=3.5");
            for (String adder : new String[] {"LongAdder", "DoubleAdder"})
                assertThat(outcome.agentLines())
                        .filteredOn(line -> line.contains("class java.util.concurrent.atomic." + adder
                                + " stays as adopt=adders rerouted it, without what another agent changed:"
                                + " add does not begin with cells and casBase"))
                        .hasSize(first ? 1 : 0);
        }
    }

    @EveryJdk
    void nothing_is_rerouted_where_nothing_is_adopted(World world) {
        Outcome outcome = Launch.of(world, Hello.class).run().succeeded();
        assertThat(outcome.exitLine()).doesNotContainKey("rerouted");
        assertThat(outcome.startLine()).doesNotContainKey("rerouted");
    }

    private static Launch adding(World world, String kind, int awaited) {
        return Launch.of(world, Adding.class).arguments(kind, awaited);
    }

    private static Outcome goOn(Launch launch) {
        try (Running running = launch.start()) {
            running.awaitOut("ready");
            running.say("go");
            return running.finish();
        }
    }

    private static void isExact(Outcome outcome, boolean promoted) {
        outcome.hadNoWarning();
        sumsUp(outcome, promoted ? ALL_PROMOTED : 0);
        if (promoted)
            assertThat(outcome.exitLine()).containsEntry("rerouted", "2").containsKey("restarts");
    }

    private static void sumsUp(Outcome outcome, int allocated) {
        outcome.succeeded().hadNothingFromTheJvmOnStderr();
        assertThat(outcome.number("adds")).as(outcome.toString()).isPositive();
        String[] equal = {"found", "added", "rising", "adds", "found.doubles", "added.doubles", "rising.doubles", "adds"
        };
        for (int i = 0; i < equal.length; i += 2)
            assertThat(outcome.number(equal[i]))
                    .as("%s of %s", equal[i], outcome)
                    .isEqualTo(outcome.number(equal[i + 1]));
        assertThat(outcome.number("allocated")).as(outcome.toString()).isEqualTo(allocated);
        outcome.printed("falls=0");
    }
}
