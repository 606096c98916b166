/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The sources under {@code src/test/languages}, each compiled by a compiler in a process of its own, once for all JDKs that run them. */
final class Compiled {
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final Set<Path> MADE = new HashSet<>();

    private Compiled() {}

    static Path byJavac(Jdk jdk, String... flags) {
        Path result = result("javac-" + jdk.feature() + String.join("", flags));
        List<String> words = new ArrayList<>(List.of(jdk.tool("javac"), "-d", result.toString()));
        words.addAll(List.of("-proc:none", "-cp", Launch.api().toString()));
        words.addAll(List.of(flags));
        words.add(source("java/shapes/JavaShapes.java"));
        Command.of(words).timeout(TIMEOUT).run().succeeded();
        return result;
    }

    static Path byEcj() {
        return once("ecj", "org.eclipse.jdt.internal.compiler.batch.Main", "java", "-17", "-nowarn");
    }

    static Path byAjc() {
        return once("ajc", "org.aspectj.tools.ajc.Main", "java", "-17", "-nowarn");
    }

    static Path byKotlinc() {
        return once(
                "kotlinc",
                "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler",
                "kotlin",
                "-nowarn",
                "-no-stdlib",
                "-no-reflect",
                "-jvm-target",
                "17",
                "-jvm-default",
                "disable");
    }

    static Path byScalac2() {
        return once("scalac2", "scala.tools.nsc.Main", "scala", "-release", "17");
    }

    static Path byScalac3() {
        return once("scalac3", "dotty.tools.dotc.Main", "scala");
    }

    static Path byGroovyc() {
        return once("groovyc", "org.codehaus.groovy.tools.FileSystemCompiler", "groovy");
    }

    /** What ProGuard makes of it. */
    static Path shrunk(Path classes) {
        Path result = result(classes.getFileName() + "-proguard.jar");
        if (!MADE.add(result)) return result;
        java(
                "proguard",
                "proguard.ProGuard",
                "@" + source("proguard.pro"),
                "-injars",
                classes.toString(),
                "-outjars",
                result.toString(),
                "-libraryjars",
                Jdk.standard().home().resolve("jmods/java.base.jmod") + "(!**.jar;!module-info.class)",
                "-libraryjars",
                Launch.api().toString());
        return result;
    }

    /** A compiler's jars, which hold what its programs need at run time, too. */
    static Path[] jars(String compiler) {
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("rseq.compilers"), compiler))) {
            return all.sorted().toArray(Path[]::new);
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    private static Path once(String compiler, String main, String language, String... flags) {
        Path result = result(compiler);
        if (!MADE.add(result)) return result;
        List<String> words = new ArrayList<>(List.of("-d", result.toString(), "-cp"));
        words.add(Launch.api() + File.pathSeparator + join(jars(compiler)));
        words.addAll(List.of(flags));
        try (Stream<Path> all = Files.walk(Path.of(source(language)))) {
            all.filter(Files::isRegularFile).forEach(file -> words.add(file.toString()));
            Files.createDirectories(result);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        java(compiler, main, words.toArray(String[]::new));
        return result;
    }

    /** The first compiler of HotSpot alone is the faster for so short a run. */
    private static void java(String compiler, String main, String... arguments) {
        List<String> words = new ArrayList<>(List.of(Jdk.standard().tool("java"), "-XX:TieredStopAtLevel=1"));
        words.addAll(List.of("-cp", join(jars(compiler)), main));
        words.addAll(List.of(arguments));
        Command.of(words).timeout(TIMEOUT).run().succeeded();
    }

    private static Path result(String name) {
        return AgentJar.buildFolder().resolve("compiled-" + name);
    }

    private static String source(String name) {
        return Path.of(System.getProperty("rseq.fixtures"), "languages", name).toString();
    }

    private static String join(Path... paths) {
        return String.join(
                File.pathSeparator, Stream.of(paths).map(Path::toString).toList());
    }
}
