/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's lists of possible ids, such as {@code 0-3,8-11} (Documentation/admin-guide/cputopology.rst). */
public final class PossibleIds {
    private static final Path CPUS = Path.of("/sys/devices/system/cpu/possible");
    private static final Path NODES = Path.of("/sys/devices/system/node/possible");

    private PossibleIds() {}

    /** 1 + the highest possible CPU; {@code availableProcessors()} where the list can't be read. */
    public static int cpus() {
        return read(CPUS, Runtime.getRuntime().availableProcessors());
    }

    /** 1 + the highest possible NUMA node; 1 where the list can't be read. */
    public static int nodes() {
        return read(NODES, 1);
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
