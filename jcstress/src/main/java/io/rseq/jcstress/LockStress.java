/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.rseq.PerCpuReadWriteLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** The read-write lock without the agent: readers are counted on the heap. */
public final class LockStress {
    private LockStress() {}

    private static final class Numbers {
        final PerCpuReadWriteLock lock = new PerCpuReadWriteLock();
        int first;
        int second;

        void write() {
            lock.writeLock().lock();
            first++;
            second++;
            lock.writeLock().unlock();
        }

        void read(II_Result result) {
            lock.readLock().lock();
            result.r1 = first;
            result.r2 = second;
            lock.readLock().unlock();
        }
    }

    /** A reader sees all of a write, or nothing. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "1, 1", "2, 2"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "a reader beside a writer, or one that sees less than came before")
    @State
    public static class AReaderAndTwoWriters {
        private final Numbers numbers = new Numbers();

        @Actor
        public void first() {
            numbers.write();
        }

        @Actor
        public void second() {
            numbers.write();
        }

        @Actor
        public void reader(II_Result result) {
            numbers.read(result);
        }
    }

    /** What a reader does under the lock is seen by the writer that comes after it. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "1, 1"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "a writer beside a reader, or one that sees half of what it did")
    @State
    public static class AReaderThatWritesItsOwn {
        private final Numbers numbers = new Numbers();

        @Actor
        public void reader() {
            numbers.lock.readLock().lock();
            numbers.first = 1;
            numbers.second = 1;
            numbers.lock.readLock().unlock();
        }

        @Actor
        public void writer(II_Result result) {
            numbers.lock.writeLock().lock();
            result.r1 = numbers.first;
            result.r2 = numbers.second;
            numbers.lock.writeLock().unlock();
        }
    }

    /** Neither waits: they are never both inside, and it is free in the end. */
    @JCStressTest
    @Outcome(
            id = {"true, true"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "both were inside, or one is still there")
    @State
    public static class ATriedReaderAndATriedWriter {
        private final PerCpuReadWriteLock lock = new PerCpuReadWriteLock();
        private volatile int inside;
        private boolean apart = true;

        @Actor
        public void reader() {
            if (!lock.readLock().tryLock()) return;
            inside = 1;
            if (inside != 1) apart = false;
            inside = 0;
            lock.readLock().unlock();
        }

        @Actor
        public void writer() {
            if (!lock.writeLock().tryLock()) return;
            inside = 2;
            if (inside != 2) apart = false;
            inside = 0;
            lock.writeLock().unlock();
        }

        @Arbiter
        public void after(ZZ_Result result) {
            result.r1 = apart;
            result.r2 = lock.readLockCount() == 0 && lock.writeLock().tryLock();
        }
    }
}
