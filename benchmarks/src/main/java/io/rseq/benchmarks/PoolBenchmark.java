/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.netty.util.Recycler;
import io.rseq.Lease;
import io.rseq.PerCpuPool;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import org.jctools.queues.MpmcArrayQueue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import stormpot.Allocator;
import stormpot.Expiration;
import stormpot.Pool;
import stormpot.PoolTap;
import stormpot.Poolable;
import stormpot.Slot;
import stormpot.Timeout;

/** Taking an object from a pool that all threads share, touching it, and giving it back. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class PoolBenchmark {
    private static final int IDLE = 64;
    private static final Timeout STORMPOT_TIMEOUT = new Timeout(1, TimeUnit.MINUTES);

    /** What is pooled. */
    static class Buffer {
        private final byte[] bytes = new byte[256];

        int touch() {
            return ++bytes[0];
        }
    }

    /** The same, as Netty wants it. */
    static final class Recycled extends Buffer {
        private final Recycler.Handle<Recycled> handle;

        Recycled(Recycler.Handle<Recycled> handle) {
            this.handle = handle;
        }
    }

    /** The same, as Stormpot wants it. */
    static final class Claimed extends Buffer implements Poolable {
        private final Slot slot;

        Claimed(Slot slot) {
            this.slot = slot;
        }

        @Override
        public void release() {
            slot.release(this);
        }
    }

    private final Recycler<Recycled> netty = new Recycler<>() {
        @Override
        protected Recycled newObject(Handle<Recycled> handle) {
            return new Recycled(handle);
        }
    };
    private final Pool<Claimed> stormpot = Pool.from(new Allocator<Claimed>() {
                @Override
                public Claimed allocate(Slot slot) {
                    return new Claimed(slot);
                }

                @Override
                public void deallocate(Claimed buffer) {}
            })
            .setSize(IDLE)
            .setExpiration(Expiration.never())
            .build();
    private final PoolTap<Claimed> stormpotTap = stormpot.getThreadSafeTap();
    private final PerCpuPool<Buffer> perCpu = PerCpuPool.builder(Buffer::new).build();
    private final ThreadLocal<Buffer> threadLocal = ThreadLocal.withInitial(Buffer::new);
    private final MpmcArrayQueue<Buffer> mpmcQueue = new MpmcArrayQueue<>(1024);
    private final ConcurrentLinkedDeque<Buffer> deque = new ConcurrentLinkedDeque<>();

    @Setup
    public void committerMustBeInForce() {
        InForce.check();
        for (int i = 0; i < IDLE; i++) {
            mpmcQueue.offer(new Buffer());
            deque.push(new Buffer());
        }
    }

    @TearDown
    public void stopStormpot() {
        stormpot.shutdown();
    }

    @Benchmark
    public int lease() {
        Lease<Buffer> lease = perCpu.lease();
        int result = lease.get().touch();
        lease.close();
        return result;
    }

    @Benchmark
    @Fork(value = 1, jvmArgsAppend = "-Drseq.committer=atomic")
    public int leaseAtomic() {
        return lease();
    }

    @Benchmark
    public int acquireRelease() {
        Buffer buffer = perCpu.acquire();
        int result = buffer.touch();
        perCpu.release(buffer);
        return result;
    }

    /** No pool at all, and a buffer for each thread, virtual ones too. */
    @Benchmark
    public int peerThreadLocal() {
        return threadLocal.get().touch();
    }

    @Benchmark
    public int peerMpmcArrayQueue() {
        Buffer buffer = mpmcQueue.poll();
        if (buffer == null) buffer = new Buffer();
        int result = buffer.touch();
        mpmcQueue.offer(buffer);
        return result;
    }

    /** As JCTools' authors advise where a poll may miss what is just being offered. */
    @Benchmark
    public int peerMpmcArrayQueueRelaxed() {
        Buffer buffer = mpmcQueue.relaxedPoll();
        if (buffer == null) buffer = new Buffer();
        int result = buffer.touch();
        mpmcQueue.relaxedOffer(buffer);
        return result;
    }

    @Benchmark
    public int peerNettyRecycler() {
        Recycled buffer = netty.get();
        int result = buffer.touch();
        buffer.handle.recycle(buffer);
        return result;
    }

    @Benchmark
    public int peerStormpot() throws InterruptedException {
        Claimed buffer = stormpotTap.claim(STORMPOT_TIMEOUT);
        int result = buffer.touch();
        buffer.release();
        return result;
    }

    @Benchmark
    public int peerConcurrentDeque() {
        Buffer buffer = deque.pollFirst();
        if (buffer == null) buffer = new Buffer();
        int result = buffer.touch();
        deque.offerFirst(buffer);
        return result;
    }
}
