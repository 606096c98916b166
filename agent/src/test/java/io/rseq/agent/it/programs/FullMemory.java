/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.Index;
import io.rseq.Lease;
import io.rseq.PerCpuBuffer;
import io.rseq.PerCpuCounter;
import io.rseq.PerCpuDoubleAdder;
import io.rseq.PerCpuHistogram;
import io.rseq.PerCpuLongStack;
import io.rseq.PerCpuMax;
import io.rseq.PerCpuMin;
import io.rseq.PerCpuPool;
import io.rseq.internal.Commits;
import java.lang.ref.Reference;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Fills per-CPU memory, then makes and uses every structure: with no room at all, and with room for a pool. */
public final class FullMemory {
    /** How many lines say that a structure is exact. */
    public static final int EXACT = 2 * 9 + 1;

    private static final int THREADS = 4;
    private static final int ROUNDS = 5_000;
    private static final int OBJECTS = 64;
    private static final long LARGEST = 1L << 27;
    private static final long LINE = 64;

    private FullMemory() {}

    private record Block(long offset, long bytes) {}

    private interface Work {
        void run(int thread) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        Deque<Block> blocks = new ArrayDeque<>();
        for (long bytes = LARGEST; bytes >= Long.BYTES; bytes /= 2) {
            for (long at; (at = Commits.allocate(bytes)) != Commits.NONE; ) blocks.push(new Block(at, bytes));
        }
        long before = Commits.allocated();
        for (Index index : new Index[] {Index.CPU, Index.CONCURRENCY_ID}) {
            counter(index);
            doubles(index);
            max(index);
            histogram(index);
            stack(index);
            pool("pool." + index, PerCpuPool.builder(AtomicInteger::new).index(index));
            pool(
                    "pool.small." + index,
                    PerCpuPool.builder(AtomicInteger::new).capacityPerCpu(1).index(index));
            buffer(index, false);
            buffer(index, true);
        }
        say("full", Commits.allocated() == before);
        // Room for a pool's rows: places and two words.
        Commits.free(free(blocks, 2 * LINE), 2 * LINE);
        before = Commits.allocated();
        Object pool = pool("pool.rows", PerCpuPool.builder(AtomicInteger::new));
        say("rows", Commits.allocated() == before + 2 * LINE);
        Reference.reachabilityFence(pool); // else a collector may have given its rows back
        System.out.println("committer=" + Cpus.support().committer());
        Block first = blocks.peekLast();
        Commits.free(first.offset, first.bytes);
        System.out.println("given.back=" + (Commits.allocate(first.bytes) == first.offset));
        Commits.free(first.offset, first.bytes);
        System.out.println("other.size=" + (Commits.allocate(first.bytes / 4 * 3) >= 0));
        System.out.println("done=true");
    }

    /** The offset of a block of that size. */
    private static long free(Deque<Block> blocks, long bytes) {
        for (Block block : blocks) {
            if (block.bytes == bytes) return block.offset;
        }
        throw new IllegalStateException("no block of " + bytes);
    }

    private static void counter(Index index) throws Exception {
        PerCpuCounter counter = new PerCpuCounter(index);
        inThreads(thread -> {
            for (int i = 0; i < ROUNDS; i++) counter.add(thread + 1);
        });
        check("counter." + index, counter.sum() == (long) ROUNDS * THREADS * (THREADS + 1) / 2);
    }

    private static void doubles(Index index) throws Exception {
        PerCpuDoubleAdder adder = new PerCpuDoubleAdder(index);
        inThreads(thread -> {
            for (int i = 0; i < ROUNDS; i++) adder.add(thread + 1);
        });
        double sum = (double) ROUNDS * THREADS * (THREADS + 1) / 2;
        check("doubles." + index, adder.sumThenReset() == sum && adder.sum() == 0);
    }

