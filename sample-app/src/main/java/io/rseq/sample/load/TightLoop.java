/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample.load;

import io.rseq.Lease;
import io.rseq.PerCpuCounter;
import io.rseq.PerCpuHistogram;
import io.rseq.PerCpuPool;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * What one use of each structure costs when a thread does nothing else. It shows the ratio of the ways on this machine, now; a figure to
 * quote comes from the benchmarks. The ways take turns within a round, so that what disturbs the machine disturbs all of them.
 */
final class TightLoop {
    static final int ROUNDS = Integer.getInteger("sample.rounds", 7);

    /** Long against the time in which the threads of a round come to run, and against a time slice of the kernel's scheduler. */
    static final int ROUND_MILLIS = 30;

    private static final int WARM_UP = 2;

    /** So many records that the JIT has compiled a loop for good, also where a busy machine leaves little of the time to it. */
    private static final int WARM_UP_RECORDS = 400_000;

    private static final int CHUNK = 4096;
    private static final int VALUES = 1024;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** What is measured: {@code loop} uses the values in turn, so many times. Each has a loop of its own, so that the JIT compiles each for itself alone. */
    record Way(String name, Loop loop) {}

    /** A loop over values. */
    interface Loop {
        void run(long[] values, int times);
    }

    /** Nanoseconds of wall time and of CPU time for each use, as one of {@code threads} sees it: medians of {@code rounds}. */
    record Figure(String name, int threads, double wall, double cpu, int rounds) {}

    /** What one thread measured in one round. */
    private record Cost(double wall, double cpu) {}

    private final long[] values = new long[VALUES];

    TightLoop() {
        SplittableRandom random = new SplittableRandom(42);
        // 8 microseconds to 1 millisecond, as latencies spread: evenly by magnitude
        for (int i = 0; i < VALUES; i++) values[i] = (long) (8_000 * Math.pow(2, random.nextDouble() * 7));
    }

    static List<Way> ways() {
        PerCpuCounter counter = new PerCpuCounter();
        LongAdder adder = new LongAdder();
        AtomicLong atomic = new AtomicLong();
        PerCpuHistogram histogram = new PerCpuHistogram(TimeUnit.MINUTES.toNanos(1), 3);
        ConcurrentHistogram concurrent = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 3);
        PerCpuPool<byte[]> pool = PerCpuPool.builder(() -> new byte[VALUES]).build();
        Queue<byte[]> queue = new ConcurrentLinkedQueue<>();
        return List.of(
                new Way("count    PerCpuCounter", (values, times) -> {
                    for (int i = 0; i < times; i++) counter.add(values[i & VALUES - 1]);
                }),
                new Way("count    LongAdder", (values, times) -> {
                    for (int i = 0; i < times; i++) adder.add(values[i & VALUES - 1]);
                }),
                new Way("count    one shared AtomicLong", (values, times) -> {
                    for (int i = 0; i < times; i++) atomic.getAndAdd(values[i & VALUES - 1]);
                }),
                new Way("latency  PerCpuHistogram", (values, times) -> {
                    for (int i = 0; i < times; i++) histogram.record(values[i & VALUES - 1]);
                }),
                new Way("latency  HdrHistogram's ConcurrentHistogram", (values, times) -> {
                    for (int i = 0; i < times; i++) concurrent.recordValue(values[i & VALUES - 1]);
                }),
                new Way("buffer   PerCpuPool", (values, times) -> {
                    for (int i = 0; i < times; i++) {
                        try (Lease<byte[]> lease = pool.lease()) {
                            lease.get()[i & VALUES - 1] = (byte) values[i & VALUES - 1];
                        }
                    }
                }),
                new Way("buffer   ConcurrentLinkedQueue", (values, times) -> {
                    for (int i = 0; i < times; i++) {
                        byte[] buffer = queue.poll();
                        if (buffer == null) buffer = new byte[VALUES];
                        buffer[i & VALUES - 1] = (byte) values[i & VALUES - 1];
                        queue.offer(buffer);
                    }
                }));
    }

    /** Runs all ways on so many threads: warm-up, then rounds until {@code deadline}, at least one. */
    List<Figure> run(List<Way> ways, int threads, long deadline) throws InterruptedException, ExecutionException {
        ExecutorService pool = Executors.newFixedThreadPool(threads, work -> {
            Thread thread = new Thread(work, "tight-loop");
            thread.setDaemon(true);
            return thread;
        });
        try {
            double[][] wall = new double[ways.size()][ROUNDS];
            double[][] cpu = new double[ways.size()][ROUNDS];
            int rounds = 0;
            for (int round = -WARM_UP; round < ROUNDS && (rounds < 1 || System.nanoTime() - deadline < 0); round++) {
                for (int way = 0; way < ways.size(); way++) {
                    Cost each = once(pool, threads, ways.get(way).loop(), round < 0 ? WARM_UP_RECORDS : 0);
                    if (round < 0) continue;
                    wall[way][round] = each.wall();
                    cpu[way][round] = each.cpu();
                }
                if (round >= 0) rounds++;
            }
            List<Figure> figures = new ArrayList<>();
            for (int way = 0; way < ways.size(); way++)
                figures.add(new Figure(
                        ways.get(way).name(),
                        threads,
                        median(Arrays.copyOf(wall[way], rounds)),
                        median(Arrays.copyOf(cpu[way], rounds)),
                        rounds));
            return figures;
        } finally {
            pool.shutdownNow();
            pool.awaitTermination(1, TimeUnit.SECONDS);
        }
    }

    private Cost once(ExecutorService pool, int threads, Loop loop, int least)
            throws InterruptedException, ExecutionException {
        CyclicBarrier together = new CyclicBarrier(threads);
        List<Future<Cost>> parts = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            parts.add(pool.submit(() -> {
                together.await();
                return each(loop, least);
            }));
        }
        double wall = 0;
        double cpu = 0;
        for (Future<Cost> part : parts) {
            wall += part.get().wall();
            cpu += part.get().cpu();
        }
        return new Cost(wall / threads, cpu / threads);
    }

    private Cost each(Loop loop, int least) {
        long cpuStart = THREADS.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        long elapsed = 0;
        int chunks = 0;
        while (elapsed < TimeUnit.MILLISECONDS.toNanos(ROUND_MILLIS) || chunks * CHUNK < least) {
            loop.run(values, CHUNK);
            chunks++;
            elapsed = System.nanoTime() - start;
        }
        double uses = (double) chunks * CHUNK;
        return new Cost(elapsed / uses, (THREADS.getCurrentThreadCpuTime() - cpuStart) / uses);
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
