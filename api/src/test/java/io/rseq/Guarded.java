/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;

/** Two plain numbers under a lock, which are equal but while a thread writes; and what notices that a thread reads beside one that writes. */
final class Guarded {
    private final Lock readLock;
    private final Lock writeLock;
    private final AtomicInteger readers = new AtomicInteger();
    private final AtomicInteger writers = new AtomicInteger();
    private long first;
    private long second;

    Guarded(ReadWriteLock lock) {
        readLock = lock.readLock();
        writeLock = lock.writeLock();
    }

    /** Reads, and now and then writes, by one of the forms of lock each time; returns how often it wrote. */
    long use(int rounds) {
        long written = 0;
        for (int i = 0; i < rounds; i++) {
            int dice = ThreadLocalRandom.current().nextInt(64);
            if (dice >= 4) {
                if (isLocked(readLock, dice & 3)) read();
            } else if (isLocked(writeLock, dice)) {
                write();
                written++;
            }
        }
        return written;
    }

    long writes() {
        readLock.lock();
        try {
            return first;
        } finally {
            readLock.unlock();
        }
    }

    private static boolean isLocked(Lock lock, int form) {
        try {
            if (form == 0) return lock.tryLock();
            if (form == 1) return lock.tryLock(1, TimeUnit.MILLISECONDS);
            if (form == 2) lock.lockInterruptibly();
            else lock.lock();
            return true;
        } catch (InterruptedException nobodyDoes) {
            throw new AssertionError(nobodyDoes);
        }
    }

    private void read() {
        readers.incrementAndGet();
        long seen = first;
        if (writers.get() != 0 || second != seen) throw new AssertionError("a reader beside a writer");
        if ((seen & 7) == 0) Thread.yield();
        readers.decrementAndGet();
        readLock.unlock();
    }

    private void write() {
        writers.incrementAndGet();
        first++;
        if (readers.get() != 0 || writers.get() != 1) throw new AssertionError("a writer beside others");
        if ((first & 7) == 0) Thread.yield();
        second++;
        writers.decrementAndGet();
        writeLock.unlock();
    }
}
