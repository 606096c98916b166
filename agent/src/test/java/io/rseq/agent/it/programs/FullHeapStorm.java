/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

import io.rseq.Cpus;
import io.rseq.Index;
import io.rseq.Lease;
import io.rseq.PerCpuBuffer;
import io.rseq.PerCpuCounter;
import io.rseq.PerCpuLongStack;
import io.rseq.PerCpuPool;
import io.rseq.PerCpuReadWriteLock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;

/**
 * Threads use structures while others fill the heap, round by round, with new structures each time, which have still to grow. An operation that
 * ends with an error of the VM may have been done or not, and may have taken along what it had in hand. So for each error a batch may be missing.
 * Nothing may be in two hands, and every thread comes to its end.
 */
public final class FullHeapStorm {
    private static final int WRITERS = 4;
    private static final int FILLERS = 1;
    private static final int OPERATIONS = 12_000;
    private static final int KINDS = 6;
    private static final int WRITE_ONE_IN = 20 * KINDS;
    private static final int WANTS_EVERY = 40;
    private static final int WANTED = 256;
    private static final int AT_A_TIME = 10;
    private static final int TOKENS = 3000;
    private static final int RECORDS = 1 << 16;

    /* What one error may take along: a batch of the stack's, a chunk of the buffer's. */
    private static final int BATCH = 33;
    private static final int CHUNK = 1 << 9;

    private static final int MOST_MICROSECONDS = 200;

    private static final String SIGN = "failed reallocation of scalar replaced objects";

    private static final AtomicLong ERRORS = new AtomicLong();
    private static final AtomicReference<Object> WRONG = new AtomicReference<>();
    private static final AtomicLong VANISHED = new AtomicLong();
    private static volatile boolean filling;
    private static volatile boolean full;

    /* A list of arrays, each with the one before. */
    private static Object[] filled;

    private final PerCpuLongStack stack = new PerCpuLongStack(16, TOKENS, Index.CPU);
    private final PerCpuPool<Thing> pool =
            PerCpuPool.builder(Thing::new).capacityPerCpu(16).build();
    private final PerCpuBuffer buffer = new PerCpuBuffer(1 << 12);
    private final PerCpuCounter counter = new PerCpuCounter();

    /* And two numbers under it that are equal but while a thread writes. */
    private final PerCpuReadWriteLock lock = new PerCpuReadWriteLock();
    private volatile boolean written;
    private long first;
    private long second;

    /* Of each token: in how many hands it is. */
    private final AtomicIntegerArray held = new AtomicIntegerArray(TOKENS);

    /* Of each number: 1 while its record is in the buffer. */
    private final AtomicIntegerArray records = new AtomicIntegerArray(RECORDS);

    private final long vanishedBefore = VANISHED.get();
    private final AtomicLong errors = new AtomicLong();
    private final AtomicLong adds = new AtomicLong();
    private final AtomicLong violations = new AtomicLong();
    private final byte[][] kept = new byte[WRITERS][];
    private final byte[][] bytes = new byte[WRITERS][16];

    private FullHeapStorm() {}

    /** How many rounds. */
    public static void main(String[] arguments) throws InterruptedException {
        long violations = 0;
        long lost = 0;
        for (int round = 0; round <= Integer.parseInt(arguments[0]); round++) {
            FullHeapStorm storm = new FullHeapStorm();
            storm.run(round > 0); // the first one loads the classes
            lost += storm.settle();
            violations += storm.violations.get();
        }
        System.out.println("errors=" + ERRORS);
        System.out.println("vanished=" + VANISHED);
        System.out.println("lost=" + lost);
        System.out.println("violations=" + violations);
        if (WRONG.get() instanceof Throwable failure) failure.printStackTrace(System.out);
        else if (WRONG.get() != null) System.out.println("first violation: " + WRONG);
        System.out.println("committer=" + Cpus.support().committer());
    }

    private void run(boolean memoryIsShort) throws InterruptedException {
        for (int token = 0; token < TOKENS; token++) stack.push(token);
        Thread[] threads = new Thread[WRITERS + FILLERS];
        for (int i = 0; i < WRITERS; i++) {
            int number = i;
            threads[i] = new Thread(() -> write(number));
        }
        for (int i = 0; i < FILLERS; i++) threads[WRITERS + i] = new Thread(() -> fill());
        filling = memoryIsShort;
        full = !filling;
        for (Thread thread : threads) {
            thread.setUncaughtExceptionHandler((ended, failure) -> count(failure));
            thread.start(); // waits until the heap is full
        }
        for (int i = 0; i < WRITERS; i++) threads[i].join();
        filling = false;
        for (int i = 0; i < FILLERS; i++) threads[WRITERS + i].join();
    }

    private void write(int writer) {
        while (!full) Thread.onSpinWait();
        for (int i = 0; i < OPERATIONS; i++) {
            try {
                work(writer, i);
            } catch (OutOfMemoryError noRoom) {
                count(noRoom);
            }
        }
    }

    /* An error that passes through here, as a catch does not run in frames that are gone, ends the thread, and is counted as well. */
    private void count(Throwable failure) {
        if (!(failure instanceof OutOfMemoryError)) wrong(failure);
        errors.incrementAndGet();
        ERRORS.incrementAndGet();
        String message = failure.getMessage();
        if (message != null && message.endsWith(SIGN)) VANISHED.incrementAndGet();
    }

