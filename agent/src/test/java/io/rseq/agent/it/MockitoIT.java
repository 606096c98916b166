/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Mocking;
import net.bytebuddy.jar.asm.Opcodes;
import org.mockito.Mockito;
import org.objenesis.Objenesis;

/** Mocks of woven classes see what callers pass, whichever agent comes first; CPU 1, so that an index is no 0 by chance. */
class MockitoIT {
    private static final String SUBCLASS = "mock-maker-subclass";
    private static final String INLINE = "mock-maker-inline";

    @EveryJdk
    void subclass_mocks_see_what_callers_pass_and_real_objects_the_index(World world) {
        Outcome outcome = launch(world, SUBCLASS).run();
        check(outcome, 1);
        assertThat(outcome.exitLine()).containsEntry("woven", "1").containsEntry("unwoven", "0");
        assertThat(outcome.err())
                .filteredOn(line -> line.contains("mocks and proxies are left as they are"))
                .hasSize(1);
    }

    @EveryJdk
    void inline_mocks_see_what_callers_pass_and_real_objects_the_index(World world) {
        check(launch(world, INLINE).run(), 1);
    }

    /** The real objects of that class share the code with its mocks. */
    @EveryJdk
    void inline_mocks_of_an_agent_before_ours_see_what_callers_pass_and_so_do_real_objects(World world)
            throws Exception {
        Launch mockitoFirst =
                launch(world, INLINE).agentJar(Launch.home(Mockito.class)).andAgentJar(AgentJar.path());
        check(mockitoFirst.run(), -7);
        Launch attach = launch(world, INLINE).withoutAgent().arguments("attach");
        try (Running running = attach.start()) {
            running.awaitOut("ready");
            AgentJar.attach(running.pid(), "");
            running.say("go");
            check(running.finish(), -7);
        }
    }

    @EveryJdk
    void excluded_classes_keep_what_callers_pass(World world) {
        Outcome outcome = launch(world, INLINE)
                .agent("log=debug,exclude=app.*:" + Mocking.class.getPackageName() + ".*$Tar*")
                .run();
        check(outcome, -7);
        assertThat(outcome.err()).contains("rseq: DEBUG excluded class " + Mocking.Target.class.getName());
    }

    private static void check(Outcome outcome, int real) {
        outcome.succeeded()
                .hadNoWarning()
                .printed("seen=[-7]")
                .printed("verified=300")
                .printed("stubbed=300")
                .printed("real=" + real);
    }

    private static Launch launch(World world, String maker) {
        Machine.needsCpu(1);
        return Launch.of(world, Mocking.class)
                .classPath(
                        Launch.home(Mockito.class),
                        Launch.home(Opcodes.class),
                        Launch.home(agent()),
                        Launch.home(Objenesis.class))
                .jvm("-XX:+EnableDynamicAgentLoading")
                .wrapper("taskset", "-c", "1")
                .arguments(maker);
    }

    /** By name: javac finds an annotation of the class itself missing. */
    private static Class<?> agent() {
        try {
            return Class.forName("net.bytebuddy.agent.ByteBuddyAgent");
        } catch (ClassNotFoundException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
