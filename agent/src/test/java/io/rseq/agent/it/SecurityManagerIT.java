/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rseq.agent.it.programs.BeforeTheAgent;
import io.rseq.agent.it.programs.Hello;
import io.rseq.agent.it.programs.StaticStructures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Under a security manager, which JDKs have up to 23: one clear line where the policy forbids the agent, and all of it where it grants. */
class SecurityManagerIT {
    private static final String ALL = "permission java.security.AllPermission;";
    private static final String ADVICE = "policy must grant rseq-agent.jar java.security.AllPermission";

    @EveryJdk
    void without_a_grant_it_is_one_line_and_the_application_runs_on(World world) {
        refused(managed(world).run());
    }

    /** Which gets as far as the engine, and no further. */
    @EveryJdk
    void with_half_a_grant_it_is_the_same_line(World world) throws IOException {
        String half = "permission java.lang.RuntimePermission \"*\"; permission java.io.FilePermission \""
                + AgentJar.path() + "\", \"read\";";
        refused(managed(world).jvm(policy("half", half)).run());
    }

    @EveryJdk
    void grant_to_the_jar_is_enough_for_an_index(World world) throws IOException {
        Outcome outcome = managed(world)
                .jvm(policy("all", ALL))
                .run()
                .succeeded()
                .hadNoWarning()
                .printed("inRange=true")
                .printed("reader=raw");
        assertThat(outcome.number("woven")).isNotNegative();
    }

    /** The thread that makes the first structure opens the committer, here under a policy without the JDK's own grants. */
    @EveryJdk
    void application_without_a_grant_commits_atomically_and_a_warning_says_what_was_denied(World world)
            throws IOException {
        String policy = policy("bare", ALL).replace("=/", "==/");
        underAManager(Launch.of(world, StaticStructures.class), world)
                .jvm(policy)
                .run()
                .succeeded()
                .warnedOnceOf("using atomic: AccessControlException: access denied")
                .printed("committer=atomic");
    }

    @EveryJdk
    void attach_without_a_grant_is_one_line_there_and_one_where_it_was_asked_for(World world) {
        try (Running running = underAManager(Launch.of(world, BeforeTheAgent.class), world)
                .withoutAgent()
                .start()) {
            running.awaitOut("ready");
            String pid = Long.toString(running.pid());
            Outcome attach = AgentJar.command(world.jdk(), "attach", pid).run().exited(2);
            assertThat(attach.err())
                    .containsExactly(
                            "rseq: the agent did not start in " + pid + ", or can't say so; its stderr says why");
            running.awaitErr(ADVICE);
            assertThat(running.errSoFar())
                    .filteredOn(line -> line.startsWith("rseq: "))
                    .hasSize(1);
        }
    }

    private static void refused(Outcome outcome) {
        oneLine(outcome.succeeded())
                .printed("hello")
                .printed("inRange=true")
                .printed("woven=-7")
                .printed("reader=none");
    }

    private static Outcome oneLine(Outcome outcome) {
        outcome.warnedOnceOf("could not start", "unaccelerated", "access denied", ADVICE);
        assertThat(outcome.err().stream().filter(line -> !line.startsWith("WARNING: "))) // the JDK's, of its manager
                .as(outcome.toString())
                .hasSize(1);
        return outcome;
    }

    private static Launch managed(World world) {
        return underAManager(Launch.of(world, Hello.class), world);
    }

    private static Launch underAManager(Launch launch, World world) {
        assumeTrue(world.jdk().feature() < 24, "no security manager from 24 on");
        return launch.jvm("-Djava.security.manager");
    }

    /** The policy that docs/runbook.md has, with these permissions. */
    private static String policy(String name, String permissions) throws IOException {
        String grant = Page.of("docs/runbook.md").line("grant ");
        Path file = AgentJar.buildFolder().resolve(name + ".policy");
        Files.writeString(
                file,
                grant.replace(
                                "file:/path/rseq-agent.jar",
                                AgentJar.path().toUri().toString())
                        .replace(ALL, permissions));
        return "-Djava.security.policy=" + file;
    }
}
