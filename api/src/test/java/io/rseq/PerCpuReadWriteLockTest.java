/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rseq.internal.Commits;
import io.rseq.internal.FakeAgent;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way on the heap, and that by the sequences of a fake agent; under the real one the integration tests hold the rest. */
class PerCpuReadWriteLockTest {
    private static final int THREADS = 16;
    private static final int ROUNDS = 5_000;

    private final PerCpuReadWriteLock lock = new PerCpuReadWriteLock();
    private final Lock reading = lock.readLock();
    private final Lock writing = lock.writeLock();

    @Test
    void no_reader_is_beside_a_writer() {
        Guarded guarded = new Guarded(lock);
        useByMany(guarded, 0);
        isFree();
    }

    @Test
    void no_reader_is_beside_a_writer_when_the_agent_arrives_in_the_middle_and_sequences_answer_anything() {
        Guarded guarded = new Guarded(lock);
        AtomicLong written = new AtomicLong();
        Crowd crowd = Crowd.of(THREADS, () -> written.addAndGet(guarded.use(ROUNDS)));
        try (FakeAgent agent = FakeAgent.arrive()) {
            crowd.join();
            long before = agent.commits();
            useByMany(guarded, written.get());
            assertThat(agent.commits() - before).isGreaterThan(ROUNDS);
            isFree();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Commits.RESTARTED, Commits.UNAVAILABLE, Commits.CLOSED})
    void no_reader_is_beside_a_writer_while_sequences_answer_only(long status) {
        try (FakeAgent agent = FakeAgent.arrive()) {
            PerCpuReadWriteLock fresh = new PerCpuReadWriteLock();
            fresh.readLock().lock(); // by a sequence
            agent.always(status);
            assertThat(fresh.writeLock().tryLock()).isFalse();
            fresh.readLock().unlock();
            useByMany(new Guarded(fresh), 0);
            assertThat(fresh.writeLock().tryLock()).isTrue();
        }
    }

