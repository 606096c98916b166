/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.BrokenClassFiles;
import io.rseq.agent.it.programs.Hello;
import io.rseq.agent.it.programs.Refused;
import io.rseq.agent.it.programs.Shapes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** Bad input is one clear line each, and the application runs on. */
class BadInputIT {
    static final String READ_ONLY = "mount --make-rprivate / && mount --bind /tmp /tmp"
            + " && mount -o remount,bind,ro /tmp && mount -o remount,bind,ro /";
    static final String SHM = "mount -t tmpfs tmpfs /dev/shm -o size=4m";

    @EveryJdk
    void unknown_option_names_the_nearest_match(World world) {
        hello(world, "raeder=jni").warnedOnceOf("raeder", "'reader'").printed("reader=raw");
    }

    @EveryJdk
    void unknown_value_names_the_nearest_match(World world) {
        hello(world, "reader=row").warnedOnceOf("reader=row", "'raw'").printed("reader=raw");
        hello(world, "log=inof").warnedOnceOf("log=inof", "'info'");
    }

    @EveryJdk
    void option_without_a_value_is_one_warning(World world) {
        hello(world, "debug").warnedOnceOf("'debug'", "key=value");
    }

    /** What the command line asks an agent that is loaded, is no option. */
    @EveryJdk
    void status_is_an_unknown_option(World world) {
        hello(world, "status=/x").warnedOnceOf("unknown option status").printed("reader=raw");
    }

    @EveryJdk
    void unknown_property_and_variable_are_one_warning_each(World world) {
        Outcome outcome = Launch.of(world, Hello.class)
                .jvm("-Drseq.reeder=jni")
                .environment("RSEQ_LOGG", "debug")
                .run()
                .succeeded();
        assertThat(outcome.warnings()).hasSize(2);
        assertThat(outcome.warnings()).anyMatch(line -> line.contains("rseq.reeder") && line.contains("'reader'"));
        assertThat(outcome.warnings()).anyMatch(line -> line.contains("RSEQ_LOGG") && line.contains("'log'"));
    }

    @EveryJdk
    void agent_option_wins_over_property_and_property_over_variable(World world) {
        Launch.of(world, Hello.class)
                .agent("reader=getcpu")
                .jvm("-Drseq.reader=jni")
                .environment("RSEQ_READER", "raw")
                .run()
                .succeeded()
                .hadNoWarning()
                .printed("reader=getcpu");
        Launch.of(world, Hello.class)
                .jvm("-Drseq.reader=jni")
                .environment("RSEQ_READER", "getcpu")
                .run()
                .succeeded()
                .hadNoWarning()
                .printed("reader=jni");
        Launch.of(world, Hello.class)
                .environment("RSEQ_READER", "getcpu")
                .run()
                .succeeded()
                .hadNoWarning()
                .printed("reader=getcpu");
    }

    @EveryJdk
    void native_path_without_the_library_costs_acceleration_alone(World world) {
        unaccelerated(hello(world, "native.path=/nonexistent"), "native.path=/nonexistent", "librseq_jvm.so");
    }

    @EveryJdk
    void native_path_with_something_that_is_no_library_costs_acceleration_alone(World world) throws IOException {
        Path folder = Files.createDirectories(AgentJar.buildFolder().resolve("no-library"));
        Files.writeString(
                folder.resolve("librseq_jvm.so"), "this is no library, only text that is long enough.\n".repeat(8));
        Outcome outcome = Launch.of(world, Hello.class)
                .agent("native.path=" + folder)
                .run()
                .succeeded()
                .printed("reader=none");
        outcome.warnedOnceOf("can't load", folder.toString(), "unaccelerated");
    }

    @EveryJdk
    void native_tmpdir_that_does_not_exist_costs_acceleration_alone(World world) {
        unaccelerated(hello(world, "native.tmpdir=/nonexistent"), "/nonexistent", "native.tmpdir");
    }

