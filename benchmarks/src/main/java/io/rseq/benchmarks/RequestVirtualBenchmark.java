/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.Lease;
import io.rseq.PerCpuCounter;
import io.rseq.PerCpuHistogram;
import io.rseq.PerCpuPool;
import io.rseq.benchmarks.PoolBenchmark.Buffer;
import io.rseq.benchmarks.VirtualCrowd.Turn;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Recorder;
import org.jctools.counters.CountersFactory;
import org.jctools.counters.FixedSizeStripedLongCounter;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * A request of a service: takes a buffer from the pool, parks as if for I/O with the buffer in hand, records how long that took, counts,
 * gives the buffer back, and parks until the next request. So half of the threads have a buffer in hand, and every pool has room for that.
 */
public class RequestVirtualBenchmark extends ParkingThreads {
    private static final int STRIPES = Runtime.getRuntime().availableProcessors() * 4;

    private final PerCpuPool<Buffer> perCpuPool =
            PerCpuPool.builder(Buffer::new).capacityPerCpu(THREADS).build();
    private final PerCpuHistogram perCpuHistogram = new PerCpuHistogram(Latency.HIGHEST, Latency.DIGITS);
    private final PerCpuCounter perCpuCounter = new PerCpuCounter();
    private final SharedBuffers deque = SharedBuffers.deque(0);
    private final SharedBuffers mpmcQueue = SharedBuffers.mpmcQueue(0);
    private final ThreadLocal<Buffer> threadLocal = ThreadLocal.withInitial(Buffer::new);
    private final ConcurrentHistogram concurrentHistogram = new ConcurrentHistogram(Latency.HIGHEST, Latency.DIGITS);
    private final Recorder recorder = new Recorder(Latency.HIGHEST, Latency.DIGITS);
    private final LongAdder longAdder = new LongAdder();
    private final FixedSizeStripedLongCounter striped = CountersFactory.createFixedSizeStripedCounter(STRIPES);

    /* And the clock, twice. */
    @Override
    void onlyPark(Turn io) {
        parked(io);
    }

    @Benchmark
    public long perCpu() throws InterruptedException {
        eachParksAfter(io -> {
            Lease<Buffer> lease = perCpuPool.lease();
            lease.get().touch();
            perCpuHistogram.record(parked(io));
            perCpuCounter.increment();
            lease.close();
        });
        return perCpuCounter.sum();
    }

    /** Each thread its own buffer, LongAdder, ConcurrentHistogram. */
    @Benchmark
    public long peerThreadLocal() throws InterruptedException {
        eachParksAfter(io -> {
            threadLocal.get().touch();
            concurrentHistogram.recordValue(parked(io));
            longAdder.increment();
        });
        return longAdder.sum();
    }

    /** ConcurrentLinkedDeque, LongAdder, ConcurrentHistogram. */
    @Benchmark
    public long peerConcurrentDeque() throws InterruptedException {
        eachParksAfter(io -> {
            Buffer buffer = deque.take();
            buffer.touch();
            concurrentHistogram.recordValue(parked(io));
            longAdder.increment();
            deque.giveBack(buffer);
        });
        return longAdder.sum();
    }

    /** MpmcArrayQueue, a striped counter, Recorder. */
    @Benchmark
    public long peerJcTools() throws InterruptedException {
        eachParksAfter(io -> {
            Buffer buffer = mpmcQueue.take();
            buffer.touch();
            recorder.recordValue(parked(io));
            striped.inc();
            mpmcQueue.giveBack(buffer);
        });
        return striped.get();
    }

    private static long parked(Turn io) {
        long start = System.nanoTime();
        io.pass();
        return Math.min(System.nanoTime() - start, Latency.HIGHEST);
    }
}
