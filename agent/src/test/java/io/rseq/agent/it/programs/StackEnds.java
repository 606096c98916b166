/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.Index;
import io.rseq.Lease;
import io.rseq.PerCpuBuffer;
import io.rseq.PerCpuLongStack;
import io.rseq.PerCpuPool;
import io.rseq.PerCpuReadWriteLock;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads use a structure at each depth from which their stack overflowed on the way up, and end. Afterwards it must work for others, and
 * have what was put into it: no lock held by somebody who is gone, no CPU's stack closed, no record that waits for its writer.
 */
public final class StackEnds {
    private static final int THREADS = 40;
    private static final int TIMES = 80;
    private static final int WARM = 20_000;
    private static final int OTHERS = 8;
    private static final int EACH = 50;

    /* The least that HotSpot grants a thread is more on some platforms. */
    private static final long SMALL = 1 << 17;

    private static final byte[] RECORD = new byte[40];

    private static final int WRITE_ONE_IN = 5;
    private static final int OPENS_AFTER = 32;

    private static int left;

    /* Locks that are held. */
    private static int reads;
    private static boolean writes;

    private static long overflows;

    private StackEnds() {}

    public static void main(String[] arguments) throws InterruptedException {
        pools();
        stacks();
        buffers();
        locks();
        System.out.println("overflowed=" + (overflows > 0));
        System.out.println("committer=" + Cpus.support().committer());
    }

    private static void pools() throws InterruptedException {
        for (int i = 0; i < THREADS; i++) {
            PerCpuPool<Object> pool = PerCpuPool.builder(Object::new).build();
            Runnable use = () -> {
                pool.lease().close();
                pool.trim();
            };
            warm(i, use);
            overflow(use);
            AtomicLong leased = new AtomicLong();
            others(() -> {
                try (Lease<Object> lease = pool.lease()) {
                    if (lease.get() != null) leased.incrementAndGet();
                }
                pool.trim();
            });
            if (leased.get() != OTHERS * EACH) throw new IllegalStateException(pool.toString());
        }
        System.out.println("pools=whole");
    }

    private static void stacks() throws InterruptedException {
        for (int i = 0; i < THREADS; i++) {
            PerCpuLongStack stack = new PerCpuLongStack(8, 0, Index.CPU);
            Runnable use = () -> {
                stack.push(1);
                stack.drainTo(value -> {});
            };
            warm(i, use);
            overflow(use);
            stack.drainTo(value -> {});
            AtomicLong drained = new AtomicLong();
            others(() -> {
                if (!stack.push(2)) throw new IllegalStateException("closed for good: " + stack);
                drained.addAndGet(stack.drainTo(value -> {}));
            });
            if (drained.get() < OTHERS * EACH) throw new IllegalStateException("drained " + drained + " of " + stack);
        }
        System.out.println("stacks=whole");
    }

    private static void buffers() throws InterruptedException {
        PerCpuBuffer buffer = PerCpuBuffer.builder(1 << 13).build();
        for (int i = 0; i < THREADS; i++) {
            Runnable use = () -> {
                buffer.append(RECORD);
                if (left % 8 == 0) buffer.drain((cpu, time, bytes, from, length) -> {});
            };
            warm(i, use);
            overflow(use);
            buffer.drain((cpu, time, bytes, from, length) -> {});
            AtomicLong drained = new AtomicLong();
            others(() -> {
                if (!buffer.append(RECORD)) throw new IllegalStateException("full for good: " + buffer);
                drained.addAndGet(buffer.drain((cpu, time, bytes, from, length) -> {}));
            });
            if (drained.get() < OTHERS * EACH) throw new IllegalStateException("drained " + drained + " of " + buffer);
        }
        System.out.println("buffers=whole");
    }

    /** What throws has done nothing: a lock is not held, an unlock is called again. A thread that finds no room then is one nearer to its stack's beginning. */
    private static void locks() throws InterruptedException {
        for (int i = 0; i < THREADS; i++) {
            PerCpuReadWriteLock lock = new PerCpuReadWriteLock();
            Runnable use = () -> {
                while (reads > 0) {
                    lock.readLock().unlock();
                    reads--;
                }
                if (writes) lock.writeLock().unlock();
                writes = false;
                lock.readLock().lock();
                reads++;
                lock.readLock().unlock();
                reads--;
                if (left % WRITE_ONE_IN != 0) return;
                lock.writeLock().lock();
                writes = true;
                lock.writeLock().unlock();
                writes = false;
            };
            warm(i, use);
            lock.writeLock().lock();
            lock.writeLock().unlock();
            // So that one of the next opens the lock to sequences again.
            for (int k = 0; k < OPENS_AFTER - i % 8; k++) use.run();
            overflow(use);
            if (lock.readLockCount() != 0 || lock.isWriteLocked()) throw new IllegalStateException(lock.toString());
            AtomicLong locked = new AtomicLong();
            others(() -> {
                lock.readLock().lock();
                lock.readLock().unlock();
                lock.writeLock().lock();
                locked.incrementAndGet();
                lock.writeLock().unlock();
            });
            if (locked.get() != OTHERS * EACH) throw new IllegalStateException(lock.toString());
        }
        System.out.println("locks=whole");
    }

    /** The first few threads run what is interpreted, the others what is compiled. */
    private static void warm(int thread, Runnable use) {
        left = 1;
        for (int i = 0; thread == THREADS / 4 && i < WARM; i++) use.run();
    }

    private static void overflow(Runnable use) throws InterruptedException {
        left = TIMES;
        Runnable body = () -> {
            deeper(use);
            use.run(); // with room for all
        };
        Thread thread = new Thread(null, body, "overflowing", SMALL);
        thread.start();
        thread.join();
    }

    private static void deeper(Runnable use) {
        try {
            deeper(use);
        } catch (StackOverflowError end) {
            // up again
        }
        if (left == 0) return;
        left--;
        try {
            use.run();
        } catch (StackOverflowError expected) {
            overflows++;
        }
    }

    /** One after the other, so that they come to more than one CPU. Who waits for a lock that nobody gives up ends the program. */
    private static void others(Runnable use) throws InterruptedException {
        Throwable[] failure = new Throwable[1];
        for (int i = 0; i < OTHERS; i++) {
            Thread thread = new Thread(() -> {
                for (int k = 0; k < EACH; k++) use.run();
            });
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler((failed, reason) -> failure[0] = reason);
            thread.start();
            thread.join(10_000);
            if (thread.isAlive()) throw new IllegalStateException("waits: " + Arrays.toString(thread.getStackTrace()));
            if (failure[0] != null) throw new IllegalStateException(failure[0]);
        }
    }
}