    @EveryJdk
    void native_tmpdir_that_can_not_be_written_costs_acceleration_alone(World world) {
        unaccelerated(hello(world, "native.tmpdir=/proc"), "/proc", "native.tmpdir"); // not even root makes files there
    }

    @EveryJdk
    void native_tmpdir_that_is_mounted_noexec_costs_acceleration_alone(World world) throws IOException {
        Path folder = Files.createDirectories(AgentJar.buildFolder().resolve("noexec"));
        String mount = "mount -t tmpfs -o noexec tmpfs '" + folder + "'";
        Machine.needsTool("a private mount", "unshare", "-m", "sh", "-c", mount);
        Outcome outcome = Launch.of(world, Hello.class)
                .agent("native.tmpdir=" + folder)
                .wrapper("unshare", "-m", "sh", "-c", mount + " && exec \"$@\"", "sh")
                .run()
                .succeeded();
        unaccelerated(outcome, folder.toString(), "noexec", "native.tmpdir");
    }

    /** As a hardened container has it. */
    @EveryWorld
    void read_only_root_without_a_temporary_folder_costs_nothing_where_dev_shm_can_be_written(World world) {
        mounted(world, READ_ONLY + " && " + SHM).hadNoWarning().printed("reader=raw");
    }

    @EveryWorld
    void folder_of_the_jar_serves_where_others_are_mounted_noexec(World world) throws IOException {
        Path folder = Files.createDirectories(AgentJar.buildFolder().resolve("beside the jar"));
        Path jar = folder.resolve("rseq-agent.jar");
        Files.copy(AgentJar.path(), jar, StandardCopyOption.REPLACE_EXISTING);
        String mounts = "mount -t tmpfs -o noexec tmpfs /tmp && " + SHM + ",noexec";
        Machine.needsTool("a private mount", "unshare", "-m", "sh", "-c", mounts);
        Outcome outcome = Launch.of(world, Hello.class)
                .agentJar(jar)
                .wrapper("unshare", "-m", "sh", "-c", mounts + " && exec \"$@\"", "sh")
                .run()
                .succeeded()
                .hadNoWarning()
                .printed("reader=raw");
        assertThat(outcome.startLine()).containsEntry("owner", world.owner());
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(jar);
        }
    }

    @EveryJdk
    void root_where_nothing_can_be_written_and_mapped_costs_acceleration_alone(World world) {
        Outcome outcome = mounted(world, READ_ONLY + " && " + SHM + ",noexec");
        unaccelerated(
                outcome,
                "/tmp (",
                "/dev/shm (",
                AgentJar.path().getParent() + " (",
                "noexec",
                "native.tmpdir",
                "native.path");
    }

    private static Outcome mounted(World world, String mounts) {
        Machine.needsTool("a private mount", "unshare", "-m", "sh", "-c", mounts);
        return Launch.of(world, Hello.class)
                .wrapper("unshare", "-m", "sh", "-c", mounts + " && exec \"$@\"", "sh")
                .run()
                .succeeded();
    }

    /** No option of the agent helps there, and nothing was to be loaded again. */
    @EveryJdk
    void unsupported_system_is_told_without_an_advice_that_does_not_help(World world) {
        Outcome outcome = Launch.of(world, Hello.class)
                .andAgentJar(AgentJar.path())
                .jvm("-Dos.arch=s390x")
                .run()
                .succeeded()
                .printed("reader=none");
        String reason = "no rseq on Linux s390x: Linux on x86-64 or aarch64 is needed";
        assertThat(outcome.warnings())
                .containsExactly(
                        "rseq: ERROR " + reason + "; the application runs unaccelerated",
                        "rseq: ERROR the agent failed to start in this JVM before (" + reason + ")");
    }

    @EveryJdk
    void methods_that_can_not_be_woven_are_one_line_each_and_keep_what_was_passed(World world) {
        Outcome outcome = Launch.of(world, Refused.class).run().succeeded();
        assertThat(outcome.warnings()).hasSize(5).allMatch(line -> line.contains("refused " + Refused.class.getName()));
        refused(outcome, "isAbstract(I)I", "abstract", "annotate the methods that implement it");
        refused(outcome, "isNative(I)I", "native", "annotate a Java method that calls it");
        refused(outcome, "hasTwo(II)I", "2 @CpuIndex parameters", "leave exactly one");
        refused(outcome, "hasNone(I)I", "without a @CpuIndex parameter", "add one");
        refused(outcome, "isLong(J)J", "long", "make it int");
        outcome.printed("hasTwo=-7").printed("hasNone=-3").printed("isLong=-3");
        assertThat(outcome.number("isFine")).isNotNegative();
        assertThat(outcome.exitLine()).containsEntry("unwoven", "5").containsEntry("woven", "1");
    }

    @EveryJdk
    void broken_class_files_fail_as_without_the_agent(World world) {
        List<String> without = Launch.of(world, BrokenClassFiles.class)
                .withoutAgent()
                .run()
                .succeeded()
                .out();
        Outcome with = Launch.of(world, BrokenClassFiles.class).run().succeeded();
        with.hadNothingFromTheJvmOnStderr().printed("whole=defined").printed("survived=true");
        assertThat(without).anyMatch(line -> line.startsWith("truncated.50=java.lang.ClassFormatError"));
        assertThat(without).anyMatch(line -> line.startsWith("newer=java.lang.UnsupportedClassVersionError"));
        assertThat(with.out()).containsExactlyElementsOf(without);
        // the one that was defined without a name
        assertThat(with.warnings())
                .anyMatch(line -> line.contains("refused class " + Shapes.class.getName()) && line.contains(" 222.0;"));
    }

    /** Those defined without a name, too. */
    @EveryJdk
    void excluded_class_whose_file_can_not_be_read_has_no_line(World world) {
        Outcome outcome = Launch.of(world, BrokenClassFiles.class)
                .agent("exclude=" + Shapes.class.getName())
                .run()
                .succeeded()
                .hadNoWarning()
                .printed("survived=true");
        assertThat(outcome.exitLine()).containsEntry("unwoven", "0");
    }

    /** JDK 25 starts no thread then, and changes no module. */
    @EveryJdk
    void a_jvm_that_dumps_a_static_archive_comes_to_its_end(World world) {
        Path archive = AgentJar.buildFolder().resolve("dumped-" + world.jdk().version() + ".jsa");
        Outcome outcome = Launch.of(world, Hello.class)
                .jvm("-XX:+UnlockDiagnosticVMOptions", "-XX:+AllowArchivingWithJavaAgent")
                .jvm("-Xshare:dump", "-XX:SharedArchiveFile=" + archive)
                .run()
                .succeeded();
        assertThat(archive).as(outcome.toString()).exists();
        assertThat(outcome.agentLines())
                .as(outcome.toString())
                .singleElement()
                .asString()
                .containsAnyOf("owner=" + world.owner(), "During -Xshare:dump, module system cannot be modified");
    }

    private static void refused(Outcome outcome, String method, String... parts) {
        assertThat(outcome.warnings().stream()
                        .filter(line -> line.contains(method))
                        .toList())
                .as("lines about %s of %s", method, outcome)
                .hasSize(1)
                .allSatisfy(line -> assertThat(line).contains(parts));
    }

    private static Outcome hello(World world, String options) {
        return Launch.of(world, Hello.class)
                .agent(options)
                .run()
                .succeeded()
                .hadNothingFromTheJvmOnStderr()
                .printed("hello")
                .printed("inRange=true");
    }

    private static void unaccelerated(Outcome outcome, String... parts) {
        outcome.warnedOnceOf(parts)
                .printed("hello")
                .printed("inRange=true")
                .printed("woven=-7")
                .printed("reader=none")
                .hadNothingFromTheJvmOnStderr();
        assertThat(outcome.warnings().get(0)).contains("unaccelerated");
    }
}
