/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.StackRoom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;

/**
 * A lock that many read under and few write, whose readers share no cache line: what {@link java.util.concurrent.locks.ReentrantReadWriteLock} and {@link
 * java.util.concurrent.locks.StampedLock} are where reads don't meet in one word. Neither lock is reentrant.
 *
 * <p><b>How.</b> Each CPU has a cell in per-CPU memory, and the region that all CPUs share has one word, <em>closed</em>. Under the agent a reader comes and
 * goes by the same restartable sequence, {@link io.rseq.internal.Commits#count}: look whether it is closed, add 1 or -1 to this CPU's cell with one plain
 * instruction. A reader may go on another CPU than it came on, so a cell alone says nothing; their sum does. Where a sequence finds it closed, and where there
 * are none, a reader counts itself in and out on the heap, by an atomic addition: in one word until two threads meet there, then in one for each index ({@code StripedCount}, which says
 * why their sum may be believed).
 *
 * <p>A writer takes the writers' mutex ({@code Claim}), says so in a flag, closes, and fences by membarrier(2), which restarts each sequence that is under way
 * on any CPU. From there on no sequence changes a cell: the sum is how many readers came by a sequence less those who went by one, and stays so. The writer
 * reads it once. Readers that are still here go by the heap. As soon as both come to 0 together nobody reads, and the reader that finds
 * them so wakes the writer. A reader that comes on the heap counts itself in first, then looks at the flag; if it is set, it counts itself out and waits in the mutex's queue.
 *
 * <p>A writer that leaves does not open the cells, so the next one needs no fence. The reader that opens them, for which it takes the mutex, is one that
 * comes when some dozens have counted themselves on the heap since a writer was here: then the fence that the next writer pays for has been earned. Where one access
 * in ten writes, all go by the heap, and where one in a thousand does, nearly all go by sequences.
 *
 * <p><b>Progress.</b> With no writer here, {@code lock} for reading is wait-free by sequence (64 restarts at most, then the heap), and on the heap, where one waits for another once, while the words are made. {@code unlock} of
 * it always is. All else blocks. Writers don't starve: none that comes to read passes one that has the mutex, and readers that keep coming
 * don't keep it from the mutex. Readers that wait are in one queue with writers, and a writer may pass who waits there 32 times in a row at most. Two calls of
 * {@code tryLock} at one time, of a reader and a writer, may both fail.
 *
 * <p><b>Memory ordering.</b> What a writer did <em>happens before</em> what a reader or writer does that comes later, and what a reader did <em>happens
 * before</em> what a later writer does.
 * <ul>
 * <li>From writer to reader: the writer leaves by a volatile store of the flag, which a reader on the heap reads, and the one that opens the cells, too. That one
 *     stores 0 in <em>closed</em> with release order, and each sequence loads it before all that its reader reads: on x86-64 because loads are made in order, on
 *     aarch64 by a load with acquire order. The compiler is held by the volatile read that follows.
 * <li>From reader to writer: a reader that goes by the heap does so by an atomic addition. One that goes by a sequence makes a plain store, and what it read or wrote before
 *     is ordered by the fence: membarrier(2) makes each CPU that runs a thread of the process execute a full barrier, on both architectures, and a
 *     thread that does not run met one when it was switched out. The writer looks at the cells after that. So the store need not even have release
 *     order on aarch64. The compiler is held by a release fence.
 * <li>That a reader comes in while a writer closes (Dekker's problem, for which others need a full fence in each reader): a sequence either committed before its CPU met the
 *     fence, and the writer counts it, or is restarted by it, and finds it closed. What its reader read too early was read on the way, and is dropped with the rest.
 *     On the heap both sides are volatile accesses, of the words and the flag.
 * </ul>
 *
 * <p><b>Migration, preemption.</b> A thread that is interrupted in a sequence has counted nothing, and starts again where it then runs. A reader that is preempted, or
 * parks, while it reads holds up writers, as under every such lock, and those who come after them. <b>Dying threads</b>: a reader that dies without {@code unlock}
 * keeps writers out for good. <b>Virtual threads</b> may park under both locks; nobody who waits here pins a carrier.
 *
 * <p><b>Errors of the VM.</b> What throws has done nothing, so it may be called again: behind the store that counts a reader no method is called, but on the heap to count out one
 * that met a writer. Should its stack end in that call, it notes that it is owed, under a monitor and without a call ({@code StripedCount}). The others ask for room on the stack first. Who has the mutex takes no memory, but for a virtual thread to park and go on. A writer that gives up, also by an exception, gives the mutex back. A
 * writer that waits looks for itself ten times a second, should the reader that had to wake it have lost its frame. What can't be prevented: an error that comes
 * between the lock and the method that called it. Where HotSpot takes a frame away that has a lock ({@link io.rseq.internal.LockedStack} says when), that is lost, as are the JDK's.
 *
 * <p><b>When the agent arrives</b>, the first reader that opens the cells acquires them, under the mutex: so no writer is here that doesn't know of them. Readers that came on the
 * heap may go by sequences, and the reverse. Before Linux 5.10, where there is no such fence, and where memory is full, all go by the heap.
 *
 * <p><b>Should the kernel refuse the fence later</b>, as under a filter of system calls that an application installs, a writer that finds the cells open closes them in another way, and they stay closed for
 * good. Its thread runs on each CPU of its cpuset, one after the other (sched_setaffinity(2)). Where it runs, nobody else does: who was in a sequence there was switched out, by
 * which that was restarted, and both met a full barrier. So this is the same fence, and takes milliseconds, or for as long as a thread of real-time priority keeps a CPU for itself. Where that is refused, too, the writer waits for a second, which is no proof, but
 * a sequence of a dozen instructions would have to be stopped for as long without the kernel's knowledge, as by a hypervisor.
 *
 * <p><b>Not promised.</b> A reader that asks for the write lock waits for itself. So would a writer that asks for either lock again, and gets an {@link
 * IllegalMonitorStateException}, which its {@code tryLock} doesn't. There is no order between readers, and none of arrival between writers. A second {@code unlock} of the read lock is
 * not noticed.
 *
 * <p><b>Cost.</b> 8 bytes for each CPU, in a line that nothing else is in, given back after this is unreachable, and some 400 on the heap, and 128 more for each CPU, for 64 at most, once two readers met there. A writer that finds the cells open interrupts every CPU that runs a
 * thread of this process, once, and reads the cell of every possible CPU.
 *
 * <p><b>Sources.</b> {@code kernel/locking/percpu-rwsem.c} in Linux, whose readers count on their CPU while no writer is there, and whose writer waits for a grace period of
 * RCU where this one fences; {@code kernel/sched/membarrier.c}, {@code ipi_rseq}, for the barrier; {@code percpu-refcount} there, for a count that leaves the CPUs for one word. Dice and Kogan, <em>BRAVO: Biased Locking for Reader-Writer
 * Locks</em> (USENIX ATC 2019), for the bias that a writer revokes and that must be earned again. Folly's {@code SharedMutex}, whose readers are kept in slots that are
 * picked by CPU, each by an atomic: no fence, and nothing that a preempted reader could spoil, for a compare-and-set at each end. Not
 * {@code StampedLock}'s optimistic reads, which cost less still: what they run may see half of a write, and must be able to run twice.
 *
 * @since 0.1.0
 */
