/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rseq.agent.it.programs.DeepAppends;
import io.rseq.agent.it.programs.Hello;
import io.rseq.agent.it.programs.OneSequence;
import io.rseq.agent.it.programs.Sequences;
import io.rseq.internal.SequenceContract;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/** Every JDK commits by its own committer, exactly; where it has none, structures are told so, and so is who reads the log. */
class CommitterIT {
    private static final int ROUNDS = 20_000;
    private static final int ROUNDS_INTERPRETED = 2_000;
    private static final String COMMITS_HOOK = "java.lang.$RseqCommits";

    @EveryWorld
    void sequences_lose_nothing_and_make_nothing_twice(World world) {
        Outcome outcome = exact(launch(world, ROUNDS).run(), world);
        outcome.hadNoWarning().hadNothingFromTheJvmOnStderr();
        assertThat(outcome.startLine()).containsEntry("committer", committer(world.jdk()));
        assertThat(outcome.exitLine()).containsKey("restarts");
    }

    /** The contract that the unit tests' fakes keep, too. */
    @EveryJdk
    void sequences_keep_their_contract_however_they_are_entered(World world) {
        assumeTrue(committer(world.jdk()).equals("sequences"), () -> world.jdk() + " commits atomically");
        for (String entry : List.of("direct", "linker")) {
            for (String[] flags : new String[][] {
                {"-Xint"}, {"-Xcomp", "-XX:TieredStopAtLevel=1"}, {"-Xcomp", "-XX:-TieredCompilation"}
            }) {
                Launch.of(world, SequenceContract.class)
                        .agent("entry=" + entry)
                        .jvm(flags)
                        .wrapper(
                                "taskset",
                                "-c",
                                Integer.toString(Machine.allowedCpus().nextSetBit(0)))
                        .run()
                        .succeeded()
                        .hadNoWarning()
                        .printed("contract=held");
            }
        }
    }

    /** On later JDKs the interpreter goes the same way as compiled code; on 17 only C2 does, and its log says so. */
    @EveryJdk
    void on_17_c2_calls_the_sequences_themselves(World world) throws IOException {
        assumeTrue(world.jdk().feature() == 17, () -> world.jdk() + " has another linkToNative");
        for (String entry : List.of("direct", "linker")) {
            Path log = AgentJar.buildFolder().resolve("compilations-" + entry + ".xml");
            exact(
                            launch(world, ROUNDS)
                                    .agent("entry=" + entry)
                                    .jvm("-Xbatch") // else the program may end before C2 comes to it
                                    .jvm("-XX:+UnlockDiagnosticVMOptions", "-XX:+LogCompilation", "-XX:LogFile=" + log)
                                    .run(),
                            world)
                    .hadNoWarning();
            assertThat(Files.readString(log, StandardCharsets.ISO_8859_1).contains("l2n_intrinsification_success"))
                    .as("%s, entry=%s", log, entry)
                    .isEqualTo(entry.equals("direct"));
        }
    }

    @EveryJdk
    void sequences_are_exact_by_the_stubs_of_the_linker_or_by_native_methods(World world) {
        exact(launch(world, ROUNDS).agent("entry=linker").run(), world)
                .hadNoWarning()
                .hadNothingFromTheJvmOnStderr();
    }

    /** Which bounds the program tries, it is told by a property. */
    @EveryJdk
    void sequences_are_exact_and_bounded_in_regions_of_other_sizes(World world) {
        for (int shift : new int[] {20, 28}) {
            exact(
                            launch(world, ROUNDS_INTERPRETED + 1000)
                                    .agent("memory=" + (1 << shift - 20) + "m")
                                    .jvm("-Dregion.shift=" + shift)
                                    .run(),
                            world)
                    .hadNoWarning()
                    .hadNothingFromTheJvmOnStderr();
        }
    }

    /** The handle that takes an array is there where the JDK makes such, and the sequences above went by it. */
    @EveryJdk
    void since_22_a_short_record_is_copied_and_committed_by_one_sequence(World world) {
        for (String entry : List.of("direct", "linker")) {
            boolean expected = world.jdk().feature() >= 22 && entry.equals("direct");
            Launch.of(world, OneSequence.class)
                    .agent("entry=" + entry)
                    .jvm("--add-opens=java.base/java.lang=ALL-UNNAMED")
                    .run()
                    .succeeded()
                    .printed("available=true")
                    .printed("arrays=" + expected);
        }
    }

    /** A JVM that passed arguments otherwise would look like this library: its probe gets to see other numbers than Java passed. */
    @EveryJdk
    void where_arguments_do_not_arrive_the_linker_is_asked_with_one_warning(World world) throws IOException {
        exact(launch(world, ROUNDS).agent("native.path=" + deafProbe(world)).run(), world)
                .hadNothingFromTheJvmOnStderr()
                .warnedOnceOf("entry=direct", "using linker", "arguments do not arrive");
    }

