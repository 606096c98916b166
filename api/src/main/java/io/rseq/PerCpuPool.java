/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.Commits;
import io.rseq.internal.LockedStack;
import io.rseq.internal.PerCpuMemory;
import io.rseq.internal.Shelves;
import io.rseq.internal.StackRoom;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A pool of objects that are costly to make: one is taken from what is idle at the CPU that the thread runs on, used, and given back. As
 * fast with more threads than CPUs as with one, and with virtual threads, where a {@code ThreadLocal} cache would make one object for each
 * thread.
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
 * <p><b>How.</b> Each object has a slot, and some have a place on a CPU's shelf: 32 of them, or half of {@code capacityPerCpu} where that is
 * less. A place is a byte in per-CPU memory, full while its object is idle. Under the agent a lease takes from the shelf of the CPU that it runs
 * on, by one restartable sequence: find a full place, and store that it is empty. Whoever did that is the only one who may fill the place
 * again, so giving back is a plain store, from wherever the thread runs by then: no second sequence, nothing atomic. An object without
 * a place lies in a {@link PerCpuLongStack} of slots' numbers, and a lease of it is a pop and a push; it gets the first place that its CPU has for
 * it. {@link #acquire} and {@link #release} are for code that hands objects about rather than leases: release finds the slot by the
 * object's identity, and one compare-and-set. An object is made when this CPU and the overflow have none, and discarded when it has no
 * place and both are full.
 *
 * <p><b>Bound.</b> There are {@code maxIdle() = capacityPerCpu * Cpus.count() + overflow} slots, so never more idle objects than that, each
 * of which the pool keeps alive. When all slots are in use and none is idle here, an object is made that is not pooled: used like any
 * other, and discarded when it is given back. An object that is never given back holds its slot, and its place, and is not collected; with
 * {@code maxIdle()} of them lost, nothing is pooled any more, and nothing is refused. An acquired object that is not pooled is held weakly.
 *
 * <p><b>Promises.</b> An object is in one place: idle once, or with whoever took it. Of two releases of an object between two acquisitions,
 * also by threads at once, exactly one succeeds and the other throws. After somebody else has acquired it, a late second release can't be
 * told from that one's. What a {@link Lease} guarantees stands there. The supplier or a callback that throws leaves the pool whole.
 * Where the stack overflows in a method of the pool's own, it may lose the object in hand, with its slot: no other, and none is handed out twice.
 *
 * <p><b>Progress, migration, preemption, dying threads, errors of the VM</b>: as {@link PerCpuLongStack}. Making and discarding take monitors, which
 * are held for some table entries, or a trim's look at all shelves, and never while the supplier or a callback runs. Taking waits, too, where it
 * meets a shelf that a trim has closed: until the trim has emptied all shelves. A thread that dies with an object holds its slot, like
 * anyone else who does not give back. <b>Virtual threads</b> may park and move to other carriers with an object in hand; it goes back to the
 * CPU on whose shelf it has its place, and without a place to the one where it is given back.
 *
 * <p><b>Memory ordering.</b> What was done to an object before it was given back, and by the supplier, <em>happens before</em> what is done
 * by whoever takes it next; and so is what was done before a release for {@code onDiscard} of it. By a place: it is filled with release order,
 * and an acquire fence follows the sequence that found it full.
 *
 * <p><b>Cost.</b> About 200 bytes of heap for an object that has a slot; on each CPU in use the shelf's 64 bytes, and the stack's 8 for
 * each object that may be idle there besides. A lease allocates nothing once its object is made; one that is closed on another CPU than it
 * was taken on moves the line of a shelf there and back. {@code release(T)} costs an identity hash, the table's entry and an atomic instruction more.
 * For objects that cost less than some 20 ns to make, and for few threads that live long and may keep their own, pool nothing.
 *
 * <p><b>Sources.</b> Bonwick, <em>The Slab Allocator</em> (USENIX 1994), and Bonwick and Adams (2001) for the per-CPU magazines; tcmalloc
 * for the sequences. Numbers and not references are what lies in per-CPU memory, because the collector moves objects.
 */
public final class PerCpuPool<T> {
    private final Supplier<? extends T> supplier;
    private final Consumer<? super T> onRelease;
    private final Consumer<? super T> onDiscard;
    private final PerCpuLongStack idle;
    private final int maxIdle;
    private final SlotTable<T> slots;
    private final Index index;

    /*
     * Null where a CPU can keep one object only. Its monitor is for the thread that gives an object a place or takes it away, or empties all
     * shelves; never while somebody's code runs.
     */
    private final Shelves shelves;

    /* The places of what a trim took from the shelves and has not yet discarded. Here, so that the next trim does if the frame of one is gone. */
    private final LockedStack trimming = new LockedStack(Integer.MAX_VALUE);

    /* What a sequence on the shelves is told: NONE until an object has a place there. Plain, as what it leads to. */
    private long shelf = PerCpuMemory.NONE;

    /* By the number of the place. Plain: who finds it full sees what was written here before it was filled. */
    private Lease<T>[] shelved = SlotTable.array(0);

    private final UnpooledObjects<T> unpooled = new UnpooledObjects<>();
    private final LongAdder created = new LongAdder();
    private final LongAdder discarded = new LongAdder();
    private final LongAdder refused = new LongAdder();

    private PerCpuPool(Builder<T> builder) {
        supplier = builder.supplier;
        onRelease = builder.onRelease;
        onDiscard = builder.onDiscard;
        int overflow = builder.overflow >= 0 ? builder.overflow : (int) Math.min(4L * builder.capacityPerCpu, 1 << 20);
        int places = Math.min(Shelves.PLACES, builder.capacityPerCpu / 2);
        index = builder.index;
        idle = new PerCpuLongStack(
                builder.capacityPerCpu, builder.capacityPerCpu - Math.max(0, places), overflow, index);
        shelves = places > 0 ? new Shelves(places, index.by()) : null;
        maxIdle = (int) Math.min((long) builder.capacityPerCpu * Cpus.count() + overflow, Integer.MAX_VALUE - 8);
        slots = new SlotTable<>(maxIdle);
    }

    /** Of objects that {@code supplier} makes, a new one each time. Any thread may be the one that calls it. */
    public static <T> Builder<T> builder(Supplier<? extends T> supplier) {
        return new Builder<>(supplier);
    }

    /** Takes an object until the lease is closed: an idle one, or a new one. */
    public Lease<T> lease() {
        Lease<T> lease = take();
        if (lease == null) return make(Lease.LEASED);
        lease.state = Lease.LEASED;
        return lease;
    }

    /** Takes an object until it is {@linkplain #release released}: an idle one, or a new one. */
    public T acquire() {
        Lease<T> lease = take();
        if (lease == null) return makeAcquired();
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
        Lease<T> lease = slots.find(Objects.requireNonNull(object));
        if (lease == null) {
            releaseUnpooled(object);
            return;
        }
        if (!lease.endAcquired())
            throw refused(lease.state == Lease.LEASED ? "it is leased: close its lease" : "it is released already");
        if (!Commits.setPlace(lease.place, true)) giveBack(lease);
        Reference.reachabilityFence(this);
    }

    /**
     * Discards what is idle. Objects on CPUs that this one can't reach ({@link PerCpuLongStack#drainTo}) stay. If {@code onDiscard} throws,
     * so does this, and what is not discarded yet stays.
     *
     * @return how many were discarded
     */
    public int trim() {
        StackRoom.check();
        return trimShelves() + idle.drainTo(slot -> discard(slots.at(slot)));
    }

    /** How many objects are idle: exact when nobody takes or gives back, an estimate while others do. */
    public long idle() {
        long idleNow = idle.size() + (shelves == null ? 0 : shelves.full() + trimming.size());
        Reference.reachabilityFence(this);
        return idleNow;
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

    /** Null: none is idle, here or in the overflow. */
    private Lease<T> take() {
        long number = take(shelf);
        Lease<T> lease = number >= 0 ? fromShelf(number) : takeSlowly(number);
        Reference.reachabilityFence(this);
        return lease;
    }

    private Lease<T> fromShelf(long number) {
        VarHandle.acquireFence();
        return shelved[(int) number];
    }

    private Lease<T> takeSlowly(long refusal) {
        long number = refusal;
        if (number == Commits.UNAVAILABLE && shelf != PerCpuMemory.NONE) {
            index.own(); // which registers a thread that had no area
            number = take(shelf);
        } else if (number == Commits.CLOSED) {
            openShelves();
            number = take(shelf);
        }
        if (number >= 0) return fromShelf(number);
        long slot = idle.pop();
        if (slot < 0) return null;
        Lease<T> lease = slots.at(slot);
        if (lease.number == Shelves.NOWHERE) shelve(lease);
        return lease;
    }

    // ---- giving back
    // ---------------------------------------------------------------------------------------------------------

    void giveBack(Lease<T> lease) {
        if (onRelease != null) prepare(lease);
        if (lease.number != Shelves.NOWHERE) Commits.setPlace(shelves.place(lease.number), true);
        else if (!isPushed(lease)) discard(lease);
    }

    private boolean isPushed(Lease<T> lease) {
        try {
            return idle.push(lease.slot);
        } catch (OutOfMemoryError noRoom) {
            return false; // what is idle takes memory where there are no sequences, what is discarded none
        }
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
        if (lease.number != Shelves.NOWHERE) unshelve(lease);
        lease.state = Lease.DISCARDED;
        slots.remove(lease);
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
        int slot = slots.take();
        Lease<T> lease;
        try {
            T object = Objects.requireNonNull(supplier.get(), "the supplier returned null");
            lease = new Lease<>(this, slot, object, slot < 0 ? Lease.UNPOOLED : state);
            if (slot >= 0) slots.put(lease);
            else if (slots.find(object) != null) throw SlotTable.inThePool();
        } catch (Throwable failure) {
            if (slot >= 0) slots.leave(slot);
            throw failure;
        }
        created.increment();
        if (slot >= 0) shelve(lease);
        return lease;
    }

    // ---- places
    // --------------------------------------------------------------------------------------------------------------

    /** Gives an object a place, if this CPU has one for it. Not worth waiting for, nor failing: without one it goes by the stack. */
    private void shelve(Lease<T> lease) {
        try {
            if (shelves == null || !shelves.hasRoom(index.own()) || !shelves.areInReach()) return;
            shelves.takeTurn();
            try {
                synchronized (shelves) {
                    lockedShelve(lease, index.own());
                }
            } finally {
                shelves.taken = false;
            }
        } catch (OutOfMemoryError | StackOverflowError later) {
            // the next one who finds it without a place tries again
        }
    }

    private void lockedShelve(Lease<T> lease, int at) {
        int end = (at + 1) * Shelves.PLACES;
        if (end > shelved.length) {
            Lease<T>[] larger = Arrays.copyOf(shelved, end);
            VarHandle.storeStoreFence(); // who finds a place full knows its entry in the smaller one only
            shelved = larger;
        }
        int number = shelves.lockedOwn(at);
        if (number == Shelves.NOWHERE) return;
        shelved[number] = lease;
        lease.number = number;
        if (onRelease == null) lease.place = shelves.place(number);
        shelf = shelves.told();
    }

    private void unshelve(Lease<T> lease) {
        shelves.takeTurn();
        try {
            synchronized (shelves) {
                shelved[lease.number] = null;
                shelves.lockedDisown(lease.number);
                lease.number = Shelves.NOWHERE;
                lease.place = PerCpuMemory.NONE;
            }
        } finally {
            shelves.taken = false;
        }
    }

    private void openShelves() {
        shelves.takeTurn();
        try {
            shelves.open();
        } finally {
            shelves.taken = false;
        }
    }

    private int trimShelves() {
        if (shelves == null) return 0;
        shelves.takeTurn();
        try {
            synchronized (shelves) {
                if (!shelves.lockedTakeAll(trimming)) takeHere();
            }
        } finally {
            shelves.taken = false;
        }
        int trimmed = 0;
        try {
            for (long number = trimming.pop(); number >= 0; number = trimming.pop()) {
                trimmed++;
                discard(shelved[(int) number]);
            }
        } finally {
            for (long number = trimming.pop(); number >= 0; number = trimming.pop())
                Commits.setPlace(shelves.place(number), true);
            trimming.trim();
            Reference.reachabilityFence(this);
        }
        return trimmed;
    }

    private static long take(long shelf) {
        long taken = Commits.take(shelf, Shelves.PLACES);
        return taken < 0 ? taken : (taken >>> 32) * Shelves.PLACES + (int) taken;
    }

    /* Where the kernel has no fence. */
    private void takeHere() {
        index.own(); // as above
        synchronized (trimming) {
            trimming.lockedRoom(Shelves.PLACES);
            for (int i = 0; i < Shelves.PLACES; i++) {
                long number = take(shelf);
                if (number < 0) break;
                trimming.lockedPush(number);
            }
        }
        VarHandle.acquireFence();
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

        /** How many more may be idle for all CPUs: 4 times {@code capacityPerCpu}, up to 2^20, unless told otherwise. */
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
         */
        public PerCpuPool<T> build() {
            return new PerCpuPool<>(this);
        }
    }
}
