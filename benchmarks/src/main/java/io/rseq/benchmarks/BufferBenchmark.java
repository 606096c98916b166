/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.PerCpuBuffer;
import io.rseq.RecordConsumer;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
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
 * Appending a record of 64 bytes to a buffer that all threads share. An operation is one record that was appended: a thread that finds no room drains,
 * and tries again, so that the consumer's work is in every figure alike, and no thread besides the writers is measured. Of a ring of Agrona's one
 * thread may be the consumer at a time; of a per-CPU buffer one for each CPU, and each drains its own. Who finds another at it lets that one run.
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

    /** What is appended: the writer's own bytes, as a byte[] and as Agrona wants them. And what becomes of what it drains. */
    @State(Scope.Thread)
    public static class Source implements RecordConsumer, MessageHandler {
        private final byte[] bytes = new byte[RECORD];
        private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        private long consumed;

        @Override
        public void accept(int cpu, long timestamp, byte[] record, int from, int length) {
            consumed += record[from];
        }

        @Override
        public void onMessage(int type, MutableDirectBuffer record, int index, int length) {
            consumed += record.getByte(index);
        }
    }

    @Setup
    public void committerMustBeInForce() {
        InForce.check();
    }

    @Benchmark
    public void perCpu(Source source) {
        while (!perCpu.append(source.bytes, 0, RECORD)) {
            if (perCpu.drainCurrent(source) == 0) Thread.yield();
        }
    }

    @Benchmark
    @Fork(value = 1, jvmArgsAppend = "-Drseq.committer=atomic")
    public void perCpuAtomic(Source source) {
        perCpu(source);
    }

    @Benchmark
    public void peerAgronaManyToOne(Source source) {
        while (!agrona.write(TYPE, source.buffer, 0, RECORD)) {
            if (draining.compareAndSet(false, true)) {
                agrona.read(source);
                draining.set(false);
            } else {
                Thread.yield();
            }
        }
    }
}
