/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import com.fasterxml.jackson.databind.ObjectWriter;
import io.rseq.Lease;
import io.rseq.PerCpuPool;
import io.rseq.benchmarks.startup.VirtualThreads;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;

/**
 * {@code RetainedMemory ROUNDS}: what the heap holds, after a collection, of 10,000 virtual threads that have each used a buffer once and given
 * it back, and are parked. Prints the JDK, and for each way to keep buffers: its name, and the first quartile, the median and the third, in bytes,
 * of what it holds above what it held before those threads. JDK 21 and later, -XX:+UseSerialGC, which counts bytes and
 * not regions, and -Xbatch: a parked thread's stack is heap, too, and interpreted frames are larger ones.
 *
 * <p>The pool must be live while it is measured, as it is in a service; and so are the threads.
 */
final class RetainedMemory {
    private static final int THREADS = 10_000;
    private static final int WARM_UP_ROUNDS = 3;

    /* Of threads that ended, some are let go only when others run: a few come before each round. Seen on JDK 25. */
    private static final int FEW = 100;

    private static final int BYTES = 4096;

    private static volatile Object live;

    private final ThreadFactory factory = VirtualThreads.factory();

    private RetainedMemory() throws ReflectiveOperationException {}

    public static void main(String[] arguments) throws Exception {
        InForce.check();
        System.out.println("JDK " + System.getProperty("java.version"));
        int rounds = Integer.parseInt(arguments[0]);
        RetainedMemory memory = new RetainedMemory();
        Supplier<Runnable> nothing = () -> () -> {};
        for (int i = 0; i < WARM_UP_ROUNDS; i++) memory.retained(nothing, THREADS);
        for (Map.Entry<String, Supplier<Runnable>> kind : kinds(nothing).entrySet()) {
            long[] bytes = new long[rounds];
            for (int i = 0; i < rounds; i++) {
                memory.retained(nothing, FEW);
                bytes[i] = memory.retained(kind.getValue(), THREADS);
            }
            Arrays.sort(bytes);
            System.out.println(
                    kind.getKey() + " " + bytes[rounds / 4] + " " + bytes[rounds / 2] + " " + bytes[rounds * 3 / 4]);
        }
    }

    /** By name: makes the pool, and answers what each thread does once. */
    private static Map<String, Supplier<Runnable>> kinds(Supplier<Runnable> nothing) {
        Map<String, Supplier<Runnable>> kinds = new LinkedHashMap<>();
        kinds.put("empty", nothing);
        kinds.put("buffersPerCpu", RetainedMemory::perCpu);
        kinds.put("buffersConcurrentDeque", RetainedMemory::concurrentDeque);
        kinds.put("buffersThreadLocal", RetainedMemory::threadLocal);
        kinds.put("jacksonPerCpu", json(JsonPools::perCpu));
        kinds.put("jacksonNonRecycling", json(JsonPools::nonRecycling));
        kinds.put("jacksonConcurrentDeque", json(JsonPools::concurrentDeque));
        kinds.put("jacksonBounded", json(JsonPools::bounded));
        kinds.put("jacksonLockFree", json(JsonPools::lockFree));
        kinds.put("jacksonThreadLocal", json(JsonPools::threadLocal));
        return kinds;
    }

    private static Runnable perCpu() {
        PerCpuPool<byte[]> pool = PerCpuPool.builder(() -> new byte[BYTES]).build();
        return () -> {
            Lease<byte[]> lease = pool.lease();
            lease.get()[0]++;
            lease.close();
        };
    }

    private static Runnable concurrentDeque() {
        ConcurrentLinkedDeque<byte[]> deque = new ConcurrentLinkedDeque<>();
        return () -> {
            byte[] buffer = deque.pollFirst();
            if (buffer == null) buffer = new byte[BYTES];
            buffer[0]++;
            deque.offerFirst(buffer);
        };
    }

    private static Runnable threadLocal() {
        ThreadLocal<byte[]> buffer = ThreadLocal.withInitial(() -> new byte[BYTES]);
        return () -> buffer.get()[0]++;
    }

    private static Supplier<Runnable> json(Supplier<ObjectWriter> writers) {
        return () -> {
            ObjectWriter writer = writers.get();
            return () -> JsonPools.write(writer);
        };
    }

    private long retained(Supplier<Runnable> kind, int threads) throws InterruptedException {
        live = null;
        long before = afterCollection();
        Runnable use = kind.get();
        CountDownLatch used = new CountDownLatch(threads);
        CountDownLatch over = new CountDownLatch(1);
        Thread[] all = new Thread[threads];
        for (int i = 0; i < threads; i++) {
            all[i] = factory.newThread(() -> {
                use.run();
                used.countDown();
                await(over);
            });
            all[i].start();
        }
        live = new Object[] {use, all};
        used.await();
        long after = afterCollection();
        over.countDown();
        for (Thread thread : all) thread.join();
        return after - before;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException nobodyDoes) {
            throw new IllegalStateException(nobodyDoes);
        }
    }

    /* Twice: what the first finds dead may have kept something alive until it was cleaned. */
    private static long afterCollection() {
        System.gc();
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
