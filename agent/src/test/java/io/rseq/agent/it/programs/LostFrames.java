/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.PerCpuBuffer;
import io.rseq.PerCpuPool;
import io.rseq.PerCpuReadWriteLock;
import io.rseq.internal.LockedStack;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A thread whose frames HotSpot takes away in the middle of an operation: the heap is full when the operation wants memory, which its compiled
 * code has never seen fail, and there is no room for the objects either that escape analysis left out. Neither {@code catch} nor {@code
 * finally} of that compiled code runs. Afterwards other threads must be able to use the structure.
 */
public final class LostFrames {
    private static final int WARM = 30_000;
    private static final int OTHERS = 4;
    private static final int TRIES = 20;
    private static final int TRIED_MICROSECONDS = 100;
    private static final byte[] RECORD = new byte[16];

    /* A list of arrays, each of which holds the next: all that the heap had room for. */
    private static Object[] filling;

    private static LockedStack stack;
    private static PerCpuPool<String> pool;
    private static PerCpuBuffer buffer;
    private static PerCpuReadWriteLock lock;
    private static volatile boolean locked;
    private static byte[] kept;

    private static long sum;

    private LostFrames() {}

    public static void main(String[] arguments) throws InterruptedException {
        stacks();
        pools();
        buffers();
        locks();
        System.out.println("committer=" + Cpus.support().committer());
    }

    /** What grows is what the CPUs share of a stack. */
    private static void stacks() throws InterruptedException {
        stack = new LockedStack(WARM);
        for (int i = 0; i < WARM; i++) sum += push(i);
        stack = new LockedStack(WARM);
        fill();
        long pushed = 0;
        try {
            for (; ; pushed++) sum += push(pushed);
        } catch (OutOfMemoryError full) {
            filling = null;
        }
        AtomicLong popped = new AtomicLong();
        others(() -> {
            while (stack.pop() != LockedStack.EMPTY) popped.incrementAndGet();
            if (!stack.push(1)) throw new IllegalStateException("full");
        });
        System.out.println("stack.missing=" + (pushed + OTHERS - 1 - popped.get()));
    }

    private static long push(long number) {
        Numbers numbers = new Numbers(number);
        stack.push(number);
        return numbers.sum();
    }

    /** What grows are the tables of a pool. */
    private static void pools() throws InterruptedException {
        pool = pool();
        for (int i = 0; i < WARM; i++) {
            sum += lease(i);
            if (pool.created() == 1000) pool = pool();
        }
        pool = pool();
        fill();
        try {
            for (int i = 0; ; i++) sum += lease(i);
        } catch (OutOfMemoryError full) {
            filling = null;
        }
        others(() -> pool.lease().close());
        System.out.println("pool=whole");
    }

    private static PerCpuPool<String> pool() {
        return PerCpuPool.builder(() -> new String("pooled"))
                .capacityPerCpu(1 << 18)
                .build();
    }

    private static long lease(int number) {
        Numbers numbers = new Numbers(number);
        pool.lease();
        return numbers.sum();
    }

    /** A consumer wants memory. */
    private static void buffers() throws InterruptedException {
        buffer = new PerCpuBuffer(1 << 12);
        for (int i = 0; i < WARM; i++) sum += drain(i, 1);
        fill();
        try {
            for (int i = 0; ; i++) sum += drain(i, 1 << 20);
        } catch (OutOfMemoryError full) {
            filling = null;
        }
        System.gc(); // as happens anyway where a heap was full
        others(() -> {
            AtomicLong handedOut = new AtomicLong();
            for (int i = 0; i < 2; i++) {
                if (!buffer.append(RECORD)) throw new IllegalStateException("full for good: " + buffer);
                buffer.drain((cpu, time, array, at, length) -> handedOut.incrementAndGet());
            }
            if (handedOut.get() == 0) throw new IllegalStateException("nobody reads: " + buffer);
        });
        System.out.println("buffer=whole");
    }

    private static long drain(int number, int wanted) {
        Numbers numbers = new Numbers(number);
        buffer.append(RECORD);
        buffer.drainCurrent((cpu, time, array, at, length) -> kept = new byte[wanted]);
        return numbers.sum();
    }

    /** Threads that wait for a writer want memory. What has a lock, and loses its frame, has it for good, as a lock of the JDK's. */
    private static void locks() throws InterruptedException {
        lock = new PerCpuReadWriteLock();
        for (int i = 0; i < WARM; i++) sum += write(i) + read(i);
        Thread holder = new Thread(() -> {
            lock.writeLock().lock();
            locked = true;
            while (locked) Thread.yield(); // which takes no memory
            lock.writeLock().unlock();
        });
        holder.start();
        while (!locked) Thread.yield();
        fill();
        tryOften();
        locked = false;
        holder.join();
        others(() -> {
            lock.readLock().lock();
            lock.readLock().unlock();
            lock.writeLock().lock();
            lock.writeLock().unlock();
        });
        System.out.println("lock=" + (lock.readLockCount() == 0 && !lock.isWriteLocked() ? "whole" : lock.toString()));
    }

    private static void tryOften() {
        for (int i = 0; i < TRIES; i++) {
            try {
                sum += write(i);
                sum += read(i);
            } catch (OutOfMemoryError full) {
                sum++;
            }
        }
        filling = null;
    }

    private static long write(int number) {
        Numbers numbers = new Numbers(number);
        try {
            if (lock.writeLock().tryLock(TRIED_MICROSECONDS, TimeUnit.MICROSECONDS))
                lock.writeLock().unlock();
        } catch (InterruptedException impossible) {
            throw new IllegalStateException(impossible);
        }
        return numbers.sum();
    }

    private static long read(int number) {
        Numbers numbers = new Numbers(number);
        try {
            if (lock.readLock().tryLock(TRIED_MICROSECONDS, TimeUnit.MICROSECONDS))
                lock.readLock().unlock();
        } catch (InterruptedException impossible) {
            throw new IllegalStateException(impossible);
        }
        return numbers.sum();
    }

    private static void fill() {
        for (int length = 1 << 20; length >= 1; length /= 4) {
            try {
                while (true) filling = new Object[] {filling, new long[length]};
            } catch (OutOfMemoryError full) {
                // of pieces that large
            }
        }
    }

    /** A thread that waits for a lock that nobody gives up ends the program. */
    private static void others(Runnable use) throws InterruptedException {
        Throwable[] failure = new Throwable[1];
        for (int i = 0; i < OTHERS; i++) {
            Thread thread = new Thread(use);
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler((failed, reason) -> failure[0] = reason);
            thread.start();
            thread.join(10_000);
            if (thread.isAlive()) throw new IllegalStateException("waits: " + Arrays.toString(thread.getStackTrace()));
            if (failure[0] != null) throw new IllegalStateException(failure[0]);
        }
    }

    private static final class Numbers {
        private final long first;
        private final long second;
        private final long third;
        private final long fourth;
        private final long fifth;
        private final long sixth;

        Numbers(long seed) {
            first = seed;
            second = seed + 1;
            third = seed ^ 2;
            fourth = seed * 3;
            fifth = seed - 4;
            sixth = -seed;
        }

        long sum() {
            return first + second + third + fourth + fifth + sixth;
        }
    }
}
