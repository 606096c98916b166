/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

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
        compile(name, result, "-shared", "-fPIC", "-I" + include, "-I" + include.resolve("linux"), "-pthread");
        return result;
    }

    static Path program(String name) {
        Path result = AgentJar.buildFolder().resolve(name);
        compile(name, result);
        return result;
    }

    private static void compile(String name, Path result, String... flags) {
        Path source = Path.of(System.getProperty("rseq.fixtures"), "c", name + ".c");
        List<String> words = new ArrayList<>(List.of("cc", "-O2", "-Wall", "-Werror"));
        words.addAll(List.of(flags));
        words.addAll(List.of("-o", result.toString(), source.toString()));
        Command.of(words).run().succeeded();
    }
}
