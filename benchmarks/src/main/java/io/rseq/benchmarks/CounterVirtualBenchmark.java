/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.PerCpuCounter;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;

/** Adding 1 to a counter that 10,000 virtual threads share. */
public class CounterVirtualBenchmark extends ParkingThreads {
    private final PerCpuCounter perCpu = new PerCpuCounter();
    private final LongAdder longAdder = new LongAdder();
    private final AtomicLong atomicLong = new AtomicLong();

    @Benchmark
    public long perCpu() throws InterruptedException {
        eachParksAfter(perCpu::increment);
        return perCpu.sum();
    }

    @Benchmark
    public long peerLongAdder() throws InterruptedException {
        eachParksAfter(longAdder::increment);
        return longAdder.sum();
    }

    @Benchmark
    public long peerAtomicLong() throws InterruptedException {
        eachParksAfter(atomicLong::incrementAndGet);
        return atomicLong.get();
    }
}
