/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Fileless;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Behind another agent, and at an attach, most loaded classes have no file: they cost one stop of the world, and their loaders one question. */
class LoadedClassesIT {
    @EveryJdk
    void classes_of_an_agent_that_came_before_are_retransformed_in_one_call(World world) throws IOException {
        Path log = log(world, "before");
        Outcome outcome = behind(world, "", log).hadNoWarning();
        assertThat(retransformations(log)).isEqualTo(1);
        allWoven(outcome, Fileless.ANNOTATED);
        assertThat(outcome.number("asked.for.classes")).isEqualTo(1);
        assertThat(outcome.number("asked.for.files")).isZero();
    }

    @EveryJdk
    void classes_without_files_are_retransformed_in_one_call_at_an_attach(World world) throws Exception {
        Path log = log(world, "attach");
        try (Running running = Launch.of(world, Fileless.class)
                .withoutAgent()
                .jvm("-XX:+EnableDynamicAgentLoading", safepoints(log))
                .arguments("attach")
                .start()) {
            running.awaitOut("ready");
            AgentJar.attach(running.pid(), "");
            running.say("go");
            Outcome outcome = running.finish().succeeded().hadNoWarning();
            assertThat(retransformations(log)).isEqualTo(1);
            allWoven(outcome, Fileless.ANNOTATED);
            assertThat(outcome.number("asked.for.classes")).isEqualTo(1);
            assertThat(outcome.number("asked.for.files")).isZero();
        }
    }

    /** The JVM takes all classes of a call or none. */
    @EveryJdk
    void class_that_the_jvm_refuses_to_retransform_costs_no_other_its_index(World world) throws IOException {
        Outcome outcome = behind(world, Fileless.SPOILING, log(world, "spoiled"))
                .warnedOnceOf("refused class " + Fileless.class.getName() + "$Copied", "UnsupportedOperationException");
        allWoven(outcome, Fileless.ANNOTATED - 1);
        assertThat(outcome.exitLine()).containsEntry("unwoven", "1");
    }

    private static Outcome behind(World world, String options, Path log) {
        return Launch.of(world, Fileless.class)
                .agentJar(AgentJar.of(Fileless.class), options)
                .andAgentJar(AgentJar.path())
                .jvm(safepoints(log))
                .run()
                .succeeded();
    }

    private static void allWoven(Outcome outcome, int methods) {
        assertThat(outcome.number("woven")).as(outcome.toString()).isEqualTo(methods);
        assertThat(outcome.startLine()).containsEntry("woven", Integer.toString(methods));
        assertThat(outcome.exitLine()).containsEntry("woven", Integer.toString(methods));
    }

    private static Path log(World world, String name) {
        return AgentJar.buildFolder()
                .resolve("safepoints-" + name + "-" + world.jdk().version() + ".txt");
    }

    private static String safepoints(Path log) {
        return "-Xlog:safepoint=info:file=" + log;
    }

    private static long retransformations(Path log) throws IOException {
        try (var lines = Files.lines(log)) {
            return lines.filter(line -> line.contains("\"RedefineClasses\"")).count();
        }
    }
}
