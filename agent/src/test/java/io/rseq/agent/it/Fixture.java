/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A small C source under {@code src/test/c}, compiled when a test wants it. */
final class Fixture {
    private Fixture() {}

    /** A JNI library, compiled against a JDK's own headers. */
    static Path library(String name, Jdk jdk) {
        Path include = jdk.home().resolve("include");
        Path result = AgentJar.buildFolder().resolve("lib" + name + "-" + jdk.feature() + ".so");
        compile(source(name), result, "-shared", "-fPIC", "-I" + include, "-I" + include.resolve("linux"), "-pthread");
        return result;
    }

    static Path program(String name) {
        Path result = AgentJar.buildFolder().resolve(name);
        compile(source(name), result);
        return result;
    }

    /** A program of a page. */
    static Path program(String name, String text) {
        Path result = AgentJar.buildFolder().resolve(name);
        Path source = AgentJar.buildFolder().resolve(name + ".c");
        try {
            Files.writeString(source, text + "\n");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        compile(source, result);
        return result;
    }

    /** A library that is another party of the process, in one variant of its source. */
    static Path peer(String variant, String source, String... definitions) {
        return peer(variant, source(source), definitions);
    }

    /** A library of the native tests, in one variant of its source. */
    static Path nativePeer(String variant, String source, String... definitions) {
        return peer(variant, folder().resolve("../../../native/test/fixtures/" + source + ".c"), definitions);
    }

    private static Path peer(String variant, Path source, String... definitions) {
        Path result = AgentJar.buildFolder().resolve("lib" + variant + ".so");
        List<String> flags = new ArrayList<>(List.of("-shared", "-fPIC"));
        for (String definition : definitions) flags.add("-D" + definition);
        compile(source, result, flags.toArray(String[]::new));
        return result;
    }

    private static Path folder() {
        return Path.of(System.getProperty("rseq.fixtures"));
    }

    private static Path source(String name) {
        return folder().resolve("c").resolve(name + ".c");
    }

    private static void compile(Path source, Path result, String... flags) {
        List<String> words = new ArrayList<>(List.of("cc", "-O2", "-Wall", "-Werror"));
        words.addAll(List.of(flags));
        words.addAll(List.of("-o", result.toString(), source.toString()));
        Command.of(words).run().succeeded();
    }
}
