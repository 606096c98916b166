/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.agent.it.programs.Json2Documents;
import io.rseq.agent.it.programs.Json3Documents;
import io.rseq.agent.it.programs.JsonInLockedLoader;
import io.rseq.agent.it.programs.JsonOfItsOwn;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.commons.ClassRemapper;
import net.bytebuddy.jar.asm.commons.Remapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** With {@code adopt=jackson} documents are what they were, of the newest Jackson and of the oldest that is served. */
class JacksonIT {
    private static final String OURS = "$RseqRecyclerPool";
    private static final String CORE = "com/fasterxml/jackson/core/";

    /** A version of Jackson, the program for it, and what its default pool is. */
    enum Jackson {
        NEWEST_2("jackson-2", Json2Documents.class, "ThreadLocalPool"),
        OLDEST_2("jackson-2-oldest", Json2Documents.class, "LockFreePool"),
        NEWEST_3("jackson-3", Json3Documents.class, "ConcurrentDequePool"),
        OLDEST_3("jackson-3-oldest", Json3Documents.class, "ConcurrentDequePool"),
        OLDER_2("jackson-2-older", Json2Documents.class, "ThreadLocalPool");

        private final String folder;
        private final Class<?> program;
        private final String theirs;

        Jackson(String folder, Class<?> program, String theirs) {
            this.folder = folder;
            this.program = program;
            this.theirs = theirs;
        }

