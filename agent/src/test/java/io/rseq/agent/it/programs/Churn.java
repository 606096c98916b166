/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Very many short threads, few at a time, each of which reads an index. */
public final class Churn {
    private static final int AT_A_TIME = 50;

    private Churn() {}

    public static void main(String[] arguments) throws Exception {
        int threads = Integer.parseInt(arguments[0]);
        Thread[] recent = new Thread[AT_A_TIME];
        for (int i = 0; i < threads; i++) {
            if (i == threads / 10) System.out.println("rssEarly=" + residentKilobytes());
            int place = i % AT_A_TIME;
            if (recent[place] != null) recent[place].join(); // which returns after the thread was released
            recent[place] = new Thread(() -> Shapes.still(Shapes.NOT_WOVEN));
            recent[place].start();
        }
        for (Thread thread : recent) thread.join();
        System.out.println("rssLate=" + residentKilobytes());
        System.out.println("threads=" + threads);
    }

    private static long residentKilobytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) return Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
        throw new IllegalStateException("no VmRSS");
    }
}