    @Test
    void without_a_fence_no_sequence_is_asked() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            agent.fences(false);
            long before = agent.commits();
            useByMany(new Guarded(lock), 0);
            assertThat(agent.commits()).isEqualTo(before);
        }
    }

    @Test
    void where_memory_is_full_no_sequence_is_asked() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            agent.limit(agent.allocated());
            long before = agent.commits();
            useByMany(new Guarded(lock), 0);
            assertThat(agent.commits()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_fence_that_is_refused_later_closes_the_cells_once_and_for_good(boolean elseBy) {
        try (FakeAgent agent = FakeAgent.arrive()) {
            PerCpuReadWriteLock fresh = new PerCpuReadWriteLock();
            fresh.readLock().lock(); // by a sequence
            agent.refusesFence(elseBy);
            assertThat(fresh.writeLock().tryLock()).isFalse();
            assertThat(fresh.isWriteLocked()).isFalse();
            assertThat(fresh.readLockCount()).isEqualTo(1);
            fresh.readLock().unlock();
            long before = agent.commits();
            useByMany(new Guarded(fresh), 0);
            assertThat(fresh.writeLock().tryLock()).isTrue();
            assertThat(agent.commits()).isEqualTo(before);
        }
    }

    /** While it is closed, and when it was opened again. */
    @Test
    void a_writer_waits_for_readers_whatever_way_they_came() {
        reading.lock(); // on the heap
        try (FakeAgent agent = FakeAgent.arrive()) {
            agent.keepsOn(0);
            readOften();
            reading.lock(); // by a sequence
            assertThat(lock.readLockCount()).isEqualTo(2);
            assertThat(writing.tryLock()).isFalse();
            reading.lock(); // on the heap, since it is closed
            assertThat(lock.readLockCount()).isEqualTo(3);
            for (int left = 2; left >= 0; left--) {
                assertThat(writing.tryLock()).isFalse();
                readOften();
                agent.keepsOn(left % Cpus.count());
                reading.unlock();
                assertThat(lock.readLockCount()).isEqualTo(left);
            }
            assertThat(writing.tryLock()).isTrue();
        }
    }

    @Test
    void cells_are_opened_again_when_many_have_read_since_a_writer() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            agent.keepsOn(0);
            for (int i = 0; i < 3; i++) {
                readOften();
                AtomicLong fences = new AtomicLong();
                agent.atFence(fences::incrementAndGet);
                writing.lock();
                writing.unlock();
                reading.lock();
                reading.unlock();
                writing.lock();
                writing.unlock();
                assertThat(fences).hasValue(1);
            }
        }
    }

    @Test
    void a_reader_that_comes_during_the_fence_finds_it_closed() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            PerCpuReadWriteLock fresh = new PerCpuReadWriteLock();
            AtomicLong refused = new AtomicLong();
            agent.atFence(() -> refused.addAndGet(fresh.readLock().tryLock() ? 0 : 1));
            fresh.writeLock().lock();
            assertThat(refused).hasValue(1);
        }
    }

    @Test
    void who_waits_for_a_reader_or_a_writer_goes_on_when_it_leaves() throws Exception {
        reading.lock();
        Task<Boolean> writer = new Task<>(() -> isLocked(writing));
        await(lock::isWriteLocked);
        Task<Boolean> reader = new Task<>(() -> isLocked(reading));
        await(() -> reader.isWaiting());
        assertThat(reading.tryLock()).isFalse();
        reading.unlock(); // the other thread's by right: there is no owner
        assertThat(writer.get()).isTrue();
        assertThat(reader.get()).isTrue();
        isFree();
    }

    @Test
    void a_writer_comes_in_while_readers_overlap_without_end() throws Exception {
        reading.lock();
        Task<Boolean> writer = new Task<>(() -> isLocked(writing));
        while (!writer.isDone()) {
            boolean overlaps = reading.tryLock();
            reading.unlock();
            if (!overlaps) reading.lock();
        }
        reading.unlock();
        assertThat(writer.get()).isTrue();
    }

    @Test
    void readers_come_in_while_writers_follow_each_other_without_end() {
        AtomicLong reads = new AtomicLong();
        Crowd readers = Crowd.of(2, () -> {
            for (int i = 0; i < 100; i++) {
                isLocked(reading);
                reads.incrementAndGet();
            }
        });
        Crowd writers = Crowd.of(4, () -> {
            while (!readers.isDone()) isLocked(writing);
        });
        readers.join();
        writers.join();
        assertThat(reads).hasValue(200);
        isFree();
    }

    @Test
    void a_wait_that_is_interrupted_or_timed_out_leaves_no_trace() throws Exception {
        waitsThatEndLeaveNoTrace(lock);
        try (FakeAgent agent = FakeAgent.arrive()) {
            PerCpuReadWriteLock fresh = new PerCpuReadWriteLock();
            agent.keepsOn(0);
            waitsThatEndLeaveNoTrace(fresh);
        }
    }

    @Test
    void lock_keeps_an_interrupt_for_later() throws Exception {
        reading.lock();
        Task<Boolean> writer = new Task<>(() -> {
            Thread.currentThread().interrupt();
            writing.lock();
            boolean kept = Thread.interrupted();
            writing.unlock();
            return kept;
        });
        await(() -> writer.isWaiting());
        reading.unlock();
        assertThat(writer.get()).isTrue();
        Thread.currentThread().interrupt();
        assertThatThrownBy(reading::lockInterruptibly).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void a_thread_that_awaits_a_condition_lets_others_in_and_goes_on_alone() throws Exception {
        Condition condition = writing.newCondition();
        AtomicLong step = new AtomicLong();
        Task<Long> waiting = new Task<>(() -> {
            writing.lock();
            try {
                step.set(1);
                while (step.get() == 1) condition.await();
                return lock.readLockCount();
            } finally {
                writing.unlock();
            }
        });
        await(() -> step.get() == 1 && writing.tryLock());
        step.set(2);
        condition.signal();
        writing.unlock();
        assertThat(waiting.get()).isZero();
        writing.lock();
        assertThat(condition.await(1, TimeUnit.NANOSECONDS)).isFalse();
        assertThat(condition.awaitNanos(1)).isNotPositive();
        Thread.currentThread().interrupt();
        assertThatThrownBy(condition::await).isInstanceOf(InterruptedException.class);
        writing.unlock();
        isFree();
    }

    @Test
    void after_a_condition_came_true_a_writer_waits_for_readers() throws Exception {
        Condition condition = writing.newCondition();
        Task<Long> waiting = new Task<>(() -> {
            writing.lock();
            condition.awaitUninterruptibly();
            long readers = lock.readLockCount();
            writing.unlock();
            return readers;
        });
        await(() -> waiting.isWaiting() && !lock.isWriteLocked());
        writing.lock();
        condition.signalAll();
        writing.unlock();
        isLocked(reading);
        assertThat(waiting.get()).isZero();
    }

    @Test
    void only_the_owner_of_the_write_lock_unlocks_it_and_uses_its_condition() throws Exception {
        Condition condition = writing.newCondition();
        assertThatThrownBy(writing::unlock).isInstanceOf(IllegalMonitorStateException.class);
        assertThatThrownBy(condition::signal).isInstanceOf(IllegalMonitorStateException.class);
        assertThatThrownBy(condition::await).isInstanceOf(IllegalMonitorStateException.class);
        writing.lock();
        Task<Boolean> other = new Task<>(() -> {
            writing.unlock();
            return true;
        });
        assertThatThrownBy(other::get).hasCauseInstanceOf(IllegalMonitorStateException.class);
        assertThat(lock.isWriteLocked()).isTrue();
        writing.unlock();
        isFree();
    }

    @Test
    void the_owner_of_the_write_lock_is_told_that_it_would_wait_for_itself() throws Exception {
        writing.lock();
        for (Lock again : new Lock[] {reading, writing}) {
            assertThatThrownBy(again::lock).isInstanceOf(IllegalMonitorStateException.class);
            assertThatThrownBy(again::lockInterruptibly).isInstanceOf(IllegalMonitorStateException.class);
            assertThat(again.tryLock()).isFalse();
            assertThat(again.tryLock(1, TimeUnit.MILLISECONDS)).isFalse();
        }
        writing.unlock();
        isFree();
    }

    @Test
    void a_read_lock_has_no_condition() {
        assertThatThrownBy(reading::newCondition).isInstanceOf(UnsupportedOperationException.class);
    }

    private void useByMany(Guarded guarded, long writtenBefore) {
        AtomicLong written = new AtomicLong(writtenBefore);
        Crowd.of(THREADS, () -> written.addAndGet(guarded.use(ROUNDS))).join();
        assertThat(guarded.writes()).isEqualTo(written.get()).isPositive();
    }

    private void readOften() {
        for (int i = 0; i < 64; i++) {
            reading.lock();
            reading.unlock();
        }
    }

    private static void waitsThatEndLeaveNoTrace(PerCpuReadWriteLock lock) throws Exception {
        lock.readLock().lock();
        leavesNoTrace(lock.writeLock());
        lock.readLock().unlock();
        lock.writeLock().lock();
        leavesNoTrace(lock.writeLock());
        leavesNoTrace(lock.readLock());
        lock.writeLock().unlock();
        assertThat(lock.readLockCount()).isZero();
        assertThat(new Task<>(() -> isLocked(lock.writeLock())).get()).isTrue();
    }

    private static void leavesNoTrace(Lock refused) throws Exception {
        Task<Boolean> timed = new Task<>(() -> refused.tryLock(1, TimeUnit.MILLISECONDS));
        assertThat(timed.get()).isFalse();
        Task<Boolean> interrupted = new Task<>(() -> {
            refused.lockInterruptibly();
            return true;
        });
        await(interrupted::isWaiting);
        interrupted.thread.interrupt();
        assertThatThrownBy(interrupted::get).hasCauseInstanceOf(InterruptedException.class);
    }

    private void isFree() {
        assertThat(lock.readLockCount()).isZero();
        assertThat(writing.tryLock()).isTrue();
        writing.unlock();
        assertThat(reading.tryLock()).isTrue();
        reading.unlock();
    }

    private static boolean isLocked(Lock lock) {
        lock.lock();
        lock.unlock();
        return true;
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) Thread.yield();
    }

    private static final class Task<V> extends FutureTask<V> {
        final Thread thread = new Thread(this);

        Task(Callable<V> work) {
            super(work);
            thread.start();
        }

        boolean isWaiting() {
            Thread.State state = thread.getState();
            return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
        }
    }
}
