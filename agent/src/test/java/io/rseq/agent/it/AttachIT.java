/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.BeforeTheAgent;
import io.rseq.agent.it.programs.OwnResources;
import io.rseq.agent.it.programs.UnreadableFiles;

/** The agent loaded into a running JVM: threads and classes that are there already are served like those that come. */
class AttachIT {
    @EveryWorld
    void threads_and_classes_before_the_agent_are_served_after_an_attach(World world) throws Exception {
        try (Running running = launch(world)) {
            running.awaitOut("ready");
            AgentJar.attach(running.pid(), "log=debug");
            Outcome outcome = goOn(running, world, "raw");
            outcome.hadNoWarning().hadNothingFromTheJvmOnStderr();
            // under glibc they are registered already, and the loads find them without our bookkeeping
            for (int i = 0; i < 4 && !world.glibc(); i++) {
                String thread = "thread=before-" + i + " ";
                assertThat(outcome.agentLines()).anyMatch(line -> line.contains(thread) && line.contains("registered"));
            }
        }
    }

    @EveryWorld
    void jcmd_loads_the_agent_by_the_command_of_the_page(World world) {
        try (Running running = launch(world)) {
            running.awaitOut("ready");
            String command = Page.of("docs/runbook.md")
                    .line("jcmd PID ")
                    .replace("jcmd PID", world.jdk().tool("jcmd") + " " + running.pid())
                    .replace("/path/rseq-agent.jar", AgentJar.path().toString())
                    .replace("log=debug", "reader=jni");
            Command.of("sh", "-c", command).run().succeeded();
            goOn(running, world, "jni").hadNoWarning().hadNothingFromTheJvmOnStderr();
        }
    }

    @EveryJdk
    void classes_whose_loader_has_something_else_for_their_files_are_woven(World world) throws Exception {
        try (Running running = Launch.of(world, OwnResources.class)
                .withoutAgent()
                .jvm("-XX:+EnableDynamicAgentLoading")
                .start()) {
            running.awaitOut("ready");
            AgentJar.attach(running.pid(), "");
            running.say("go");
            Outcome outcome = running.finish().succeeded().hadNoWarning();
            for (String loaded : new String[] {"encrypted", "renamed"}) {
                outcome.printed("before." + loaded + "=-7");
                assertThat(outcome.number(loaded)).as(loaded).isNotNegative();
            }
        }
    }

    @EveryJdk
    void api_on_the_boot_class_path_is_woven(World world) throws Exception {
        try (Running running = launch(world, "-Xbootclasspath/a:" + Launch.api())) {
            running.awaitOut("ready");
            AgentJar.attach(running.pid(), "");
            goOn(running, world, "raw").hadNoWarning();
        }
    }

    @EveryJdk
    void attaching_twice_is_one_warning_and_harmless(World world) throws Exception {
        try (Running running = launch(world)) {
            running.awaitOut("ready");
            AgentJar.attach(running.pid(), "");
            AgentJar.attach(running.pid(), "reader=getcpu");
            goOn(running, world, "raw").warnedOnceOf("loaded already");
        }
    }

    @EveryJdk
    void attach_that_failed_for_its_options_is_told_by_status_and_tried_again(World world) throws Exception {
        try (Running running = launch(world)) {
            running.awaitOut("ready");
            String pid = Long.toString(running.pid());
            Outcome failed = AgentJar.command(world.jdk(), "attach", pid, "native.tmpdir=/nonexistent")
                    .run();
            assertThat(failed.exited(2).err())
                    .singleElement()
                    .asString()
                    .contains("did not start in " + pid, "/nonexistent", "native.tmpdir", "load it again");
            assertThat(AgentJar.command(world.jdk(), "status", pid)
                            .run()
                            .exited(2)
                            .err())
                    .isEqualTo(failed.err());
            AgentJar.attachFromCommandLine(world.jdk(), running.pid());
            goOn(running, world, "raw").warnedOnceOf("ERROR can't unpack", "/nonexistent");
        }
    }

    @EveryJdk
    void an_attach_on_a_system_without_rseq_does_not_ask_for_another(World world) {
        try (Running running = Launch.of(world, UnreadableFiles.class)
                .withoutAgent()
                .jvm("-XX:+EnableDynamicAgentLoading", "-Dos.arch=riscv64")
                .start()) {
            running.awaitOut("ready");
            String pid = Long.toString(running.pid());
            assertThat(AgentJar.command(world.jdk(), "attach", pid)
                            .run()
                            .exited(2)
                            .err())
                    .containsExactly("rseq: the agent did not start in " + pid
                            + ": no rseq on Linux riscv64: Linux on x86-64 or aarch64 is needed");
            running.say("go");
            running.finish().succeeded();
        }
    }

    /** What a loader of the application's throws is no failed start, and the class is woven from what the JVM has of it. */
    @EveryJdk
    void classes_whose_loader_throws_an_error_are_woven_after_an_attach(World world) {
        try (Running running = Launch.of(world, UnreadableFiles.class)
                .withoutAgent()
                .jvm("-XX:+EnableDynamicAgentLoading")
                .start()) {
            running.awaitOut("ready");
            AgentJar.attachFromCommandLine(world.jdk(), running.pid());
            assertThat(Status.of(world, running.pid()).total("woven")).isPositive();
            running.say("go");
            Outcome outcome = running.finish().succeeded().hadNoWarning();
            assertThat(outcome.number("static")).isNotNegative();
            assertThat(outcome.startLine().get("woven"))
                    .isEqualTo(outcome.exitLine().get("woven"));
        }
    }

    private static Running launch(World world, String... flags) {
        return Launch.of(world, BeforeTheAgent.class)
                .jna()
                .withoutAgent()
                .jvm("-XX:+EnableDynamicAgentLoading") // without it the JVM warns from 21 on
                .jvm(flags)
                .start();
    }

    private static Outcome goOn(Running running, World world, String reader) {
        running.say("go");
        Outcome outcome = running.finish().succeeded().printed("before.static=-7");
        assertThat(outcome.fact("before.support")).startsWith("agent=none");
        assertThat(outcome.fact("support")).contains("owner=" + world.owner()).contains("reader=" + reader);
        for (String name : new String[] {"existing", "later"}) {
            assertThat(outcome.number(name + ".compared"))
                    .as(outcome.toString())
                    .isGreaterThan(1000);
            assertThat(outcome.number(name + ".disagreed"))
                    .as(outcome.toString())
                    .isZero();
            assertThat(outcome.number(name + ".outOfRange"))
                    .as(outcome.toString())
                    .isZero();
        }
        for (String shape : io.rseq.agent.it.programs.Shapes.indexes().keySet()) {
            // an enum's constructor ran before the agent came
            if (!shape.equals("enumConstructor"))
                assertThat(outcome.number(shape)).as(shape).isNotNegative();
        }
        return outcome;
    }
}
