/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;

/** What this machine allows a test. What it does not is a skip that says so. */
final class Machine {
    private Machine() {}

    /** The CPUs that this process may use. */
    static BitSet allowedCpus() {
        BitSet cpus = new BitSet();
        for (String range : status("Cpus_allowed_list").split(",")) {
            String[] ends = range.split("-");
            cpus.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
        }
        return cpus;
    }

    static void needsCpu(int cpu) {
        assumeTrue(allowedCpus().get(cpu), () -> "this process may not use CPU " + cpu + ", only " + allowedCpus());
    }

    static void needsTwoCpus() {
        assumeTrue(allowedCpus().cardinality() >= 2, () -> "two CPUs are needed, here are " + allowedCpus());
    }

    static void needsTool(String name, String... probe) {
        Outcome outcome = Command.of(probe.length == 0 ? new String[] {name, "--version"} : probe)
                .run();
        assumeTrue(outcome.exitCode() == 0, () -> name + " can't be used here: " + outcome.err());
    }

    static void needsVirtualThreads(World world) {
        assumeTrue(world.jdk().hasVirtualThreads(), () -> world.jdk() + " has no virtual threads");
    }

    static boolean isX86() {
        return System.getProperty("os.arch").equals("amd64");
    }

    private static String status(String key) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith(key + ":"))
                    return line.substring(key.length() + 1).trim();
            }
            throw new IllegalStateException("no " + key + " in /proc/self/status");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
