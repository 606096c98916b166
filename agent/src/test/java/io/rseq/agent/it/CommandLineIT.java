/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.LiveThreads;
import io.rseq.agent.it.programs.Managed;
import io.rseq.agent.it.programs.Named;
import io.rseq.agent.it.programs.Refused;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The commands of the jar, as a user gives them. */
class CommandLineIT {
    @EveryJdk
    void doctor_reads_its_own_lines_whatever_the_environment_says_of_the_log(World world) {
        Path file = AgentJar.buildFolder().resolve("doctor-log.txt");
        for (String log : new String[] {"off", "debug"}) {
            Outcome outcome = AgentJar.command(world.jdk(), "doctor")
                    .environment(Map.of("RSEQ_LOG", log, "RSEQ_LOG_FILE", file.toString()))
                    .run()
                    .succeeded();
            assertThat(outcome.out()).anyMatch(line -> line.matches("reader +raw .*"));
            assertThat(file).doesNotExist();
        }
    }

    /** Which has every JVM load the agent, the doctor's own too. */
    @EveryJdk
    void doctor_finds_the_same_where_the_environment_gives_the_agent(World world) {
        for (String options : new String[] {"", "=log=off", "=log=debug"}) {
            Outcome outcome = AgentJar.command(world.jdk(), "doctor")
                    .environment(Map.of("JAVA_TOOL_OPTIONS", "-javaagent:" + AgentJar.path() + options + " -Xmx64m"))
                    .run()
                    .succeeded();
            assertThat(outcome.out())
                    .as(outcome.toString())
                    .noneMatch(line -> line.startsWith("rseq: "))
                    .anyMatch(line -> line.matches("reader +raw .*"));
        }
    }

    @EveryJdk
    void doctor_and_status_print_json_with_the_facts_of_their_lines(World world) {
        Outcome doctor = AgentJar.command(world.jdk(), "doctor", "--json").run().succeeded();
        assertThat(Parsed.of(String.join("", doctor.out())))
                .containsEntry("inForce.reader", "raw")
                .containsEntry("verdict", "all is well");
        try (Running running =
                Launch.of(world, LiveThreads.class).arguments(2, 3).start()) {
            running.awaitOut("ready");
            Map<String, String> status = Parsed.of(String.join("", status(world, running, "--json")));
            assertThat(status)
                    .containsEntry("pid", Long.toString(running.pid()))
                    .containsEntry("inForce.reader", "raw")
                    .containsEntry("totals.refused", "0")
                    .containsValue("staying-2");
            assertThat(status.keySet().stream().filter(key -> key.matches("threads[.]\\d+[.]tid")))
                    .hasSize(Integer.parseInt(status.get("totals.live")));
        }
    }

    @EveryJdk
    void named_structures_and_what_they_count_are_in_the_status_and_in_the_bean(World world) {
        try (Running running = Launch.of(world, Named.class).start()) {
            running.awaitOut("ready");
            assertThat(Status.lines(world, running.pid()))
                    .anyMatch(line -> line.matches(
                            "structure=buffers created=1 discarded=0 idle=1 idle\\.\\d+=1 maxIdle=5 refused=0"))
                    .anyMatch(line -> line.matches("structure=served_requests sum=41 sum\\.\\d+=41"));
            assertThat(Parsed.of(String.join("", status(world, running, "--json"))))
                    .containsEntry("structures.0.structure", "buffers")
                    .containsEntry("structures.0.idle", "1")
                    .containsEntry("structures.1.sum", "41");
            running.say("");
            running.finish().succeeded().printed("has.buffers=true").printed("has.42=true");
        }
    }

