/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.PerCpuReadWriteLock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Reading two numbers under a lock that all threads share, or, once in so many times, writing them. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class ReadWriteLockBenchmark {
    /** One access in so many writes; 0: none. */
    @Param({"0", "1000", "10"})
    public int writes;

    private final ReadWriteLock perCpu = new PerCpuReadWriteLock();
    private final ReadWriteLock reentrant = new ReentrantReadWriteLock();
    private final StampedLock stamped = new StampedLock();
    private final Object monitor = new Object();
    private long first;
    private long second;

    /** A thread's own turns; begun apart, so that threads do not write at one time. */
    @State(Scope.Thread)
    public static class Turns {
        private int left = Thread.currentThread().hashCode() & 0x3ff;

        boolean isWrite(int every) {
            if (every == 0 || --left >= 0) return false;
            left = every - 1;
            return true;
        }
    }

    @Setup
    public void committerMustBeInForce() {
        InForce.check();
    }

    @Benchmark
    public long perCpu(Turns turns) {
        return by(perCpu, turns);
    }

    @Benchmark
    @Fork(value = 1, jvmArgsAppend = "-Drseq.committer=atomic")
    public long perCpuAtomic(Turns turns) {
        return by(perCpu, turns);
    }

    @Benchmark
    public long peerReentrantReadWriteLock(Turns turns) {
        return by(reentrant, turns);
    }

    @Benchmark
    public long peerStampedLock(Turns turns) {
        if (turns.isWrite(writes)) return writeStamped();
        long stamp = stamped.readLock();
        try {
            return first + second;
        } finally {
            stamped.unlockRead(stamp);
        }
    }

    @Benchmark
    public long peerStampedLockOptimistic(Turns turns) {
        if (turns.isWrite(writes)) return writeStamped();
        long stamp = stamped.tryOptimisticRead();
        long read = first + second;
        if (stamped.validate(stamp)) return read;
        stamp = stamped.readLock();
        try {
            return first + second;
        } finally {
            stamped.unlockRead(stamp);
        }
    }

    @Benchmark
    public long peerSynchronized(Turns turns) {
        synchronized (monitor) {
            return turns.isWrite(writes) ? write() : first + second;
        }
    }

    private long by(ReadWriteLock lock, Turns turns) {
        boolean writing = turns.isWrite(writes);
        Lock taken = writing ? lock.writeLock() : lock.readLock();
        taken.lock();
        try {
            return writing ? write() : first + second;
        } finally {
            taken.unlock();
        }
    }

    private long writeStamped() {
        long stamp = stamped.writeLock();
        try {
            return write();
        } finally {
            stamped.unlockWrite(stamp);
        }
    }

    private long write() {
        second++;
        return ++first;
    }
}
