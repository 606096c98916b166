/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * What one write to the metrics costs when a thread does nothing else. It shows the ratio of the ways on this machine, now; a figure to
 * quote comes from the benchmarks. The ways take turns within a round, so that what disturbs the machine disturbs all of them.
 */
final class TightLoop {
    static final int ROUNDS = 7;

    /** Long against the time in which the threads of a round come to run, and against a time slice of the kernel's scheduler. */
    static final int ROUND_MILLIS = 10;

    private static final int WARM_UP = 2;

    /** So many records that the JIT has compiled a loop for good, also where a busy machine leaves little of the time to it. */
    private static final int WARM_UP_RECORDS = 400_000;

    private static final int CHUNK = 4096;
    private static final int VALUES = 1024;

    /** What is measured: {@code loop} writes the values in turn, so many times. */
    record Way(String name, Loop loop) {}

    /** A loop over values. */
    interface Loop {
        void run(long[] values, int times);
    }

    /** Nanoseconds per record as one of {@code threads} sees it, the median of {@code rounds}. */
    record Figure(String name, int threads, double nanos, int rounds) {}

    private final long[] values = new long[VALUES];

    TightLoop() {
        SplittableRandom random = new SplittableRandom(42);
        // 8 microseconds to 1 millisecond, as latencies spread: evenly by magnitude
        for (int i = 0; i < VALUES; i++) values[i] = (long) (8_000 * Math.pow(2, random.nextDouble() * 7));
    }

    static List<Way> ways() {
        PerCpuMetrics perCpu = new PerCpuMetrics();
        SharedMetrics shared = new SharedMetrics();
        JdkMetrics jdk = new JdkMetrics();
        Traffic traffic = new Traffic();
        return List.of(
                new Way("count    PerCpuCounter", traffic::countInTurn),
                new Way("count    @PerCpu, AtomicLongArray", perCpu::receivedInTurn),
                new Way("count    LongAdder", jdk::receivedInTurn),
                new Way("count    one shared AtomicLong", shared::receivedInTurn),
                new Way("latency  PerCpuHistogram", traffic::recordInTurn),
                new Way("latency  @PerCpu, a histogram of atomics per CPU", perCpu::recordInTurn),
                new Way("latency  synchronized histogram", jdk::recordInTurn),
                new Way("latency  one shared histogram of atomics", shared::recordInTurn));
    }

    /** Runs all ways on so many threads: warm-up, then rounds until {@code deadline}, at least one. */
    List<Figure> run(List<Way> ways, int threads, long deadline) throws InterruptedException, ExecutionException {
        ExecutorService pool = Executors.newFixedThreadPool(threads, work -> {
            Thread thread = new Thread(work, "tight-loop");
            thread.setDaemon(true);
            return thread;
        });
        try {
            double[][] nanos = new double[ways.size()][ROUNDS];
            int rounds = 0;
            for (int round = -WARM_UP; round < ROUNDS && (rounds < 1 || System.nanoTime() - deadline < 0); round++) {
                for (int way = 0; way < ways.size(); way++) {
                    double each = once(pool, threads, ways.get(way).loop(), round < 0 ? WARM_UP_RECORDS : 0);
                    if (round >= 0) nanos[way][round] = each;
                }
                if (round >= 0) rounds++;
            }
            List<Figure> figures = new ArrayList<>();
            for (int way = 0; way < ways.size(); way++)
                figures.add(
                        new Figure(ways.get(way).name(), threads, median(Arrays.copyOf(nanos[way], rounds)), rounds));
            return figures;
        } finally {
            pool.shutdownNow();
            pool.awaitTermination(1, TimeUnit.SECONDS);
        }
    }

    private double once(ExecutorService pool, int threads, Loop loop, int least)
            throws InterruptedException, ExecutionException {
        CyclicBarrier together = new CyclicBarrier(threads);
        List<Future<Double>> parts = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            parts.add(pool.submit(() -> {
                together.await();
                return perRecord(loop, least);
            }));
        }
        double sum = 0;
        for (Future<Double> part : parts) sum += part.get();
        return sum / threads;
    }

    private double perRecord(Loop loop, int least) {
        long start = System.nanoTime();
        long elapsed = 0;
        int chunks = 0;
        while (elapsed < TimeUnit.MILLISECONDS.toNanos(ROUND_MILLIS) || chunks * CHUNK < least) {
            loop.run(values, CHUNK);
            chunks++;
            elapsed = System.nanoTime() - start;
        }
        return (double) elapsed / chunks / CHUNK;
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
