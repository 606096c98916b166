/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rseq.agent.it.programs.OneOfEach;
import io.rseq.internal.Commits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The API's jar and the agent's are of two versions: they go together, or structures commit atomically, and one line says why. */
class VersionsIT {
    private static final String REFUSED = "rseq: WARN refused class io.rseq.internal.Commits: ";
    private static final String END =
            "; use the same version of rseq-api.jar and rseq-agent.jar; its structures commit atomically";

    @EveryJdk
    void an_api_of_another_layout_commits_atomically(World world) throws IOException {
        int other = Commits.LAYOUT + 1;
        atomic(world, ApiVariant.ANOTHER_LAYOUT, "its layout is " + other + ", this agent's is " + Commits.LAYOUT);
    }

    @EveryJdk
    void an_api_with_a_commit_that_the_agent_lacks_commits_atomically(World world) throws IOException {
        atomic(world, ApiVariant.ONE_COMMIT_MORE, "this agent has no $RseqCommits.tomorrow(JJ)J")
                .printed("tomorrow=1");
        atomic(world, ApiVariant.ANOTHER_HOOK_OF_COMMITS, "this agent has no $RseqOfTomorrow.tomorrow(JJ)J");
        atomic(world, ApiVariant.ANOTHER_DESCRIPTOR, "this agent has no $RseqCommits.restarts(I)J");
    }

    /** As all were before there was a number, with a method that has left since; one that asks an agent of then takes it for the first layout, too. */
    @EveryJdk
    void an_api_without_a_layout_has_the_first_layout(World world) throws IOException {
        Outcome outcome = exact(world, ApiVariant.WITHOUT_LAYOUT);
        if (Commits.LAYOUT == 1) outcome.hadNoWarning().printed("committer=" + CommitterIT.committer(world.jdk()));
        else outcome.warnedOnceOf(REFUSED, "its layout is 1").printed("committer=atomic");
    }

    @EveryJdk
    void an_api_with_an_index_that_the_agent_lacks_keeps_all_others(World world) throws IOException {
        exact(world, ApiVariant.ONE_INDEX_MORE)
                .printed("committer=" + CommitterIT.committer(world.jdk()))
                .printed("tomorrow=1")
                .warnedOnceOf(
                        "refused io.rseq.internal.Hook.tomorrow(JJ)J: this agent has no $Rseq.tomorrow(JJ)J; use the same version of rseq-api.jar");
    }

    @EveryJdk
    void a_native_library_of_another_layout_is_one_warning_and_atomic(World world) throws IOException {
        Outcome outcome = Launch.of(world, OneOfEach.class)
                .agent("native.path=" + libraryOfAnotherLayout())
                .run();
        exact(outcome).printed("committer=atomic");
        outcome.warnedOnceOf("using atomic: librseq_jvm.so has layout " + (Commits.LAYOUT + 1)
                + ", the agent's jar layout " + Commits.LAYOUT + "; set native.path to a library of the jar's version");
    }

    private static Outcome atomic(World world, ApiVariant api, String reason) throws IOException {
        Outcome outcome = exact(world, api).printed("committer=atomic");
        assertThat(outcome.warnings()).as("%s", outcome).containsExactly(REFUSED + reason + END);
        assertThat(outcome.exitLine()).doesNotContainKey("restarts").containsEntry("unwoven", "1");
        return outcome;
    }

    private static Outcome exact(World world, ApiVariant api) throws IOException {
        return exact(
                Launch.of(world, OneOfEach.class).classPathFirst(api.folder()).run());
    }

    private static Outcome exact(Outcome outcome) {
        return outcome.succeeded()
                .hadNothingFromTheJvmOnStderr()
                .printed("sum=80000")
                .printed("count=80000")
                .printed("stack=0")
                .printed("twice=0")
                .printed("buffer=0")
                .printed("agent=true");
    }

    /** The number is in the one instruction of the function that answers it, {@code mov $1,%eax}. */
    private static Path libraryOfAnotherLayout() throws IOException {
        Path libraries = Path.of(System.getProperty("rseq.native")).resolve("linux-x86-64");
        assumeTrue(Files.isDirectory(libraries), () -> "no " + libraries);
        Path folder = Files.createDirectories(AgentJar.buildFolder().resolve("another-layout"));
        for (String file : List.of("librseq_jvm.so", "librseq_area.so"))
            Files.copy(libraries.resolve(file), folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        Path library = folder.resolve("librseq_jvm.so");
        byte[] file = Files.readAllBytes(library);
        int function = address(library, "Java_java_lang__00024RseqOpening_layout0");
        assumeTrue(file[function] == (byte) 0xb8, () -> "another compiler made " + libraries);
        assertThat(file[function + 1]).isEqualTo((byte) Commits.LAYOUT);
        file[function + 1]++;
        Files.write(library, file);
        return folder;
    }

    /** Code lies in the file where it lies in memory. */
    private static int address(Path library, String function) {
        Machine.needsTool("the function's address", "readelf", "--version");
        for (String line : Command.of(List.of("readelf", "--dyn-syms", "--wide", library.toString()))
                .run()
                .succeeded()
                .out()) {
            if (line.endsWith(" " + function))
                return Integer.parseInt(line.trim().split(" +")[1], 16);
        }
        throw new AssertionError("no " + function + " in " + library);
    }
}
