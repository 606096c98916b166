/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.Commits;
import io.rseq.internal.Initialized;
import io.rseq.internal.PerCpuMemory;
import io.rseq.internal.Places;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What of a pool calls none of the application's code: which lease owns which place, found by the place's number or by the object, and the counts.
 * How a place is taken and filled is said in {@link Places}; here is which way a thread goes.
 */
abstract class PoolState<T> {
    private static final int MAX_CAPACITY = 1 << 20;

    static {
        Initialized.now(Lease.class);
    }

    /* Its monitor is for the thread that has an object own a place or give it up, or empties all rows. */
    private final Places places;

    /** In place of an index: that of the calling thread. */
    static final int HERE = -1;

    private final Index index;
    private final int maxPooled;
    private final LeaseTable<T> byObject = new LeaseTable<>();
    private final boolean prepares;

    /* What a sequence is told; NONE until there is memory. Plain, as is longest: a thread that reads an old one makes an object too many, at worst. */
    private long told;

    private int longest = 1;

    /* How many objects own a place. Written under the monitor. */
    private int pooled;

    /* By the number of the place. Plain: a thread that finds a place full sees what was written here before it was filled. */
    private @Nullable Lease<T>[] leases = LeaseTable.array(0);

    final LongAdder created = Initialized.longAdder();
    final LongAdder discarded = new LongAdder();
    final LongAdder refused = new LongAdder();

    /** {@code prepares}: the pool has something to do with each object before it is given back. */
    PoolState(int capacity, int overflow, int maxPooled, Index index, boolean prepares) {
        if (capacity < 1 || capacity > MAX_CAPACITY)
            throw new IllegalArgumentException("capacityPerCpu=" + capacity + ": not in 1.." + MAX_CAPACITY);
        if (maxPooled < 1) throw new IllegalArgumentException("maxPooled=" + maxPooled + ": not 1 or more");
        long share = (overflow + (Cpus.count() - 1L)) / Cpus.count();
        this.index = index;
        this.maxPooled = maxPooled;
        this.prepares = prepares;
        places = new Places((int) Math.min(capacity + share, MAX_CAPACITY), index.by());
        told = places.told();
    }

    /** How many objects are idle: exact when nobody takes or gives back, an estimate while others do. */
    public final long idle() {
        long idle = places.full();
        Reference.reachabilityFence(this);
        return idle;
    }

    /** How many objects are idle at each index. */
    final long[] byIndex() {
        long[] idle = Structures.oneForEachIndex();
        for (int index = 0; index < Cpus.count(); index++) idle[index] = places.full(index);
        Reference.reachabilityFence(this);
        return idle;
    }

    /** How many objects can be idle at most. */
    public final int maxIdle() {
        return (int) Math.min((long) places.length() * Cpus.count(), maxPooled);
    }

    /** How many objects were made. */
    public final long created() {
        return created.sum();
    }

    /** How many were discarded. Those made, less these and the idle ones, are in use, or lost. */
    public final long discarded() {
        return discarded.sum();
    }

    /** How many calls were refused, such as a second release. */
    public final long refused() {
        return refused.sum();
    }

    @Override
    public String toString() {
        return "PerCpuPool[idle=" + idle() + ", maxIdle=" + maxIdle() + ", created=" + created() + ", discarded="
                + discarded() + ", refused=" + refused() + "]";
    }

    final IllegalStateException refused(String why) {
        refused.increment();
        return new IllegalStateException("refused: " + why);
    }

    // ---- finding
    // ----------------------------------------------------------------------------------------------------------------

    /** Null: the object owns no place. */
    final Lease<T> find(T object) {
        return byObject.find(object);
    }

    // ---- taking
    // -----------------------------------------------------------------------------------------------------------------

    /** Takes a lease from this CPU's rows; null when none lies there. */
    final @Nullable Lease<T> take() {
        long taken = Commits.take(told, longest);
        Lease<T> lease = taken >= 0 ? fromMemory(taken) : takeSlowly(taken);
        Reference.reachabilityFence(this);
        return lease;
    }

    private @Nullable Lease<T> fromMemory(long taken) {
        VarHandle.acquireFence();
        return leases[(int) taken << Places.SHIFT | (int) (taken >>> Integer.SIZE)];
    }

    private @Nullable Lease<T> takeSlowly(long refusal) {
        int own = index.own(); // which registers a thread that had no area
        if (told == PerCpuMemory.NONE) told = places.told();
        if (told != PerCpuMemory.NONE) {
            long taken = takeAgain(refusal);
            if (taken >= 0) return fromMemory(taken);
        }
        int number = places.takeFromHeap(own);
        return number == Places.NOWHERE ? null : leases[number];
    }

    private long takeAgain(long refusal) {
        long taken = refusal;
        for (int i = 0; i < Commits.TRIES; i++) {
            boolean registered = i == 0 && taken == Commits.UNAVAILABLE;
            if (!registered && taken != Commits.RESTARTED && taken != Commits.CLOSED) break;
            if (taken == Commits.CLOSED) open();
            taken = Commits.take(told, longest);
        }
        return taken;
    }

