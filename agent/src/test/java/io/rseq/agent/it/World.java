/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a program runs: a JDK, and whether glibc registers every thread itself ({@code glibc=on}, its default since 2.35) or is told not
 * to ({@code glibc=off}), so that the agent does. An older glibc has only the second.
 */
record World(Jdk jdk, boolean glibc) {
    private static final boolean GLIBC_REGISTERS = glibcRegisters();

    /** Every JDK in both worlds of glibc; with the Maven profile {@code fast} in the one that is this machine's by default. */
    static Stream<World> all() {
        return Jdk.FAST ? jdks() : both();
    }

    private static Stream<World> both() {
        List<World> worlds = new ArrayList<>();
        for (Jdk jdk : Jdk.all()) {
            if (GLIBC_REGISTERS) worlds.add(new World(jdk, true));
            worlds.add(new World(jdk, false));
        }
        return worlds.stream();
    }

    /** Every JDK, for what does not depend on who registers. */
    static Stream<World> jdks() {
        return Jdk.all().stream().map(jdk -> new World(jdk, GLIBC_REGISTERS));
    }

    /** Every JDK where the agent registers. */
    static Stream<World> agentOwned() {
        return both().filter(world -> !world.glibc);
    }

    /** Every JDK where glibc registers; none where glibc is too old. */
    static Stream<World> glibcOwned() {
        return both().filter(World::glibc);
    }

    /** The log's word for who registers here. */
    String owner() {
        return glibc ? "glibc" : "agent";
    }

    @Override
    public String toString() {
        return jdk + " glibc=" + (glibc ? "on" : "off");
    }

    private static boolean glibcRegisters() {
        List<String> answer = Command.of("getconf", "GNU_LIBC_VERSION").run().out();
        if (answer.isEmpty() || !answer.get(0).startsWith("glibc ")) return false;
        String[] numbers = answer.get(0).substring("glibc ".length()).split("\\.");
        return Integer.parseInt(numbers[0]) > 2 || Integer.parseInt(numbers[1]) >= 35;
    }
}