    /** Each load of an agent is a warning of the JVM's, from JDK 21 on. */
    @EveryJdk
    void a_watch_answers_repeatedly_by_one_load_and_leaves_nothing(World world) throws IOException {
        Path folder = Files.createTempDirectory(AgentJar.buildFolder(), "watch");
        try (Running running =
                Launch.of(world, LiveThreads.class).arguments(2, 3).start()) {
            running.awaitOut("ready");
            Outcome watched =
                    watch(world, running, folder, "--times", "3").run().succeeded();
            assertThat(watched.out())
                    .filteredOn(line -> line.startsWith("registered "))
                    .hasSize(3);
            assertThat(watched.out())
                    .filteredOn(line -> line.matches("live +\\d+ +-?[0-9.]+"))
                    .hasSize(2);
            assertThat(watched.out()).anyMatch(line -> line.matches("\\d+ +[1-9]\\d* +\\d+"));
            assertThat(folder).isEmptyDirectory();
            while (running.threadNames().contains("rseq-status")) Thread.onSpinWait();
            running.say("go");
            Outcome outcome = running.finish().succeeded().hadNoWarning();
            assertThat(outcome.err())
                    .filteredOn(line -> line.contains("has been loaded dynamically"))
                    .hasSize(world.jdk().hasVirtualThreads() ? 1 : 0);
        }
    }

    @EveryJdk
    void a_watch_ends_well_with_the_jvm_that_it_watches(World world) throws IOException {
        Path folder = Files.createTempDirectory(AgentJar.buildFolder(), "watch");
        try (Running running =
                Launch.of(world, LiveThreads.class).arguments(2, 3).start()) {
            running.awaitOut("ready");
            try (Running watch = watch(world, running, folder, "--json").start()) {
                watch.awaitOut("{");
                running.say("go");
                running.finish().succeeded().hadNoWarning();
                Outcome ended = watch.finish().succeeded();
                assertThat(ended.err()).isEmpty();
                for (String line : ended.out()) assertThat(Parsed.of(line)).containsKey("totals.live");
            }
            assertThat(folder).isEmptyDirectory();
        }
    }

    @EveryJdk
    void a_watch_of_a_jvm_without_the_agent_says_so(World world) {
        try (Running running = Launch.of(world, LiveThreads.class)
                .withoutAgent()
                .arguments(0, 0)
                .start()) {
            running.awaitOut("ready");
            Outcome outcome = AgentJar.command(world.jdk(), "status", Long.toString(running.pid()), "--watch")
                    .run()
                    .exited(2);
            assertThat(outcome.err()).singleElement().asString().contains("the agent is not loaded in ");
        }
    }

    @EveryJdk
    void bash_completes_the_commands_by_the_script_that_the_line_of_the_page_reads(World world) {
        String line = Page.of("docs/operations.md")
                .span("rseq() ")
                .replace("java ", "'" + world.jdk().tool("java") + "' ")
                .replace("/opt/rseq-agent.jar", "'" + AgentJar.path() + "'");
        String script = line + "\nCOMP_WORDS=(rseq do); COMP_CWORD=1; _complete_rseq; echo \"${COMPREPLY[@]}\"";
        Machine.needsTool("bash");
        Command.of("bash", "-c", script).run().succeeded().printed("doctor");
    }

    private static Command watch(World world, Running running, Path folder, String... more) {
        List<String> words = new ArrayList<>(List.of(world.jdk().tool("java"), "-Djava.io.tmpdir=" + folder));
        words.addAll(List.of("-jar", AgentJar.path().toString(), "status", Long.toString(running.pid())));
        words.addAll(List.of("--watch", "1"));
        words.addAll(List.of(more));
        return Command.of(words);
    }

    private static List<String> status(World world, Running running, String option) {
        return AgentJar.command(world.jdk(), "status", Long.toString(running.pid()), option)
                .run()
                .succeeded()
                .out();
    }