public final class PerCpuReadWriteLock implements ReadWriteLock {
    private final Readers readers = new Readers();
    private final Claim claim = new Claim(readers);
    private final Lock readLock = new ReadLock(readers, claim);
    private final Lock writeLock = new WriteLock(claim);

    /** Constructs one that nobody holds. */
    public PerCpuReadWriteLock() {}

    /**
     * Returns the lock for reading. It has no owner: a thread may unlock what another one locked. An unlock more than there were locks isn't noticed,
     * and lets a writer in beside a reader. {@code newCondition} throws {@link UnsupportedOperationException}.
     */
    @Override
    public Lock readLock() {
        return readLock;
    }

    /** Returns the lock for writing. Its owner is the thread that locked it, which alone may unlock it and use its conditions. */
    @Override
    public Lock writeLock() {
        return writeLock;
    }

    /** Whether a thread holds the write lock, or waits for readers to leave. */
    public boolean isWriteLocked() {
        return readers.writer;
    }

    /** How many read locks are held: exact when nobody locks or unlocks, an estimate while others do. */
    public long readLockCount() {
        return readers.number();
    }

    @Override
    public String toString() {
        return "PerCpuReadWriteLock[readers=" + readLockCount() + ", writeLocked=" + isWriteLocked() + "]";
    }

    private static final class ReadLock implements Lock {
        private final Readers readers;
        private final Claim claim;

        ReadLock(Readers readers, Claim claim) {
            this.readers = readers;
            this.claim = claim;
        }

        @Override
        public void lock() {
            if (readers.enter() || entersOnHeap()) return;
            StackRoom.check();
            claim.refuseOwner();
            claim.acquireShared(1);
            claim.releaseShared(1);
        }

        @Override
        public void lockInterruptibly() throws InterruptedException {
            if (Thread.interrupted()) throw new InterruptedException();
            if (readers.enter() || entersOnHeap()) return;
            StackRoom.check();
            claim.refuseOwner();
            claim.acquireSharedInterruptibly(1);
            claim.releaseShared(1);
        }

        @Override
        public boolean tryLock() {
            return readers.enter() || entersOnHeap();
        }

        @Override
        public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
            if (Thread.interrupted()) throw new InterruptedException();
            if (readers.enter() || entersOnHeap()) return true;
            StackRoom.check();
            if (!claim.tryAcquireSharedNanos(1, unit.toNanos(time))) return false;
            claim.releaseShared(1);
            return true;
        }

        private boolean entersOnHeap() {
            readers.openAgain(claim);
            return readers.enterOnHeap();
        }

        @Override
        public void unlock() {
            readers.leave();
        }

        @Override
        public Condition newCondition() {
            throw new UnsupportedOperationException("there is no condition of a read lock");
        }

        @Override
        public String toString() {
            return "PerCpuReadWriteLock.readLock[held=" + readers.number() + "]";
        }
    }

    private static final class WriteLock implements Lock {
        private final Claim claim;

        WriteLock(Claim claim) {
            this.claim = claim;
        }

        @Override
        public void lock() {
            StackRoom.check();
            claim.refuseOwner();
            claim.acquire(Claim.WRITER);
            claim.expel();
        }

        @Override
        public void lockInterruptibly() throws InterruptedException {
            StackRoom.check();
            claim.refuseOwner();
            claim.acquireInterruptibly(Claim.WRITER);
            claim.expels(Long.MAX_VALUE, true);
        }

        @Override
        public boolean tryLock() {
            StackRoom.check();
            return claim.tryAcquire(Claim.WRITER) && claim.expelsNow();
        }

        @Override
        public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
            StackRoom.check();
            long deadline = System.nanoTime() + unit.toNanos(time);
            return claim.tryAcquireNanos(Claim.WRITER, unit.toNanos(time))
                    && claim.expels(deadline - System.nanoTime(), true);
        }

        @Override
        public void unlock() {
            StackRoom.check();
            claim.release(Claim.WRITER);
        }

        @Override
        public Condition newCondition() {
            return new WriteCondition(claim);
        }

        @Override
        public String toString() {
            return "PerCpuReadWriteLock.writeLock[held=" + claim.isWriter() + "]";
        }
    }
}
