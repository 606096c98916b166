/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import io.rseq.Index;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a storm of all structures happens under: a JDK and who registers, a collector, a compiler or none, the committer asked for, and the index. */
record Weather(World world, String name, List<String> flags, String committer, Index index) {
    /** Each collector, each compiler and each committer on every JDK, where glibc registers and where the agent does by turns. */
    static Stream<Weather> all() {
        List<Weather> all = new ArrayList<>();
        for (Jdk jdk : Jdk.all()) {
            List<World> worlds =
                    World.all().filter(world -> world.jdk().equals(jdk)).toList();
            add(all, worlds, "G1", "auto", Index.CPU, "-XX:+UseG1GC", "-Xmx96m");
            add(all, worlds, "Parallel", "auto", Index.CONCURRENCY_ID, "-XX:+UseParallelGC", "-Xmx96m");
            add(all, worlds, "ZGC", "auto", Index.CPU, "-XX:+UseZGC", "-Xmx192m");
            add(all, worlds, "C2 alone", "auto", Index.CPU, "-XX:+UseG1GC", "-Xmx96m", "-XX:-TieredCompilation");
            add(
                    all,
                    worlds,
                    "C1 alone",
                    "auto",
                    Index.CONCURRENCY_ID,
                    "-XX:+UseParallelGC",
                    "-Xmx96m",
                    "-XX:TieredStopAtLevel=1");
            add(all, worlds, "no compiler", "auto", Index.CPU, "-XX:+UseG1GC", "-Xmx64m", "-Xint");
            add(all, worlds, "atomic", "atomic", Index.CPU, "-XX:+UseG1GC", "-Xmx96m");
        }
        return all.stream();
    }

    private static void add(
            List<Weather> all, List<World> worlds, String name, String committer, Index index, String... flags) {
        all.add(new Weather(worlds.get(all.size() % worlds.size()), name, List.of(flags), committer, index));
    }

    boolean compiled() {
        return !flags.contains("-Xint");
    }

    /** What commits in the end. */
    String committerInForce() {
        return committer.equals("atomic") ? "atomic" : CommitterIT.committer(world.jdk());
    }

    @Override
    public String toString() {
        return world + " " + name;
    }
}