    @EveryJdk
    void doctor_says_what_a_jvm_said_that_did_not_start_and_which_variable_reached_it(World world) {
        // the command line's -Xmx counts more than the variable's, and the second JVM has only that
        Outcome outcome = Command.of(
                        world.jdk().tool("java"),
                        "-Xmx64m",
                        "-jar",
                        AgentJar.path().toString(),
                        "doctor")
                .environment(Map.of("JAVA_TOOL_OPTIONS", "-Xmx1k"))
                .run()
                .exited(2);
        assertThat(outcome.out())
                .as(outcome.toString())
                .last()
                .asString()
                .contains(
                        "bin/java ended before the agent started: Too small maximum heap",
                        "; correct or unset JAVA_TOOL_OPTIONS");
    }

    @EveryJdk
    void a_command_whose_output_is_lost_fails_and_says_so(World world) {
        try (Running running =
                Launch.of(world, Managed.class).jna().arguments("attach").start()) {
            running.awaitOut("ready");
            for (String command : List.of("doctor", "check " + Launch.api(), "status " + running.pid(), "--version")) {
                for (String lost : List.of(">/dev/full", ">&-")) {
                    String java = world.jdk().tool("java") + " -jar " + AgentJar.path();
                    Outcome outcome = Command.of("sh", "-c", "exec " + java + " " + command + " " + lost)
                            .run()
                            .exited(2);
                    assertThat(outcome.err())
                            .as(outcome.toString())
                            .containsExactly("rseq: the output could not be written; "
                                    + "give the command a stdout that is open, and has room");
                }
            }
        }
    }

    @EveryJdk
    void check_of_a_file_that_is_not_there_says_so(World world) {
        Outcome outcome =
                AgentJar.command(world.jdk(), "check", "/nonexistent.jar").run().exited(2);
        assertThat(outcome.err()).containsExactly("rseq: /nonexistent.jar can't be read as a jar: no such file");
    }

    @EveryJdk
    void check_looks_into_every_archive_of_an_archive_and_goes_on_after_a_damaged_one(World world) throws IOException {
        String name = Refused.class.getName().replace('.', '/') + ".class";
        byte[] jar = archive(
                Map.of(name, Files.readAllBytes(Launch.home(Refused.class).resolve(name))));
        Map<String, byte[]> war = new LinkedHashMap<>();
        war.put("WEB-INF/lib/half.jar", Arrays.copyOf(jar, jar.length / 2));
        war.put("WEB-INF/lib/text.jar", new byte[] {'t', 'e', 'x', 't'});
        war.put("WEB-INF/lib/whole.jar", jar);
        Path ear = AgentJar.buildFolder().resolve("check.ear");
        Files.write(ear, archive(Map.of("app.war", archive(war))));
        Outcome outcome =
                AgentJar.command(world.jdk(), "check", ear.toString()).run().exited(1);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out())
                .contains("ok      " + Refused.class.getName() + ".isFine(I)I index=cpu")
                .contains("1 methods can be woven, 7 can't");
        for (String damaged : new String[] {"half", "text"})
            assertThat(outcome.out())
                    .filteredOn(line ->
                            line.startsWith("refused WEB-INF/lib/" + damaged + ".jar: can't be read as a jar: "))
                    .hasSize(1);
    }

    @EveryJdk
    void check_looks_into_a_folder_its_classes_and_its_jars(World world) throws IOException {
        String name = Refused.class.getName().replace('.', '/') + ".class";
        byte[] file = Files.readAllBytes(Launch.home(Refused.class).resolve(name));
        Path folder = AgentJar.buildFolder().resolve("check-folder");
        Files.createDirectories(folder.resolve("lib"));
        Files.write(folder.resolve("Refused.class"), file);
        Files.write(folder.resolve("lib/app.jar"), archive(Map.of(name, file)));
        Files.write(folder.resolve("lib/note.txt"), new byte[] {'t'});
        Outcome outcome =
                AgentJar.command(world.jdk(), "check", folder.toString()).run().exited(1);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out())
                .filteredOn(("ok      " + Refused.class.getName() + ".isFine(I)I index=cpu")::equals)
                .hasSize(2);
        assertThat(outcome.out()).contains("2 methods can be woven, 10 can't");
    }

    private static byte[] archive(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return bytes.toByteArray();
    }
}
