/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.Cpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** What the figures were measured on, without anything that names the machine. */
final class Machine {
    private Machine() {}

    static Machine here() {
        return new Machine();
    }

    List<String> facts() {
        List<String> facts = new ArrayList<>();
        facts.add(LocalDate.now() + ", " + value("/proc/cpuinfo", "model name", "unknown CPU") + ", "
                + Runtime.getRuntime().availableProcessors() + " CPUs (possible: " + Cpus.count() + ")");
        facts.add(System.getProperty("os.name") + " "
                + System.getProperty("os.version").replaceFirst("^(\\d+\\.\\d+).*", "$1") + " "
                + System.getProperty("os.arch") + ", " + value("/proc/meminfo", "MemTotal", "unknown memory"));
        return facts;
    }

    private static String value(String file, String key, String otherwise) {
        try {
            for (String line : Files.readAllLines(Path.of(file))) {
                if (line.startsWith(key))
                    return line.substring(line.indexOf(':') + 1).trim();
            }
        } catch (IOException unreadable) {
            return otherwise;
        }
        return otherwise;
    }
}
