/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.PerCpuCounter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes counters and counts with each on each CPU that it may use. Prints what they take, off the heap and on it. */
public final class ManyCounters {
    private static final int REGION_SHIFT = 26;

    private ManyCounters() {}

    /** How many. */
    public static void main(String[] arguments) throws IOException {
        int[] cpus = Libc.allowedCpus();
        new PerCpuCounter().increment(); // what all share is there from here on
        long heap = usedHeap();
        PerCpuCounter[] counters = new PerCpuCounter[Integer.parseInt(arguments[0])];
        for (int i = 0; i < counters.length; i++) counters[i] = new PerCpuCounter();
        long onHeap = usedHeap() - heap;
        System.out.println("untouched=" + regions());
        for (int cpu : cpus) {
            Libc.pin(0, cpu);
            for (PerCpuCounter counter : counters) counter.increment();
        }
        long wrong = 0;
        for (PerCpuCounter counter : counters) wrong += Math.abs(counter.sum() - cpus.length);
        System.out.println("cpus=" + cpus.length);
        System.out.println("possible=" + Cpus.count());
        System.out.println("resident=" + regions());
        System.out.println("heap=" + onHeap);
        System.out.println("wrong=" + wrong);
        System.out.println("committer=" + Cpus.support().committer());
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Bytes of per-CPU memory that are resident: of the mappings that are as long as a region, of which there is one for each CPU and one for all. */
    private static long regions() throws IOException {
        long length = 1L << REGION_SHIFT;
        int found = 0;
        long resident = 0;
        boolean ours = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            String[] words = line.split("\\s+");
            if (words[0].contains("-") && !words[0].endsWith(":")) {
                String[] ends = words[0].split("-");
                ours = words[1].equals("rw-p")
                        && Long.parseUnsignedLong(ends[1], 16) - Long.parseUnsignedLong(ends[0], 16) == length;
                if (ours) found++;
            } else if (ours && words[0].equals("Rss:")) resident += Long.parseLong(words[1]) * 1024;
        }
        if (found != Cpus.count() + 1) throw new IllegalStateException(found + " mappings of " + length + " bytes");
        return resident;
    }
}
