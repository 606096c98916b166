/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Hello;
import io.rseq.agent.it.programs.OwnLibraries;
import io.rseq.agent.it.programs.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The application finds the process as it would without the agent: its properties, its class path, its libraries. */
class IsolationIT {
    @EveryJdk
    void properties_class_path_and_modules_are_those_of_an_agent_that_does_nothing(World world) {
        List<String> with = surroundings(Launch.of(world, Surroundings.class));
        List<String> empty = surroundings(Launch.of(world, Surroundings.class).agentJar(AgentJar.empty()));
        assertThat(with).isEqualTo(empty);
        assertThat(with).contains("java.lang.open false");
        assertThat(with.stream().filter(line -> line.startsWith("sees ")))
                .hasSize(6)
                .allMatch(line -> line.endsWith("=false"));
    }

    @EveryWorld
    void libraries_of_the_application_stay_its_own(World world) {
        Outcome outcome = Launch.of(world, OwnLibraries.class)
                .classPath(libraries())
                .nativeAccess()
                .run()
                .succeeded()
                .hadNoWarning();
        ownLibraries(outcome).printed("logger=org.slf4j.simple.SimpleLogger");
        assertThat(outcome.err()).anyMatch(line -> line.endsWith("from the application"));
    }

    @EveryJdk
    void slf4j_provider_property_of_the_application_does_not_reach_the_agent(World world) {
        Outcome outcome = Launch.of(world, OwnLibraries.class)
                .classPath(libraries())
                .nativeAccess()
                .agent("log=debug")
                .jvm("-Dslf4j.provider=x", "-Dslf4j.internal.verbosity=DEBUG")
                .run()
                .succeeded()
                .hadNoWarning();
        ownLibraries(outcome);
        assertThat(outcome.startLine()).containsEntry("reader", "raw");
        assertThat(outcome.exitLine()).containsKey("registered");
        assertThat(outcome.agentLines()).anyMatch(line -> line.contains(" DEBUG woven "));
    }

    @EveryJdk
    void agent_given_twice_is_one_warning_and_harmless(World world) {
        Outcome outcome = Launch.of(world, Hello.class)
                .andAgentJar(AgentJar.path())
                .run()
                .succeeded()
                .warnedOnceOf("loaded already")
                .printed("reader=raw")
                .hadNothingFromTheJvmOnStderr();
        assertThat(outcome.startLine()).containsEntry("reader", "raw");
        assertThat(outcome.exitLine()).containsKey("registered");
    }

    @EveryJdk
    void path_of_the_jar_may_hold_blanks_and_signs(World world) throws IOException {
        for (String name : new String[] {"with a blank", "with+plus", "100%25", "ümlaut"}) {
            Path folder = Files.createDirectories(AgentJar.buildFolder().resolve(name));
            Path jar = folder.resolve("rseq agent+.jar");
            Files.copy(AgentJar.path(), jar, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            Launch.of(world, Hello.class)
                    .agentJar(jar)
                    .environment("LC_ALL", "C.UTF-8")
                    .run()
                    .succeeded()
                    .hadNoWarning()
                    .hadNothingFromTheJvmOnStderr()
                    .printed("reader=raw");
        }
    }

    /** Four bytes in UTF-8, and six in the modified one that JNI hands out. */
    @EveryAgentOwnedWorld
    void path_of_the_temporary_folder_may_hold_signs_beyond_the_basic_plane(World world) throws IOException {
        Path folder = Files.createDirectories(AgentJar.buildFolder().resolve("tmp-\ud83d\ude00"));
        Outcome outcome = Launch.of(world, Hello.class)
                .jvm("-Djava.io.tmpdir=" + folder)
                .environment("LC_ALL", "C.UTF-8")
                .run()
                .succeeded()
                .hadNoWarning()
                .printed("reader=raw");
        assertThat(outcome.startLine()).containsEntry("owner", "agent");
    }

    @EveryJdk
    void nothing_is_left_in_the_temporary_folder(World world) throws IOException {
        Path folder = Files.createDirectories(AgentJar.buildFolder().resolve("tmp"));
        Launch.of(world, Hello.class)
                .agent("native.tmpdir=" + folder)
                .run()
                .succeeded()
                .hadNoWarning()
                .printed("reader=raw");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    private static List<String> surroundings(Launch launch) {
        return launch.run().succeeded().out();
    }

    private static Outcome ownLibraries(Outcome outcome) {
        for (String name : new String[] {"com.sun.jna.Native", "net.bytebuddy.ByteBuddy", "org.slf4j.LoggerFactory"})
            assertThat(libraries()).anyMatch(jar -> jar.getFileName().toString().equals(outcome.fact(name)));
        assertThat(outcome.number("jna.cpu")).isNotNegative();
        assertThat(outcome.fact("com.sun.jna.Native")).contains(outcome.fact("jna.version"));
        assertThat(outcome.number("woven")).isNotNegative();
        return outcome;
    }

    /** Other versions than the agent's, copied there by the build. */
    private static Path[] libraries() {
        try (Stream<Path> jars = Files.list(AgentJar.buildFolder().resolveSibling("it-libraries"))) {
            return jars.sorted().toArray(Path[]::new);
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }
}