    private void open() {
        places.takeTurn();
        try {
            places.open();
        } finally {
            places.taken = false;
        }
    }

    // ---- giving back
    // ---------------------------------------------------------------------------------------------------------

    /**
     * Puts back what was taken, or has just entered.
     *
     * @throws OutOfMemoryError it is still the caller's: what is first put on the heap takes memory
     */
    final void putBack(Lease<T> lease) {
        if (lease.home == PerCpuMemory.NONE && told != PerCpuMemory.NONE) {
            lease.home = places.inMemory(lease.number);
            if (!prepares) lease.place = lease.home;
        }
        if (!Commits.setPlace(lease.home, true)) places.putOnHeap(lease.number);
    }

    // ---- owning
    // --------------------------------------------------------------------------------------------------------------

    /** Whether an object could own a place of that row: what {@link #enter} finds a moment later may differ. */
    final boolean hasRoom(int row) {
        return pooled < maxPooled && places.hasRoom(row);
    }

    /** How many objects own a place of that row. */
    final int pooled(int row) {
        synchronized (places) {
            return places.lockedOwned(row);
        }
    }

    /**
     * Has a new lease own a place of that row, or of this CPU's ({@link #HERE}), and be in that state; leaves it as it is where no place is free.
     *
     * @throws IllegalStateException if its object owns a place already
     */
    final void enter(int row, Lease<T> lease, int state) {
        int own = row == HERE ? index.own() : row;
        if (!hasRoom(own)) {
            refuseWhatIsHere(lease.object);
            return;
        }
        places.takeTurn();
        try {
            synchronized (places) {
                lockedEnter(lease, state, own);
            }
        } finally {
            places.taken = false;
        }
    }

    /* What takes memory comes first. */
    private void lockedEnter(Lease<T> lease, int state, int own) {
        refuseWhatIsHere(lease.object);
        int number = pooled < maxPooled ? places.lockedFree(own) : Places.NOWHERE;
        if (number == Places.NOWHERE) return;
        lockedGrow(number);
        byObject.put(lease);
        places.lockedOwn(number);
        pooled++;
        leases[number] = lease;
        longest = places.longest();
        lease.number = number;
        lease.state = state;
    }

    private void lockedGrow(int number) {
        if (number < leases.length) return;
        int end = (number >> Places.SHIFT) + 1 << Places.SHIFT;
        long most = (long) places.length() << Places.SHIFT;
        Lease<T>[] larger = Arrays.copyOf(leases, (int) Math.min(Math.max(end, 2L * leases.length), most));
        VarHandle.storeStoreFence(); // a thread that finds a place full may know its entry in the smaller one only
        leases = larger;
    }

    private void refuseWhatIsHere(T object) {
        if (byObject.find(object) != null)
            throw new IllegalStateException("the supplier returned an object that is in the pool");
    }

    /** Takes the place from what the caller has in hand. False: another thread has done so, as two closed the lease at the same time. */
    final boolean leave(Lease<T> lease) {
        lease.state = Lease.DISCARDED;
        places.takeTurn();
        try {
            synchronized (places) {
                if (!byObject.remove(lease)) return false;
                leases[lease.number] = null;
                places.lockedDisown(lease.number);
                pooled--;
                return true;
            }
        } finally {
            places.taken = false;
        }
    }

    // ---- trimming
    // ------------------------------------------------------------------------------------------------------------

    /**
     * Marks what is idle as unused, and what was unused as old. Returns whether something is old.
     *
     * <p>A thread that takes an object stores another state over either mark, and one that gives it back stores IDLE. So an object is old if nobody took it between two
     * calls.
     */
    final boolean markUnused() {
        boolean old = false;
        synchronized (places) {
            for (Lease<T> lease : leases) {
                if (lease == null) continue;
                boolean marked = Lease.STATE.compareAndSet(lease, Lease.IDLE, Lease.UNUSED);
                if (!marked) Lease.STATE.compareAndSet(lease, Lease.UNUSED, Lease.OLD);
                old |= isOld(lease.number);
            }
        }
        return old;
    }

    private boolean isOld(int number) {
        Lease<T> lease = leases[number];
        return lease != null && lease.state == Lease.OLD;
    }

    /** Takes what lies in all rows, or what of it is old, for {@link #nextTrimmed}. */
    final void takeAll(boolean oldAlone) {
        index.own(); // which registers a thread that had no area
        places.takeTurn();
        try {
            synchronized (places) {
                places.lockedTakeAll(oldAlone ? this::isOld : null);
            }
        } finally {
            places.taken = false;
        }
    }

    /** What {@link #takeAll} took, one by one, the caller's now; null when all is handed out. */
    final @Nullable Lease<T> nextTrimmed() {
        int number = places.nextTrimmed();
        return number == Places.NOWHERE ? null : leases[number];
    }
}
