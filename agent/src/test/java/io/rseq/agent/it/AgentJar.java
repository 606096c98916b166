/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import com.sun.tools.attach.VirtualMachine;
import io.rseq.agent.it.programs.EmptyAgent;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** The jar under test as it is shipped, and one whose agent does nothing, to compare with. */
final class AgentJar {
    private AgentJar() {}

    static Path path() {
        return Path.of(System.getProperty("rseq.agent.jar"));
    }

    /** Loads the agent into a running JVM. */
    static void attach(long pid, String options) throws Exception {
        VirtualMachine jvm = VirtualMachine.attach(Long.toString(pid));
        try {
            jvm.loadAgent(path().toString(), options);
        } finally {
            jvm.detach();
        }
    }

    /** The same as a user does it: {@code java -jar rseq-agent.jar attach PID}. */
    static void attachFromCommandLine(Jdk jdk, long pid) {
        command(jdk, "attach", Long.toString(pid)).run().succeeded();
    }

    /** {@code java -jar rseq-agent.jar ...}. */
    static Command command(Jdk jdk, String... arguments) {
        List<String> words = new ArrayList<>(List.of(jdk.tool("java"), "-jar", path().toString()));
        words.addAll(List.of(arguments));
        return Command.of(words);
    }

    /** A folder of the build for what tests make. */
    static Path buildFolder() {
        try {
            return Files.createDirectories(Path.of(System.getProperty("rseq.build")));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The jar of an agent that does nothing. */
    static Path empty() {
        return of(EmptyAgent.class);
    }

    /** The jar of an agent of the tests' own. */
    static Path of(Class<?> agent) {
        String file = agent.getName().replace('.', '/') + ".class";
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", agent.getName());
        manifest.getMainAttributes().putValue("Can-Retransform-Classes", "true");
        manifest.getMainAttributes().putValue("Can-Redefine-Classes", "true");
        Path jar = buildFolder().resolve(agent.getSimpleName() + ".jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out, manifest)) {
            entries.putNextEntry(new JarEntry(file));
            Files.copy(Launch.home(agent).resolve(file), entries);
            entries.closeEntry();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return jar;
    }
}