    @EveryJdk
    void where_the_linker_fails_too_the_warning_has_both_reasons(World world) throws IOException {
        Outcome outcome = launch(world, ROUNDS)
                .agent("native.path=" + deafProbe(world))
                .jvm("-Djdk.internal.foreign.CABI=UNSUPPORTED")
                .run()
                .hadNothingFromTheJvmOnStderr();
        atomic(outcome, committer(world.jdk())).warnedOnceOf("arguments do not arrive", "using atomic: ");
    }

    @EveryWorld
    void sequences_are_exact_when_only_c1_compiles(World world) {
        exact(launch(world, ROUNDS).jvm("-XX:TieredStopAtLevel=1").run(), world)
                .hadNoWarning()
                .hadNothingFromTheJvmOnStderr();
    }

    @EveryJdk
    void sequences_are_exact_when_only_c2_compiles(World world) {
        exact(launch(world, ROUNDS).jvm("-XX:-TieredCompilation").run(), world)
                .hadNoWarning()
                .hadNothingFromTheJvmOnStderr();
    }

    @EveryWorld
    void sequences_are_exact_when_nothing_is_compiled(World world) {
        exact(launch(world, ROUNDS_INTERPRETED).jvm("-Xint").run(), world)
                .hadNoWarning()
                .hadNothingFromTheJvmOnStderr();
    }

    @EveryJdk
    void a_jvm_that_denies_native_access_and_unsafe_says_nothing(World world) {
        assumeTrue(world.jdk().feature() >= 24, () -> world.jdk() + " denies nothing");
        exact(
                        launch(world, ROUNDS)
                                .jvm("--illegal-native-access=deny", "--sun-misc-unsafe-memory-access=deny")
                                .run(),
                        world)
                .hadNoWarning()
                .hadNothingFromTheJvmOnStderr();
    }

    @EveryJdk
    void a_forced_committer_is_taken_or_the_next_best_with_one_warning(World world) {
        String own = committer(world.jdk());
        for (String forced : List.of("auto", "sequences")) {
            Outcome outcome = launch(world, ROUNDS_INTERPRETED)
                    .agent("committer=" + forced)
                    .run()
                    .hadNothingFromTheJvmOnStderr();
            if (own.equals("atomic")) atomic(outcome, own);
            else exact(outcome, world);
            assertThat(outcome.startLine()).containsEntry("committer", own);
            if (forced.equals("auto") || forced.equals(own)) outcome.hadNoWarning();
            else outcome.warnedOnceOf("committer=" + forced, "using " + own);
        }
    }

    @EveryWorld
    void committer_atomic_makes_no_sequence_and_no_memory(World world) {
        Outcome outcome = launch(world, ROUNDS).agent("committer=atomic").run().hadNoWarning();
        atomic(outcome.hadNothingFromTheJvmOnStderr(), "atomic");
    }

    @EveryJdk
    void without_an_area_structures_commit_atomically(World world) {
        Outcome outcome = launch(world, ROUNDS).agent("owner=none").run();
        atomic(outcome, "atomic").warnedOnceOf("owner=none");
    }

    @EveryJdk
    void a_committer_that_fails_when_it_is_opened_is_one_warning_and_atomic(World world) {
        assumeTrue(world.jdk().feature() >= 21, () -> world.jdk() + " has no linker that could fail");
        Outcome outcome = launch(world, ROUNDS)
                .agent("entry=linker")
                .jvm("-Djdk.internal.foreign.CABI=UNSUPPORTED")
                .run()
                .hadNothingFromTheJvmOnStderr();
        atomic(outcome, committer(world.jdk())).warnedOnceOf("committer=" + committer(world.jdk()), "using atomic: ");
    }

