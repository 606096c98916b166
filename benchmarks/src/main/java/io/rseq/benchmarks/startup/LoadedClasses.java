/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks.startup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Loads and initialises generated classes one after the other, of that name, so many, which is a number of hundreds. Prints the nanoseconds that took, those for
 * which this thread had a CPU, how many of the classes were woven, and the nanoseconds that each hundred took.
 */
public final class LoadedClasses {
    private static final int PART = 100;

    private static int woven;

    private LoadedClasses() {}

    public static void main(String[] arguments) throws ClassNotFoundException, IOException {
        String name = LoadedClasses.class.getPackageName() + "." + arguments[0];
        int count = Integer.parseInt(arguments[1]);
        long[] marks = new long[count / PART + 1];
        long cpuStart = cpuNanos();
        marks[0] = System.nanoTime();
        for (int i = 1; i <= count; i++) {
            Class.forName(name + (100_000 + i));
            if (i % PART == 0) marks[i / PART] = System.nanoTime();
        }
        StringBuilder line = new StringBuilder();
        line.append(marks[marks.length - 1] - marks[0])
                .append(' ')
                .append(cpuNanos() - cpuStart)
                .append(' ')
                .append(woven);
        for (int i = 1; i < marks.length; i++) line.append(' ').append(marks[i] - marks[i - 1]);
        System.out.println(line);
    }

    /** The kernel's own count; the JDK's would load a few hundred classes of management first. */
    private static long cpuNanos() throws IOException {
        String text = Files.readString(Path.of("/proc/thread-self/schedstat"));
        return Long.parseLong(text.substring(0, text.indexOf(' ')));
    }

    /** A class found an index where none had been passed. */
    static void sawWoven() {
        woven++;
    }
}