        /** In front of the one that the tests were compiled with. */
        Path jar() {
            try (Stream<Path> jars =
                    Files.list(AgentJar.buildFolder().resolveSibling("adopted").resolve(folder))) {
                return jars.findFirst().orElseThrow();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        Launch launch(World world) {
            return Launch.of(world, program).classPath(jar()).agent("adopt=jackson");
        }
    }

    static Stream<Arguments> served() {
        return World.jdks()
                .flatMap(world -> Stream.of(Jackson.values())
                        .filter(jackson -> jackson != Jackson.OLDER_2)
                        .map(jackson -> Arguments.of(world, jackson)));
    }

    @ParameterizedTest
    @MethodSource("served")
    void check_names_the_class_that_is_rerouted(World world, Jackson jackson) {
        Outcome outcome = AgentJar.command(world.jdk(), "check", jackson.jar().toString())
                .run()
                .exited(0);
        assertThat(outcome.out())
                .anyMatch(line ->
                        line.startsWith("adopt   adopt=jackson reroutes ") && line.endsWith(".JsonRecyclerPools"));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("served")
    void documents_are_right_and_their_buffers_come_from_the_pool(World world, Jackson jackson) {
        Outcome outcome = jackson.launch(world).run().succeeded().hadNoWarning();
        check(outcome, jackson);
        assertThat(outcome.exitLine()).containsEntry("rerouted", "1");
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("served")
    void each_loader_has_a_pool_and_nothing_holds_it(World world, Jackson jackson) {
        Outcome outcome = Launch.of(world, JsonOfItsOwn.class)
                .agent("adopt=jackson")
                .arguments(jackson.program.getName(), jackson.jar())
                .run()
                .succeeded()
                .hadNoWarning()
                .printed("collected=true");
        check(outcome, jackson);
        assertThat(outcome.out())
                .filteredOn(line -> line.equals("default=" + OURS))
                .hasSize(2);
        assertThat(outcome.exitLine()).containsEntry("rerouted", "2");
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("served")
    void factories_made_after_an_attach_have_it(World world, Jackson jackson) throws Exception {
        try (Running running = jackson.launch(world)
                .withoutAgent()
                .arguments("attach")
                .jvm("-XX:+EnableDynamicAgentLoading")
                .start()) {
            running.awaitOut("ready");
            AgentJar.attach(running.pid(), "adopt=jackson");
            running.say("go");
            Outcome outcome = running.finish().succeeded().hadNoWarning();
            outcome.printed("before=" + jackson.theirs);
            check(outcome, jackson);
        }
    }

    @EveryJdk
    void in_a_loader_that_locks_itself_it_comes_once_the_class_is_loaded(World world) {
        Outcome outcome = Launch.of(world, JsonInLockedLoader.class)
                .agent("adopt=jackson")
                .arguments(Jackson.NEWEST_2.jar())
                .run()
                .succeeded()
                .hadNoWarning()
                .printed("default=" + OURS);
        assertThat(outcome.exitLine()).containsEntry("rerouted", "1");
    }

    @EveryJdk
    void jackson_on_the_module_path_has_it_in_its_module(World world) {
        for (Jackson jackson : new Jackson[] {Jackson.NEWEST_2, Jackson.NEWEST_3}) {
            String module = jackson == Jackson.NEWEST_2 ? "com.fasterxml.jackson.core" : "tools.jackson.core";
            Outcome outcome = Launch.of(world, jackson.program)
                    .agent("adopt=jackson")
                    .jvm("-p", jackson.jar().toString(), "--add-modules", module)
                    .jvm("--add-opens", module + '/' + module + ".util=ALL-UNNAMED")
                    .run()
                    .succeeded()
                    .hadNoWarning();
            check(outcome, jackson);
        }
    }

    @EveryJdk
    void a_copy_in_another_package_has_it(World world) throws IOException {
        Path jar = changed("moved", "com/acme/shaded/jackson/", "threadLocalPool");
        Outcome outcome = Launch.of(world, Json2Documents.class)
                .classPathFirst(jar)
                .agent("adopt=jackson,log=debug")
                .run()
                .succeeded()
                .hadNoWarning();
        check(outcome, Jackson.NEWEST_2);
        assertThat(outcome.agentLines())
                .anyMatch(line ->
                        line.endsWith("rerouted class com.acme.shaded.jackson.util.JsonRecyclerPools adopt=jackson"));
    }

    @EveryJdk
    void a_jackson_with_another_default_is_left_alone_with_one_line(World world) throws IOException {
        Path jar = changed("renamed", CORE, "poolOfTomorrow");
        Outcome outcome = Launch.of(world, Json2Documents.class)
                .classPathFirst(jar)
                .agent("adopt=jackson")
                .run()
                .succeeded()
                .warnedOnceOf("JsonRecyclerPools looks otherwise", "its defaultPool() is none of");
        outcome.printed("default=" + Jackson.NEWEST_2.theirs).printed("wrong=0");
        assertThat(outcome.exitLine()).containsEntry("rerouted", "0");
    }

    @EveryJdk
    void an_older_jackson_is_left_alone_with_one_line(World world) {
        Outcome outcome = Jackson.OLDER_2.launch(world).run().succeeded();
        outcome.printed("default=" + Jackson.OLDER_2.theirs).printed("wrong=0");
        assertThat(outcome.agentLines())
                .filteredOn(line -> line.contains("JsonRecyclerPools") && line.contains("isLinkedWithPool"))
                .hasSize(1);
        assertThat(outcome.exitLine()).containsEntry("rerouted", "0");
    }

    @EveryJdk
    void without_the_option_the_pool_is_jackson_own(World world) {
        Outcome outcome =
                Jackson.NEWEST_2.launch(world).agent("log=debug").run().succeeded();
        outcome.printed("default=" + Jackson.NEWEST_2.theirs).printed("wrong=0");
    }

    /** Jackson 2 with its core in that package and its threadLocalPool() called so, and the program for it. */
    private static Path changed(String name, String core, String threadLocalPool) throws IOException {
        Remapper remapper = new Remapper(Opcodes.ASM9) {
            @Override
            public String map(String internalName) {
                return internalName.startsWith(CORE) ? core + internalName.substring(CORE.length()) : internalName;
            }

            @Override
            public String mapMethodName(String owner, String method, String descriptor) {
                return method.equals("threadLocalPool") ? threadLocalPool : method;
            }
        };
        Path jar = AgentJar.buildFolder().resolve("jackson-" + name + ".jar");
        try (JarFile from = new JarFile(Jackson.NEWEST_2.jar().toFile());
                JarOutputStream to = new JarOutputStream(Files.newOutputStream(jar))) {
            for (JarEntry entry : from.stream().toList()) {
                if (!entry.getName().startsWith(CORE) || !entry.getName().endsWith(".class")) continue;
                try (InputStream in = from.getInputStream(entry)) {
                    put(to, in, remapper);
                }
            }
            try (InputStream in = Json2Documents.class.getResourceAsStream("Json2Documents.class")) {
                put(to, in, remapper);
            }
        }
        return jar;
    }

    private static void put(JarOutputStream to, InputStream file, Remapper remapper) throws IOException {
        ClassReader reader = new ClassReader(file);
        ClassWriter writer = new ClassWriter(0);
        reader.accept(new ClassRemapper(writer, remapper), 0);
        to.putNextEntry(new JarEntry(remapper.map(reader.getClassName()) + ".class"));
        to.write(writer.toByteArray());
        to.closeEntry();
    }

    private static void check(Outcome outcome, Jackson jackson) {
        outcome.printed("default=" + OURS)
                .printed("same=true")
                .printed("loader=true")
                .printed("domain=true")
                .printed("module=true")
                .printed("wrong=0")
                .printed("chosen=BoundedPool")
                .printed("foreign=false")
                .printed("again=" + jackson.theirs);
        assertThat(outcome.number("idle")).isPositive();
    }
}