    @EveryJdk
    void a_jar_without_the_second_hook_is_one_warning_and_atomic(World world) throws IOException {
        Path jar =
                AgentJar.buildFolder().resolve("without-commits-" + world.jdk().feature() + ".jar");
        Files.copy(AgentJar.path(), jar, StandardCopyOption.REPLACE_EXISTING);
        try (FileSystem zip = FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), Map.of())) {
            Files.delete(zip.getPath("META-INF/rseq/engine/hook/RseqCommits.bytes"));
        }
        Outcome outcome = launch(world, ROUNDS).agentJar(jar).run().hadNothingFromTheJvmOnStderr();
        atomic(outcome, committer(world.jdk())).warnedOnceOf(COMMITS_HOOK, "can't be defined", "using atomic");
    }

    @EveryJdk
    void an_application_without_structures_has_no_second_hook(World world) {
        Outcome outcome = Launch.of(world, Hello.class)
                .jvm("-Xlog:class+load:stdout:none")
                .run()
                .succeeded();
        assertThat(outcome.out()).noneMatch(line -> line.startsWith(COMMITS_HOOK));
        assertThat(outcome.exitLine()).doesNotContainKey("restarts");
        assertThat(launch(world, ROUNDS_INTERPRETED)
                        .jvm("-Xlog:class+load:stdout:none")
                        .run()
                        .out())
                .anyMatch(line -> line.startsWith(COMMITS_HOOK));
    }

    @EveryJdk
    void the_agent_may_come_when_structures_are_there(World world) throws Exception {
        try (Running running = launch(world, ROUNDS)
                .withoutAgent()
                .jvm("-XX:+EnableDynamicAgentLoading")
                .arguments("attach")
                .start()) {
            running.awaitOut("ready");
            AgentJar.attach(running.pid(), "");
            running.say("go");
            exact(running.finish(), world)
                    .hadNoWarning()
                    .printed("before.available=false")
                    .printed("before.allocate.none=true")
                    .printed("before.add=1");
        }
    }

    @EveryJdk
    void without_the_agent_there_are_no_sequences(World world) {
        launch(world, ROUNDS)
                .withoutAgent()
                .run()
                .succeeded()
                .printed("available=false")
                .printed("committer=none")
                .printed("add.none=1")
                .printed("allocate=false");
    }

    @EveryJdk
    void a_stack_that_overflows_in_an_append_leaves_no_record_that_readers_wait_for_and_no_warning(World world) {
        for (String flag : new String[] {"-XX:+TieredCompilation", "-XX:TieredStopAtLevel=1", "-Xint"}) {
            Outcome outcome =
                    Launch.of(world, DeepAppends.class).jvm(flag).run().succeeded();
            outcome.hadNothingFromTheJvmOnStderr();
            assertThat(outcome.out()).as("%s", outcome).noneMatch(line -> line.contains("VM warning"));
            outcome.printed("done=true");
            assertThat(outcome.number("overflows")).as("%s", outcome).isEqualTo(40);
        }
    }

    private static Path deafProbe(World world) throws IOException {
        assumeTrue(world.jdk().feature() >= 21, () -> world.jdk() + " is not entered directly");
        Path libraries = Path.of(System.getProperty("rseq.native")).resolve("linux-x86-64");
        assumeTrue(Files.isDirectory(libraries), () -> "no " + libraries);
        Path folder = Files.createDirectories(AgentJar.buildFolder().resolve("deaf-probe"));
        for (String file : List.of("librseq_jvm.so", "librseq_area.so"))
            Files.copy(libraries.resolve(file), folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        deafen(folder.resolve("librseq_jvm.so"));
        return folder;
    }

    /** Replaces the first instruction of the probe, {@code lea (%r9,%rdi,2),%rax}, by {@code xor %eax,%eax}. */
    private static void deafen(Path library) throws IOException {
        byte[] file = Files.readAllBytes(library);
        String code = new String(file, StandardCharsets.ISO_8859_1);
        int probe = code.indexOf("\u0049\u008d\u0004\u0079\u0049\u008d\u0004\u0040");
        assertThat(probe).as("the probe's code in %s", library).isPositive();
        file[probe] = 0x31;
        file[probe + 1] = (byte) 0xc0;
        file[probe + 2] = (byte) 0x66;
        file[probe + 3] = (byte) 0x90;
        Files.write(library, file);
    }

    /** What this JDK has, by its feature version. */
    static String committer(Jdk jdk) {
        return jdk.feature() == 17 || jdk.feature() >= 21 ? "sequences" : "atomic";
    }

    private static Launch launch(World world, int rounds) {
        return Launch.of(world, Sequences.class).arguments(rounds);
    }

    /** Asserts that nothing was lost, nothing came twice, and every misuse was refused. */
    private static Outcome exact(Outcome outcome, World world) {
        outcome.succeeded().printed("available=true").printed("committer=" + committer(world.jdk()));
        for (String threads : world.jdk().hasVirtualThreads() ? List.of("platform", "virtual") : List.of("platform")) {
            for (int by = 0; by < 2; by++) outcome.printed("add." + threads + "." + by + "=true");
        }
        outcome.printed("stack.balance=true").printed("stack.order=321");
        assertThat(outcome.number("stack.moved")).as("%s", outcome).isGreaterThan(ROUNDS_INTERPRETED);
        outcome.printed("stack.empty=2").printed("stack.emptyBatch=0");
        outcome.printed("stack.full=2").printed("stack.fullBatch=0");
        outcome.printed("fence=true").printed("stack.closed=3").printed("stack.closedPop=3");
        assertThat(outcome.number("places.taken")).as("%s", outcome).isGreaterThan(ROUNDS_INTERPRETED);
        outcome.printed("places.takenTwice=0").printed("places.full=true");
        outcome.printed("places.closed=3").printed("places.empty=2");
        outcome.printed("buffer.complete=true").printed("buffer.ids=true").printed("buffer.damaged=0");
        assertThat(outcome.number("buffer.appended")).as("%s", outcome).isGreaterThan(500);
        outcome.printed("buffer.full=2").printed("buffer.tooLong=2");
        outcome.printed("memory.zeroed=true").printed("memory.aligned=true").printed("memory.kept=0");
        outcome.printed("misuse.notRefused=0");
        return outcome.printed("done=true");
    }

    /** Asserts that structures were told to commit atomically, after a start line that forecast this committer. */
    private static Outcome atomic(Outcome outcome, String forecast) {
        outcome.succeeded().printed("available=false").printed("committer=atomic");
        outcome.printed("add.none=1").printed("allocate=false");
        assertThat(outcome.startLine()).containsEntry("committer", forecast);
        assertThat(outcome.exitLine()).doesNotContainKey("restarts");
        return outcome;
    }
}
