/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.Commits;
import io.rseq.internal.PerCpuMemory;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A pool of objects that are costly to make: one is taken, used, and given back to the CPU that the thread runs on then. As fast with more
 * threads than CPUs as with one, and with virtual threads, where a {@code ThreadLocal} cache would make one object for each thread.
 *
 * <pre>{@code
 * PerCpuPool<ByteBuffer> pool = PerCpuPool.builder(() -> ByteBuffer.allocateDirect(1 << 16))
 *         .capacityPerCpu(32)
 *         .onRelease(ByteBuffer::clear)
 *         .build();
 * try (Lease<ByteBuffer> lease = pool.lease()) {
 *     fill(lease.get());
 * }
 * }</pre>
 *
 * <p><b>How.</b> Each object has a slot. The numbers of the slots that are idle lie in a {@link PerCpuLongStack}: a pop and a push, two
 * restartable sequences under the agent, are what a lease costs. {@link #acquire} and {@link #release} are for code that hands objects
 * about rather than leases: release finds the slot by the object's identity, and one compare-and-set. An object is made when this CPU and
 * the overflow have none, and discarded when both are full.
 *
 * <p><b>Bound.</b> There are {@code maxIdle() = capacityPerCpu * Cpus.count() + overflow} slots, so never more idle objects than that, each
 * of which the pool keeps alive. When all slots are in use and none is idle here, an object is made that is not pooled: used like any
 * other, and discarded when it is given back. An object that is never given back holds its slot, and is not collected; with {@code
 * maxIdle()} of them lost, nothing is pooled any more, and nothing is refused. An acquired object that is not pooled is held weakly.
 *
 * <p><b>Promises.</b> An object is in one place: idle once, or with whoever took it. Of two releases of an object between two acquisitions,
 * also by threads at once, exactly one succeeds and the other throws. After somebody else has acquired it, a late second release can't be
 * told from that one's. What a {@link Lease} guarantees stands there. The supplier or a callback that throws leaves the pool whole.
 *
 * <p><b>Progress, migration, preemption, dying threads</b>: as {@link PerCpuLongStack}. Making and discarding take a lock that may park,
 * held for some table entries and never while the supplier or a callback runs. A thread that dies with an object holds its slot, like
 * anyone else who does not give back. <b>Virtual threads</b> may park and move to other carriers with an object in hand; it goes to the CPU
 * where it is given back.
 *
 * <p><b>Memory ordering.</b> What was done to an object before it was given back, and by the supplier, <em>happens before</em> what is done
 * by whoever takes it next; and so is what was done before a release for {@code onDiscard} of it.
 *
 * <p><b>Cost.</b> About 100 bytes of heap for an object that has a slot, and the stack's 8 bytes for each slot on each CPU in use. A lease
 * allocates nothing once its object is made. {@code release(T)} costs an identity hash, the table's entry and an atomic instruction more.
 * For objects that cost less than some 20 ns to make, and for few threads that live long and may keep their own, pool nothing.
 *
 * <p><b>Sources.</b> Bonwick, <em>The Slab Allocator</em> (USENIX 1994), and Bonwick and Adams (2001) for the per-CPU magazines; tcmalloc
 * for the sequences. Ids and not references are what lies in per-CPU memory, because the collector moves objects.
 */
public final class PerCpuPool<T> {
    private final Supplier<? extends T> supplier;
    private final Consumer<? super T> onRelease;
    private final Consumer<? super T> onDiscard;
    private final PerCpuLongStack idle;
    private final int maxIdle;

    /* What the stack tells a sequence, copied: a load less on the way there. */
    private final long capacity;
    private final long field;
    private long offset;

    private final UnpooledObjects<T> unpooled = new UnpooledObjects<>();
    private final LongAdder created = new LongAdder();
    private final LongAdder discarded = new LongAdder();
    private final LongAdder refused = new LongAdder();

    /* Held by whoever gives an object a slot or takes it away. */
    private final ReentrantLock changing = new ReentrantLock();

    private final LeaseTable<T> table = new LeaseTable<>();
    private int[] freed = {};
    private int freedCount;
    private int used;

    /* Plain: who pops a slot's number sees what was written here before it was pushed. */
    private Lease<T>[] slots = array(0);

    private PerCpuPool(Builder<T> builder) {
        supplier = builder.supplier;
        onRelease = builder.onRelease;
        onDiscard = builder.onDiscard;
        int overflow = builder.overflow >= 0 ? builder.overflow : (int) Math.min(4L * builder.capacityPerCpu, 1 << 20);
        idle = new PerCpuLongStack(builder.capacityPerCpu, overflow, builder.index);
        capacity = idle.capacityPerCpu();
        field = idle.field();
        offset = idle.offset();
        maxIdle = (int) Math.min((long) builder.capacityPerCpu * Cpus.count() + overflow, Integer.MAX_VALUE - 8);
    }

    /** Of objects that {@code supplier} makes, a new one each time. Any thread may be the one that calls it. */
    public static <T> Builder<T> builder(Supplier<? extends T> supplier) {
        return new Builder<>(supplier);
    }

    /** Takes an object until the lease is closed: an idle one, or a new one. */
    public Lease<T> lease() {
        long slot = pop();
        if (slot < 0) return make(Lease.LEASED);
        Lease<T> lease = slots[(int) slot];
        lease.state = Lease.LEASED;
        return lease;
    }

    /** Takes an object until it is {@linkplain #release released}: an idle one, or a new one. */
    public T acquire() {
        long slot = pop();
        if (slot < 0) return makeAcquired();
        Lease<T> lease = slots[(int) slot];
        lease.state = Lease.ACQUIRED;
        return lease.object;
    }

    /**
     * Gives an acquired object back.
     *
     * @throws IllegalStateException if it is idle, since somebody released it already, or leased: close the lease then
     * @throws IllegalArgumentException if it is none of this pool's, or was given back and discarded since
     */
    public void release(T object) {
        Lease<T> lease = table.find(Objects.requireNonNull(object));
        if (lease == null) {
            releaseUnpooled(object);
            return;
        }
        if (!lease.endAcquired())
            throw refused(lease.state == Lease.LEASED ? "it is leased: close its lease" : "it is released already");
        giveBack(lease);
    }

    /**
     * Discards what is idle. Objects on CPUs that this one can't reach ({@link PerCpuLongStack#drainTo}) stay. If {@code onDiscard} throws,
     * so does this, and what is not discarded yet stays.
     *
     * @return how many were discarded
     */
    public int trim() {
        return idle.drainTo(slot -> discard(slots[(int) slot]));
    }

    /** How many objects are idle: exact when nobody takes or gives back, an estimate while others do. */
    public long idle() {
        return idle.size();
    }

    /** How many objects can be idle at most. */
    public int maxIdle() {
        return maxIdle;
    }

    /** How many objects were made. */
    public long created() {
        return created.sum();
    }

    /** How many were discarded. Those made, less these and the idle ones, are in use, or lost. */
    public long discarded() {
        return discarded.sum();
    }

    /** How many calls were refused, such as a second release. */
    public long refused() {
        return refused.sum();
    }

    @Override
    public String toString() {
        return "PerCpuPool[idle=" + idle() + ", maxIdle=" + maxIdle + ", created=" + created() + ", discarded="
                + discarded() + ", refused=" + refused() + "]";
    }

    // ---- taking
    // -----------------------------------------------------------------------------------------------------------------

    private long pop() {
        long slot = Commits.pop(offset, capacity, field);
        if (slot < 0) slot = popSlowly();
        VarHandle.acquireFence();
        Reference.reachabilityFence(this);
        return slot;
    }

    private long popSlowly() {
        long slot = idle.pop();
        offset = idle.offset();
        return slot;
    }

    // ---- giving back
    // ---------------------------------------------------------------------------------------------------------

    void giveBack(Lease<T> lease) {
        if (onRelease != null) prepare(lease);
        if (!idle.push(lease.slot)) discard(lease);
    }

    /* What is not ready for its next user must have none. */
    private void prepare(Lease<T> lease) {
        try {
            onRelease.accept(lease.object);
        } catch (Throwable failure) {
            try {
                discard(lease);
            } catch (Throwable another) {
                if (another != failure) failure.addSuppressed(another);
            }
            throw failure;
        }
    }

    private void releaseUnpooled(T object) {
        if (!unpooled.remove(object)) {
            refused.increment();
            throw new IllegalArgumentException(
                    "refused: it is no object of this pool, or was discarded when given back");
        }
        discardUnpooled(object);
    }

    void discardUnpooled(T object) {
        discarded.increment();
        if (onDiscard != null) onDiscard.accept(object);
    }

    private void discard(Lease<T> lease) {
        changing.lock();
        try {
            table.remove(lease);
            lease.state = Lease.DISCARDED;
            slots[lease.slot] = null;
            freed[freedCount++] = lease.slot;
        } finally {
            changing.unlock();
        }
        discardUnpooled(lease.object);
    }

    IllegalStateException refused(String why) {
        refused.increment();
        return new IllegalStateException("refused: " + why);
    }

    // ---- making
    // --------------------------------------------------------------------------------------------------------------

    private T makeAcquired() {
        Lease<T> lease = make(Lease.ACQUIRED);
        if (lease.state == Lease.UNPOOLED) unpooled.add(lease.object);
        return lease.object;
    }

    private Lease<T> make(int state) {
        int slot = takeSlot();
        try {
            T object = Objects.requireNonNull(supplier.get(), "the supplier returned null");
            long home = onRelease == null ? idle.offset() : PerCpuMemory.NONE;
            Lease<T> lease = new Lease<>(this, home, capacity, field, slot, object, slot < 0 ? Lease.UNPOOLED : state);
            if (slot >= 0) enter(lease);
            created.increment();
            return lease;
        } catch (Throwable failure) {
            if (slot >= 0) leaveSlot(slot);
            throw failure;
        }
    }

    /** -1: all are in use. */
    private int takeSlot() {
        changing.lock();
        try {
            if (freedCount > 0) return freed[--freedCount];
            if (used == maxIdle) return -1;
            if (used == slots.length) {
                int length = (int) Math.min(Math.max(16L, 2L * used), maxIdle);
                freed = Arrays.copyOf(freed, length); // here, so that a discard needs no memory
                slots = Arrays.copyOf(slots, length);
            }
            return used++;
        } finally {
            changing.unlock();
        }
    }

    private void leaveSlot(int slot) {
        changing.lock();
        try {
            freed[freedCount++] = slot;
        } finally {
            changing.unlock();
        }
    }

    private void enter(Lease<T> lease) {
        changing.lock();
        try {
            if (!table.put(lease))
                throw new IllegalStateException("the supplier returned an object that is in the pool");
            slots[lease.slot] = lease;
        } finally {
            changing.unlock();
        }
    }

    @SuppressWarnings("unchecked")
    private static <T> Lease<T>[] array(int length) {
        return (Lease<T>[]) new Lease<?>[length];
    }

    /** What a pool is made of. */
    public static final class Builder<T> {
        private final Supplier<? extends T> supplier;
        private int capacityPerCpu = 64;
        private int overflow = -1;
        private Consumer<? super T> onRelease;
        private Consumer<? super T> onDiscard;
        private Index index = Index.CPU;

        private Builder(Supplier<? extends T> supplier) {
            this.supplier = Objects.requireNonNull(supplier);
        }

        /** How many objects may be idle on one CPU: 64, unless told otherwise. */
        public Builder<T> capacityPerCpu(int objects) {
            capacityPerCpu = objects;
            return this;
        }

        /** How many more may be idle for all CPUs: 4 times {@code capacityPerCpu}, unless told otherwise. */
        public Builder<T> overflow(int objects) {
            if (objects < 0) throw new IllegalArgumentException("overflow=" + objects);
            overflow = objects;
            return this;
        }

        /** What makes an object ready for its next user, when it is given back. One at which it throws is discarded. */
        public Builder<T> onRelease(Consumer<? super T> action) {
            onRelease = Objects.requireNonNull(action);
            return this;
        }

        /** What becomes of an object that the pool does not keep. It may call the pool. */
        public Builder<T> onDiscard(Consumer<? super T> action) {
            onDiscard = Objects.requireNonNull(action);
            return this;
        }

        /** Whether idle objects are the CPU's or the concurrency id's. */
        public Builder<T> index(Index of) {
            index = Objects.requireNonNull(of);
            return this;
        }

        /**
         * The pool, with nothing in it.
         *
         * @throws IllegalArgumentException as {@link PerCpuLongStack#PerCpuLongStack(int, int, Index)} does
         * @throws OutOfMemoryError when there is no per-CPU memory left
         */
        public PerCpuPool<T> build() {
            return new PerCpuPool<>(this);
        }
    }
}
