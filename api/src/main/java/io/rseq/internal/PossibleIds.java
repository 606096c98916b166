/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's lists of possible ids, such as {@code 0-3,8-11} (Documentation/admin-guide/cputopology.rst). */
public final class PossibleIds {
    private static final Path CPUS = Path.of("/sys/devices/system/cpu/possible");
    private static final Path NODES = Path.of("/sys/devices/system/node/possible");
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String ALLOWED = "Cpus_allowed_list:";

    private PossibleIds() {}

    /**
     * 1 + the highest possible CPU. Where the list can't be read, {@code availableProcessors()}, or 1 + the highest CPU that the process may run
     * on, whichever is more: in a container that is pinned to high CPUs it runs on no other.
     */
    public static int cpus() {
        int possible = read(CPUS, 0);
        return possible > 0
                ? possible
                : Math.max(allowed(), Runtime.getRuntime().availableProcessors());
    }

    /** 1 + the highest possible NUMA node; 1 where the list can't be read. */
    public static int nodes() {
        return read(NODES, 1);
    }

    /** 1 + the highest CPU of the main thread's affinity mask; 0 where {@code /proc} can't be read. */
    private static int allowed() {
        try {
            for (String line : Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1)) {
                if (line.startsWith(ALLOWED)) return size(line.substring(ALLOWED.length()), 0);
            }
        } catch (IOException | RuntimeException unreadable) {
            // as if it were not said
        }
        return 0;
    }

    private static int read(Path list, int otherwise) {
        try {
            return size(Files.readString(list), otherwise);
        } catch (IOException | RuntimeException unreadable) {
            return otherwise;
        }
    }

    /** 1 + the highest number in {@code list}; {@code otherwise} where there is none. */
    static int size(String list, int otherwise) {
        int highest = -1;
        for (String number : list.trim().split("[^0-9]+")) {
            if (!number.isEmpty()) highest = Math.max(highest, Integer.parseInt(number));
        }
        return highest < 0 ? otherwise : highest + 1;
    }
}
