/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import io.rseq.Cpus;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A Java program to launch, as a user would: with the packed agent on the command line, unless told otherwise. */
final class Launch {
    private final World world;
    private final List<String> main;
    private final List<String> wrapper = new ArrayList<>();
    private final List<String> agents = new ArrayList<>();
    private final List<String> flags = new ArrayList<>();
    private final List<String> arguments = new ArrayList<>();
    private final List<Path> classPath = new ArrayList<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private Duration timeout = Duration.ofSeconds(90);

    private Launch(World world, List<String> main) {
        this.world = world;
        this.main = main;
        if (!world.glibc()) environment.put("GLIBC_TUNABLES", "glibc.pthread.rseq=0");
        agents.add("-javaagent:" + AgentJar.path());
    }

    /** A main class of the tests' own. */
    static Launch of(World world, Class<?> main) {
        return new Launch(world, List.of(main.getName())).classPath(home(main), api());
    }

    /** A main class that a test compiled. */
    static Launch ofName(World world, String main, Path... classPath) {
        return new Launch(world, List.of(main)).classPath(classPath).classPath(api());
    }

    /** A module, with its class on the module path. */
    static Launch ofModule(World world, String moduleAndClass, Path... modulePath) {
        List<String> words = new ArrayList<>(List.of("-p", join(List.of(modulePath)), "-m", moduleAndClass));
        return new Launch(world, words);
    }

    /** The jar or folder that a class of the tests' class path lies in. */
    static Path home(Class<?> type) {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath());
    }

    /** The library that applications compile against. */
    static Path api() {
        return home(Cpus.class);
    }

    Launch classPath(Path... entries) {
        classPath.addAll(List.of(entries));
        return this;
    }

    /** What comes before everything else there. */
    Launch classPathFirst(Path entry) {
        classPath.add(0, entry);
        return this;
    }

    /** The application's own JNA, and leave to use it. */
    Launch jna() {
        classPath.add(home(com.sun.jna.Native.class));
        return nativeAccess();
    }

    /** Leave for the application to load native code, where the JDK would warn without. */
    Launch nativeAccess() {
        if (world.jdk().feature() >= 24) flags.add("--enable-native-access=ALL-UNNAMED");
        return this;
    }

    /** Options of the agent, {@code key=value,key=value}. */
    Launch agent(String options) {
        agents.clear();
        agents.add("-javaagent:" + AgentJar.path() + "=" + options);
        return this;
    }

    Launch withoutAgent() {
        agents.clear();
        return this;
    }

    /** Another agent's jar instead of ours. */
    Launch agentJar(Path jar) {
        agents.clear();
        return andAgentJar(jar);
    }

    Launch agentJar(Path jar, String options) {
        agents.clear();
        return andAgentJar(jar, options);
    }

    Launch andAgentJar(Path jar) {
        agents.add("-javaagent:" + jar);
        return this;
    }

    Launch andAgentJar(Path jar, String options) {
        agents.add("-javaagent:" + jar + "=" + options);
        return this;
    }

    Launch jvm(String... more) {
        flags.addAll(List.of(more));
        return this;
    }

    Launch arguments(Object... more) {
        for (Object argument : more) arguments.add(argument.toString());
        return this;
    }

    Launch environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** What the command line begins with: taskset, strace. */
    Launch wrapper(String... words) {
        wrapper.addAll(List.of(words));
        return this;
    }

    Launch timeout(Duration limit) {
        timeout = limit;
        return this;
    }

    Outcome run() {
        return command().run();
    }

    Running start() {
        return command().start();
    }

    private Command command() {
        List<String> words = new ArrayList<>(wrapper);
        words.add(world.jdk().tool("java"));
        words.addAll(agents);
        words.addAll(flags);
        if (!classPath.isEmpty()) words.addAll(List.of("-cp", join(classPath)));
        words.addAll(main);
        words.addAll(arguments);
        return Command.of(words).environment(environment).timeout(timeout);
    }

    private static String join(List<Path> paths) {
        return String.join(
                File.pathSeparator, paths.stream().map(Path::toString).toList());
    }
}
