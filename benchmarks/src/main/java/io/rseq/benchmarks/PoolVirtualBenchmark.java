/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.Lease;
import io.rseq.PerCpuPool;
import io.rseq.benchmarks.PoolBenchmark.Buffer;
import org.openjdk.jmh.annotations.Benchmark;

/** Taking a buffer from a pool that 10,000 virtual threads share, touching it, and giving it back before parking. */
public class PoolVirtualBenchmark extends ParkingThreads {
    private static final int IDLE = 64;

    private final PerCpuPool<Buffer> perCpu = PerCpuPool.builder(Buffer::new).build();
    private final SharedBuffers deque = SharedBuffers.deque(IDLE);
    private final SharedBuffers mpmcQueue = SharedBuffers.mpmcQueue(IDLE);
    private final ThreadLocal<Buffer> threadLocal = ThreadLocal.withInitial(Buffer::new);

    @Benchmark
    public void lease() throws InterruptedException {
        eachParksAfter(() -> {
            Lease<Buffer> lease = perCpu.lease();
            lease.get().touch();
            lease.close();
        });
    }

    /** No pool at all, and a buffer for each of the threads. */
    @Benchmark
    public void peerThreadLocal() throws InterruptedException {
        eachParksAfter(() -> threadLocal.get().touch());
    }

    @Benchmark
    public void peerMpmcArrayQueue() throws InterruptedException {
        eachTakesFrom(mpmcQueue);
    }

    @Benchmark
    public void peerConcurrentDeque() throws InterruptedException {
        eachTakesFrom(deque);
    }

    private void eachTakesFrom(SharedBuffers buffers) throws InterruptedException {
        eachParksAfter(() -> {
            Buffer buffer = buffers.take();
            buffer.touch();
            buffers.giveBack(buffer);
        });
    }
}
