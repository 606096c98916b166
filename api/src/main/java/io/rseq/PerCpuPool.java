/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.Commits;
import io.rseq.internal.StackRoom;
import java.lang.ref.Reference;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
 * <p><b>How.</b> Each pooled object owns a place in the row of one CPU, and goes back there, whichever CPU it is given back on. Under the agent
 * an object is taken by one restartable sequence and given back by one plain store, without it by one compare-and-set and one plain store ({@link
 * io.rseq.internal.Places}). {@link #acquire} and {@link #release} are for code that hands objects about rather than leases: release finds the
 * lease by the object's identity. An object is made when this CPU's row has none idle.
 *
 * <p><b>Bound.</b> The pool never blocks, and never limits how many objects are in use. No more than {@code maxIdle()}, the less of {@code
 * maxPooled} and {@code capacityPerCpu * Cpus.count()}, are idle, each of which the pool keeps alive. An object in
 * hand keeps its place. One that is made while all places of this CPU, or {@code maxPooled} of all CPUs, are owned is not pooled: used like any other, and discarded when it is given
 * back. An object that is never given back keeps its place, and is not collected; with all places of a CPU lost, nothing that is made there is
 * pooled any more, and nothing is refused. An acquired object that is not pooled is held weakly.
 *
 * <p><b>Promises.</b> An object is in one place: idle once, or with the one thread that took it. A second release of an object throws, if the first has
 * returned and nobody has taken the object since; after that it can't be told from the new user's own. Two releases at the same time are not told
 * apart: one throws or none, and the object is idle once, but where a thread takes it between the two, the later one gives back what that thread has
 * in hand. So an object has one owner at a time, which releases it. An object that is not pooled is released once, whatever threads do. What a {@link
 * Lease} guarantees stands there. The supplier or a callback that throws leaves the pool whole. Where the stack overflows in a method of the pool's
 * own, or the heap is full, it may lose the object in hand, with its place: no other, and none is handed out twice.
 *
 * <p><b>Progress, migration, preemption, dying threads, the arrival of the agent, memory ordering</b>: as {@link io.rseq.internal.Places} says. Making
 * and discarding take a monitor, for some table entries or a trim's look at all rows, and never while the supplier or a callback runs. What was
 * done to an object before it was given back, and by the supplier, <em>happens before</em> what is done by the thread that takes it next, and
 * before {@code onDiscard} of it. <b>Virtual threads</b> may park and move to other carriers with an object in hand.
 *
 * <p><b>Cost.</b> About 200 bytes of heap for a pooled object; on each CPU in use a byte for each place. A lease allocates nothing once its object is
 * made; one that is closed on another CPU than it was taken on moves the line of a row there and back. {@code release(T)} costs an identity
 * hash and the table's entry more. For objects that cost less than some 20 ns to make, and for few threads that live long and may keep their
 * own, pool nothing.
 *
 * <p><b>Sources.</b> Bonwick, <em>The Slab Allocator</em> (USENIX 1994), and Bonwick and Adams (2001) for the per-CPU magazines; tcmalloc
 * for the sequences. Bytes and not references are what lies in per-CPU memory, because the collector moves objects.
 *
 * @since 0.1.0
 */
public final class PerCpuPool<T> extends PoolState<T> {
    private final Supplier<? extends T> supplier;
    private final @Nullable Predicate<? super T> validate;
    private final @Nullable Consumer<? super T> onRelease;
    private final @Nullable Consumer<? super T> onDiscard;
    private final UnpooledObjects<T> unpooled = new UnpooledObjects<>();

    private PerCpuPool(Builder<T> builder) {
        super(builder.capacityPerCpu, builder.overflow, builder.maxPooled, builder.index, builder.onRelease != null);
        supplier = builder.supplier;
        validate = builder.validate;
        onRelease = builder.onRelease;
        onDiscard = builder.onDiscard;
    }

    /** Of objects that {@code supplier} makes, a new one each time. Any thread may be the one that calls it. */
    public static <T> Builder<T> builder(Supplier<? extends T> supplier) {
        return new Builder<>(supplier);
    }

    /** Takes an object until the lease is closed: an idle one, or a new one. */
    public Lease<T> lease() {
        Lease<T> lease = takeValid();
        if (lease == null) return make(Lease.LEASED);
        lease.state = Lease.LEASED;
        return lease;
    }

    /** Takes an object until it is {@linkplain #release released}: an idle one, or a new one. */
    public T acquire() {
        Lease<T> lease = takeValid();
        if (lease == null) return make(Lease.ACQUIRED).object;
        lease.state = Lease.ACQUIRED;
        return lease.object;
    }

    /**
     * Gives an acquired object back.
     *
     * @throws IllegalStateException if it is idle, since somebody released it already, or leased: close the lease then. Not always if that
     *     somebody releases it at the same time
     * @throws IllegalArgumentException if it is none of this pool's, or was given back and discarded since
     */
    public void release(T object) {
        Lease<T> lease = find(Objects.requireNonNull(object));
        if (lease == null) {
            releaseUnpooled(object);
        } else if (lease.state == Lease.ACQUIRED && lease.place >= 0) {
            lease.state = Lease.IDLE;
            if (!Commits.setPlace(lease.place, true)) giveBack(lease);
        } else {
            releaseSlowly(lease);
        }
        Reference.reachabilityFence(this);
    }

    /* Where a store is not all, of several releases one succeeds: callbacks see the object once, and it goes to one of two rows. */
    private void releaseSlowly(Lease<T> lease) {
        if (!Lease.STATE.compareAndSet(lease, Lease.ACQUIRED, Lease.IDLE))
            throw refused(lease.state == Lease.LEASED ? "it is leased: close its lease" : "it is released already");
        giveBack(lease);
    }

    /**
     * Discards what is idle. Before Linux 5.10, what lies in other CPUs' rows stays. If {@code onDiscard} throws, so does this, and what is not
     * discarded yet stays.
     *
     * @return how many were discarded
     */
    public int trim() {
        return trim(false);
    }

    /**
     * Discards what nobody took since the last call of this method, on every CPU; the first call discards nothing. Called once a minute, by a thread of
     * the application's, it keeps what a minute of work needs. Before Linux 5.10, what lies in per-CPU memory stays. If {@code onDiscard} throws,
     * so does this, and what is not discarded yet stays.
     *
     * @return how many were discarded
     */
    public int trimUnused() {
        return markUnused() ? trim(true) : 0;
    }

    private int trim(boolean oldAlone) {
        StackRoom.check();
        takeAll(oldAlone);
        int discardedHere = 0;
        try {
            for (Lease<T> lease = nextTrimmed(); lease != null; lease = nextTrimmed()) {
                discardedHere++;
                discard(lease);
            }
        } finally {
            for (Lease<T> lease = nextTrimmed(); lease != null; lease = nextTrimmed()) putBack(lease);
            Reference.reachabilityFence(this);
        }
        return discardedHere;
    }

    /**
     * Makes objects until each CPU of {@link Cpus#count()} has {@code objects} places owned, and puts them there; as far as the pool's bounds go. For
     * a start at which the first requests shall not make any.
     *
     * @return how many were made and are idle
     * @throws IllegalArgumentException if {@code objects} is negative
     */
    public int prefill(int objects) {
        if (objects < 0) throw new IllegalArgumentException("objects=" + objects);
        int made = 0;
        for (int index = 0; index < Cpus.count(); index++) {
            while (pooled(index) < objects && hasRoom(index)) {
                Lease<T> lease = make(index, Lease.IDLE);
                if (lease.state == Lease.UNPOOLED) {
                    discardUnpooled(lease.object);
                    break;
                }
                putBackOrDiscard(lease);
                made++;
            }
        }
        Reference.reachabilityFence(this);
        return made;
    }

    void giveBack(Lease<T> lease) {
        if (onRelease != null) prepare(lease);
        putBackOrDiscard(lease);
    }

    private void putBackOrDiscard(Lease<T> lease) {
        try {
            putBack(lease);
        } catch (OutOfMemoryError noRoom) {
            discard(lease); // a row on the heap takes memory when something is first put there, what is discarded none
        }
    }

    /* What is not ready for its next user must have none. */
    private void prepare(Lease<T> lease) {
        try {
            onRelease.accept(lease.object);
        } catch (Throwable failure) {
            discardAfter(failure, lease);
            throw failure;
        }
    }

    private void discardAfter(Throwable failure, Lease<T> lease) {
        try {
            discard(lease);
        } catch (Throwable another) {
            if (another != failure) failure.addSuppressed(another);
        }
    }

    private @Nullable Lease<T> takeValid() {
        Lease<T> lease = take();
        return validate == null ? lease : firstValid(lease);
    }

    private @Nullable Lease<T> firstValid(@Nullable Lease<T> first) {
        Lease<T> lease = first;
        while (lease != null && !isValid(lease)) {
            discard(lease);
            lease = take();
        }
        return lease;
    }

    private boolean isValid(Lease<T> lease) {
        try {
            return validate.test(lease.object);
        } catch (Throwable failure) {
            discardAfter(failure, lease);
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

    private Lease<T> make(int state) {
        return make(HERE, state);
    }

    private Lease<T> make(int index, int state) {
        T object = Objects.requireNonNull(supplier.get(), "the supplier returned null");
        Lease<T> lease = new Lease<>(this, object, Lease.UNPOOLED);
        enter(index, lease, state);
        if (lease.state == Lease.UNPOOLED && state == Lease.ACQUIRED) unpooled.add(object);
        created.increment();
        return lease;
    }

    private void discard(Lease<T> lease) {
        if (leave(lease)) discardUnpooled(lease.object);
    }

    /**
     * What a pool is made of.
     *
     * @since 0.1.0
     */
    public static final class Builder<T> {
        private final Supplier<? extends T> supplier;
        private int capacityPerCpu = 64;
        private int overflow;
        private int maxPooled = Integer.MAX_VALUE;
        private @Nullable Predicate<? super T> validate;
        private @Nullable Consumer<? super T> onRelease;
        private @Nullable Consumer<? super T> onDiscard;
        private Index index = Index.CPU;

        private Builder(Supplier<? extends T> supplier) {
            this.supplier = Objects.requireNonNull(supplier);
        }

        /** How many objects of one CPU the pool keeps, 1 to 2^20: 64, unless told otherwise. */
        public Builder<T> capacityPerCpu(int objects) {
            capacityPerCpu = objects;
            return this;
        }

        /**
         * Adds {@code objects / Cpus.count()}, rounded up, to each CPU's capacity, as far as that goes.
         *
         * @deprecated objects are given back to the CPU that they came from, so there is no overflow that CPUs share. Say {@link #capacityPerCpu}
         */
        @Deprecated
        public Builder<T> overflow(int objects) {
            if (objects < 0) throw new IllegalArgumentException("overflow=" + objects);
            overflow = objects;
            return this;
        }

        /**
         * How many objects of all CPUs together the pool keeps, 1 or more: for many CPUs and few objects. As many as {@code capacityPerCpu} allows, unless told
         * otherwise. It limits nothing that is out: an object that is made over the bound is used like any other and discarded when it is given back. A CPU
         * that came late, when objects of others own all places, gets some after {@link PerCpuPool#trimUnused()}.
         */
        public Builder<T> maxPooled(int objects) {
            maxPooled = objects;
            return this;
        }

        /**
         * What an idle object is asked when it is taken, such as whether its connection is still open. One that answers false, or at which the test
         * throws, is discarded; after false the next one is taken, or a new one made, which is not asked. No object is asked unless this is set.
         */
        public Builder<T> validate(Predicate<? super T> test) {
            validate = Objects.requireNonNull(test);
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
         * @throws IllegalArgumentException if {@code capacityPerCpu} is not in 1..2^20, {@code maxPooled} is below 1, or the index is {@link Index#NUMA_NODE}: several CPUs
         *     run with the same one
         */
        public PerCpuPool<T> build() {
            return new PerCpuPool<>(this);
        }
    }
}
