/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Hello;
import io.rseq.agent.it.programs.LiveThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Every rseq(2) of a whole process, as strace sees it, thread by thread; and how it unpacks its libraries. */
class SystemCallsIT {
    private static final int ENDING = 5;
    private static final int STAYING = 4;
    private static final String NOBODYS_ADDRESS = "0xfffffffffffff000"; // -4096: a question, never a registration
    private static final Pattern CALL = Pattern.compile("rseq\\((\\w+|NULL), (\\w+), (\\w+), (\\w+)\\) += (-?\\d+).*");

    private static final Pattern CHMOD = Pattern.compile("chmod.*, 0[0-7]*([0-7]{3})(?:[,)]| <unfinished)");

    /** One system call. */
    private record Call(String address, boolean unregister, boolean succeeded) {
        boolean isQuestion() {
            return !succeeded && (unregister || address.equals(NOBODYS_ADDRESS));
        }
    }

    @EveryAgentOwnedWorld
    void agent_registers_each_thread_once_and_unregisters_it_at_its_end(World world) {
        Map<String, List<Call>> calls = new TreeMap<>();
        Outcome outcome = trace(world, calls);
        int registered = 0;
        int unregistered = 0;
        int twice = 0;
        for (Map.Entry<String, List<Call>> thread : calls.entrySet()) {
            List<Call> changes = thread.getValue().stream()
                    .filter(call -> !call.isQuestion())
                    .toList();
            for (int i = 0; i < changes.size(); i++) {
                Call call = changes.get(i);
                assertThat(call.succeeded())
                        .as("thread %s: %s", thread.getKey(), changes)
                        .isTrue();
                assertThat(call.unregister())
                        .as("thread %s: %s", thread.getKey(), changes)
                        .isEqualTo(i % 2 == 1);
                assertThat(call.address()).isEqualTo(changes.get(0).address());
                if (call.unregister()) unregistered++;
                else registered++;
            }
            if (changes.size() > 2) twice++;
        }
        assertThat(twice)
                .as("threads that came twice: only the main one, as DestroyJavaVM")
                .isLessThanOrEqualTo(1);
        assertThat(unregistered).isGreaterThanOrEqualTo(ENDING + STAYING);
        assertThat(outcome.exitLine())
                .containsEntry("syscalls.register", Integer.toString(registered))
                .containsEntry("registered", Integer.toString(registered));
    }

    @EveryGlibcOwnedWorld
    void agent_changes_no_registration_of_glibc(World world) {
        Map<String, List<Call>> calls = new TreeMap<>();
        Outcome outcome = trace(world, calls);
        for (Map.Entry<String, List<Call>> thread : calls.entrySet()) {
            List<Call> changes = thread.getValue().stream()
                    .filter(call -> !call.isQuestion())
                    .toList();
            assertThat(changes)
                    .as("glibc's one registration of thread %s", thread.getKey())
                    .hasSize(1)
                    .allMatch(call -> call.succeeded() && !call.unregister());
        }
        assertThat(outcome.exitLine())
                .containsEntry("syscalls.register", "0")
                .containsEntry("syscalls.unregister", "0");
    }

    @EveryAgentOwnedWorld
    void libraries_are_unpacked_where_others_can_not_search_whatever_the_umask(World world) throws IOException {
        Machine.needsTool("strace", "strace", "-f", "-e", "trace=file", "true");
        Path folder = newFolder("unpacked-" + world.jdk().feature());
        Path calls = AgentJar.buildFolder().resolve("unpacked-" + world.jdk().feature() + ".calls");
        Launch.of(world, Hello.class)
                .agent("native.tmpdir=" + folder)
                .wrapper(
                        "strace",
                        "-f",
                        "-e",
                        "trace=file",
                        "-o",
                        calls.toString(),
                        "sh",
                        "-c",
                        "umask 0; exec \"$@\"",
                        "sh")
                .run()
                .succeeded()
                .hadNoWarning();
        int libraries = 0;
        int mode = 0777;
        for (String line : Files.readAllLines(calls)) {
            if (!line.contains(folder.toString())) continue;
            Matcher chmod = CHMOD.matcher(line);
            if (line.contains(" mkdir")) mode = 0777;
            else if (chmod.find()) mode = Integer.parseInt(chmod.group(1), 8);
            else if (line.contains("O_EXCL")) {
                libraries++;
                assertThat(mode & 0111).as(line).isEqualTo(0100);
            }
        }
        assertThat(libraries).isEqualTo(2);
        assertThat(folder).isEmptyDirectory();
    }

    private static Outcome trace(World world, Map<String, List<Call>> calls) {
        Machine.needsTool("strace", "strace", "-f", "-e", "trace=rseq", "true");
        Path folder = newFolder("strace-" + world.toString().replaceAll("[^a-z0-9.]+", "-"));
        try (Running running = Launch.of(world, LiveThreads.class)
                .wrapper(
                        "strace",
                        "-ff",
                        "-e",
                        "trace=rseq",
                        "-o",
                        folder.resolve("calls").toString())
                .arguments(ENDING, STAYING)
                .start()) {
            running.awaitOut("ready");
            running.say("go");
            Outcome outcome = running.finish().succeeded().hadNoWarning();
            read(folder, calls);
            return outcome;
        }
    }

    private static void read(Path folder, Map<String, List<Call>> calls) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                List<Call> ofThread = new ArrayList<>();
                for (String line : Files.readAllLines(file)) {
                    if (!line.startsWith("rseq(")) continue;
                    Matcher matcher = CALL.matcher(line);
                    assertThat(matcher.matches()).as(line).isTrue();
                    String flags = matcher.group(3);
                    boolean unregister = flags.equals("RSEQ_FLAG_UNREGISTER") || flags.equals("0x1");
                    assertThat(unregister || flags.equals("0")).as(line).isTrue();
                    ofThread.add(new Call(
                            matcher.group(1), unregister, matcher.group(5).equals("0")));
                }
                if (!ofThread.isEmpty()) calls.put(file.getFileName().toString(), ofThread);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Path newFolder(String name) {
        Path folder = AgentJar.buildFolder().resolve(name);
        try {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> old = Files.list(folder)) {
                    for (Path file : old.toList()) Files.delete(file);
                }
            }
            return Files.createDirectories(folder);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
