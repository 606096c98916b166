/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.PerCpuBuffer;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Appending a record of 64 bytes to a buffer that all threads share. Whoever finds it full drains it, if nobody else does, so that the
 * consumer's work is in every figure alike, and no thread besides the writers is measured.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class BufferBenchmark {
    private static final int CAPACITY = 1 << 20;
    private static final int RECORD = 64;
    private static final int TYPE = 1;

    private final PerCpuBuffer perCpu = new PerCpuBuffer(CAPACITY);
    private final ManyToOneRingBuffer agrona = new ManyToOneRingBuffer(
            new UnsafeBuffer(ByteBuffer.allocateDirect(CAPACITY + RingBufferDescriptor.TRAILER_LENGTH)));
    private final AtomicBoolean draining = new AtomicBoolean();
    private long consumed;

    /** What is appended: the writer's own bytes, as a byte[] and as Agrona wants them. */
    @State(Scope.Thread)
    public static class Source {
        private final byte[] bytes = new byte[RECORD];
        private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    }

    @Setup
    public void committerMustBeInForce() {
        InForce.check();
    }

    @Benchmark
    public boolean perCpu(Source source) {
        if (perCpu.append(source.bytes, 0, RECORD)) return true;
        drainPerCpu();
        return perCpu.append(source.bytes, 0, RECORD);
    }

    @Benchmark
    @Fork(value = 1, jvmArgsAppend = "-Drseq.committer=atomic")
    public boolean perCpuAtomic(Source source) {
        return perCpu(source);
    }

    @Benchmark
    public boolean peerAgronaManyToOne(Source source) {
        if (agrona.write(TYPE, source.buffer, 0, RECORD)) return true;
        drainAgrona();
        return agrona.write(TYPE, source.buffer, 0, RECORD);
    }

    private void drainPerCpu() {
        if (!draining.compareAndSet(false, true)) return;
        perCpu.drain((cpu, timestamp, bytes, from, length) -> consumed += bytes[from]);
        draining.set(false);
    }

    private void drainAgrona() {
        if (!draining.compareAndSet(false, true)) return;
        agrona.read((type, buffer, index, length) -> consumed += buffer.getByte(index));
        draining.set(false);
    }
}