    private static void max(Index index) throws Exception {
        PerCpuMax max = new PerCpuMax(index);
        PerCpuMin min = new PerCpuMin(index);
        inThreads(thread -> {
            for (int i = 1; i <= ROUNDS; i++) {
                max.offer(i * (thread + 1L));
                min.offer(-i * (thread + 1L));
            }
        });
        check("max." + index, max.maxThenReset() == ROUNDS * THREADS && min.minThenReset() == -ROUNDS * THREADS);
    }

    private static void histogram(Index index) throws Exception {
        PerCpuHistogram histogram = new PerCpuHistogram(60_000_000_000L, 3, index);
        inThreads(thread -> {
            for (int i = 0; i < ROUNDS; i++) histogram.record(i);
        });
        check("histogram." + index, histogram.snapshotThenReset().count() == (long) ROUNDS * THREADS);
    }

    private static void stack(Index index) throws Exception {
        PerCpuLongStack stack = new PerCpuLongStack(OBJECTS, OBJECTS, index);
        AtomicLong balance = new AtomicLong();
        inThreads(thread -> {
            long mine = 0;
            for (int i = 0; i < ROUNDS; i++) {
                long value = thread * (long) ROUNDS + i;
                if (stack.push(value)) mine += value;
                long popped = i % 3 == 0 ? PerCpuLongStack.EMPTY : stack.pop();
                if (popped != PerCpuLongStack.EMPTY) mine -= popped;
            }
            balance.addAndGet(mine);
        });
        long size = stack.size();
        int drained = stack.drainTo(value -> balance.addAndGet(-value));
        check("stack." + index, balance.get() == 0 && drained == size);
    }

    /** No object is in two hands, and none is lost. */
    private static Object pool(String name, PerCpuPool.Builder<AtomicInteger> builder) throws Exception {
        PerCpuPool<AtomicInteger> pool = builder.build();
        AtomicInteger twice = new AtomicInteger();
        inThreads(thread -> {
            for (int i = 0; i < ROUNDS; i++) {
                try (Lease<AtomicInteger> lease = pool.lease()) {
                    use(lease.get(), twice);
                }
                AtomicInteger object = pool.acquire();
                use(object, twice);
                pool.release(object);
            }
        });
        boolean whole = pool.created() == pool.discarded() + pool.idle();
        pool.trim();
        check(name, whole && twice.get() == 0 && pool.idle() == 0 && pool.created() == pool.discarded());
        return pool;
    }

    private static void use(AtomicInteger object, AtomicInteger twice) {
        if (object.incrementAndGet() != 1) twice.incrementAndGet();
        object.decrementAndGet();
    }

    private static void buffer(Index index, boolean timestamps) throws Exception {
        PerCpuBuffer buffer =
                PerCpuBuffer.builder(4096).timestamps(timestamps).index(index).build();
        AtomicLong appended = new AtomicLong();
        AtomicLong drained = new AtomicLong();
        inThreads(thread -> {
            byte[] record = new byte[17];
            for (int i = 0; i < ROUNDS; i++) {
                record[16] = (byte) i;
                if (buffer.append(record)) appended.addAndGet(record[16]);
                else buffer.drain((cpu, time, bytes, from, length) -> drained.addAndGet(bytes[from + 16]));
            }
        });
        buffer.drain((cpu, time, bytes, from, length) -> drained.addAndGet(bytes[from + 16]));
        check("buffer." + index + "." + timestamps, appended.get() == drained.get());
    }

    private static void inThreads(Work work) throws InterruptedException {
        Thread[] threads = new Thread[THREADS];
        AtomicInteger ended = new AtomicInteger();
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            threads[i] = new Thread(() -> {
                try {
                    work.run(number);
                    ended.incrementAndGet();
                } catch (Exception failure) {
                    throw new IllegalStateException(failure);
                }
            });
            threads[i].start();
        }
        for (Thread thread : threads) thread.join();
        if (ended.get() != THREADS) throw new IllegalStateException("a thread failed");
    }

    private static void check(String name, boolean exact) {
        System.out.println(name + (exact ? " is exact" : " is wrong"));
    }

    private static void say(String name, boolean as) {
        System.out.println(name + (as ? " as it was" : " is wrong"));
    }
}