    /** With objects that exist in no compiled code, and are needed where that ends. */
    private long work(int writer, int i) {
        Numbers numbers = new Numbers(i);
        switch (i % KINDS) {
            case 0 -> move();
            case 1 -> lease();
            case 2 -> append(writer, i);
            case 3 -> drain();
            case 4 -> readOrWrite(i);
            default -> add();
        }
        if (i % 4001 == 0) takeAll();
        if (i % WANTS_EVERY == 0) kept[writer] = new byte[WANTED];
        return numbers.sum();
    }

    private void move() {
        long token = stack.pop();
        if (token == PerCpuLongStack.EMPTY) return;
        if (held.incrementAndGet((int) token) != 1) wrong("a token in two hands");
        held.decrementAndGet((int) token);
        if (!stack.push(token)) wrong("a stack without room"); // there is room for all
    }

    private void lease() {
        Lease<Thing> lease = pool.lease();
        Thing thing = lease.get();
        if (thing.users.incrementAndGet() != 1) wrong("an object in two hands");
        thing.users.decrementAndGet();
        lease.close();
    }

    private void append(int writer, int i) {
        byte[] record = bytes[writer];
        int number = writer * (OPERATIONS / KINDS) + i / KINDS;
        record[0] = (byte) number;
        record[1] = (byte) (number >> 8);
        records.incrementAndGet(number);
        if (!buffer.append(record)) records.decrementAndGet(number);
    }

    private void drain() {
        buffer.drainCurrent(this::handOut);
    }

    private void handOut(int cpu, long time, byte[] record, int from, int length) {
        if ((record[from] & 7) == 0) kept[0] = new byte[WANTED];
        int number = record[from] & 0xFF | (record[from + 1] & 0xFF) << 8;
        if (records.decrementAndGet(number) < 0) wrong("a record that comes twice");
    }

    private void readOrWrite(int i) {
        if (i % WRITE_ONE_IN == 4) write();
        else read();
    }

    /* An unlock that ends with an error has done nothing. */
    private void read() {
        if (!isLocked(lock.readLock())) return;
        if (written || first != second) wrong("a reader beside a writer");
        unlock(lock.readLock());
    }

    private void write() {
        if (!isLocked(lock.writeLock())) return;
        if (written) wrong("a writer beside another");
        written = true;
        first++;
        kept[0] = null;
        second++;
        written = false;
        unlock(lock.writeLock());
    }

    /* Where a frame was taken away that held the other lock, it is not given any more. */
    private boolean isLocked(Lock wanted) {
        try {
            return wanted.tryLock(MOST_MICROSECONDS, TimeUnit.MICROSECONDS);
        } catch (InterruptedException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void unlock(Lock held) {
        try {
            held.unlock();
        } catch (OutOfMemoryError noRoom) {
            count(noRoom);
            held.unlock();
        }
    }

    private void add() {
        counter.increment();
        adds.incrementAndGet();
    }

    private void takeAll() {
        stack.drainTo(token -> {
            if (held.incrementAndGet((int) token) != 1) wrong("a drained token in two hands");
            held.decrementAndGet((int) token);
            stack.push(token);
        });
        pool.trim();
    }

    /** How much is missing, in all structures. */
    private long settle() {
        long errorsNow = errors.get();
        long[] found = {0};
        for (int i = 0; i < 2; i++) {
            stack.drainTo(token -> {
                found[0]++;
                if (held.incrementAndGet((int) token) > 1) wrong("a token that is left twice");
            });
        }
        long missing = TOKENS - found[0];
        expect("stack", missing >= 0 && missing <= BATCH * errorsNow);
        pool.trim();
        long things = pool.created() - pool.discarded();
        expect("pool", things >= 0 && things <= BATCH * errorsNow);
        System.gc(); // where the frame of a reader is gone
        buffer.drain(this::handOut);
        if (!buffer.append(bytes[0]) || buffer.drain((cpu, time, record, from, length) -> {}) == 0)
            expect("a buffer that is read", false);
        long left = 0;
        for (int number = 0; number < RECORDS; number++) left += records.get(number);
        expect("buffer", left >= 0 && left <= CHUNK * errorsNow);
        long more = counter.sum() - adds.get();
        expect("counter", Math.abs(more) <= errorsNow);
        long readers = lock.readLockCount();
        boolean free = readers == 0 && lock.writeLock().tryLock();
        expect("lock", readers >= 0 && (free || VANISHED.get() > vanishedBefore));
        return missing + things + left + Math.abs(more) + (free ? 0 : 1);
    }

    private void expect(String what, boolean right) {
        if (!right) wrong(what);
    }

    /* Kept, not printed: the heap may be full. */
    private void wrong(Object what) {
        WRONG.compareAndSet(null, what);
        violations.incrementAndGet();
    }

    private static void fill() {
        while (filling) {
            filled = null;
            for (int length = 1 << 16; length > 0; length /= 4) {
                try {
                    while (filling) filled = new Object[] {filled, new long[length]};
                } catch (OutOfMemoryError noRoom) {
                    // of pieces that large
                }
            }
            full = true;
            long until = ERRORS.get() + AT_A_TIME;
            while (filling && ERRORS.get() < until) Thread.yield();
        }
        filled = null;
    }

    private static final class Thing {
        final AtomicInteger users = new AtomicInteger();
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
