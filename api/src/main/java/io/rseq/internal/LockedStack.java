/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import java.util.Arrays;

/**
 * A bounded stack of longs on the Java heap, under a {@link ShortLock}: what the CPUs share of a per-CPU stack, and, one for each index,
 * what stands in for the CPUs' own where there are no sequences. It takes memory as it fills.
 *
 * <p>Methods named {@code locked...} are for the holder of {@link #lock}. Where two are locked, the shared one is locked first.
 */
public final class LockedStack extends StackFields {
    /** What {@link #pop} answers when there is nothing: no value of a stack. */
    public static final long EMPTY = Commits.STATUS;

    private static final int SMALLEST = 16;

    /* The line behind the fields. */
    long p10, p11, p12, p13, p14, p15, p16, p17;

    public LockedStack(int capacity) {
        super(capacity);
    }

    public void lock() {
        lock.lock();
    }

    public void unlock() {
        lock.unlock();
    }

    /** False: it is full, or retired. */
    public boolean push(long value) {
        lock.lock();
        try {
            if (lockedRoom(1) == 0) return false;
            lockedPush(value);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** {@link #EMPTY} when there is none. */
    public long pop() {
        if (isEmpty()) return EMPTY;
        lock.lock();
        try {
            return count == 0 ? EMPTY : lockedPop();
        } finally {
            lock.unlock();
        }
    }

    /** Without the lock: it may be another the next instant. */
    public boolean isEmpty() {
        return size() == 0;
    }

    /** Without the lock: it may be another the next instant. */
    public int size() {
        return (int) COUNT.getOpaque(this);
    }

    /** Moves up to {@code most} values from {@code other} here, its top first, as many as there is room for. */
    public void takeFrom(LockedStack other, int most) {
        lock.lock();
        try {
            other.moveTo(this, most);
        } finally {
            lock.unlock();
        }
    }

    /** Moves up to {@code most} values from here to {@code other}, the top first, as many as there is room for. */
    public void giveTo(LockedStack other, int most) {
        lock.lock();
        try {
            other.lock.lock();
            try {
                lockedMoveTo(other, most);
            } finally {
                other.lock.unlock();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Moves all that is here to {@code other}, which must be bounded by the heap alone and the caller's own. */
    public void giveAllTo(LockedStack other) {
        if (isEmpty()) return;
        moveTo(other, Integer.MAX_VALUE);
    }

    /** Takes no more values from now on, and moves those that are here to {@code other}, the caller's own. */
    public void retireTo(LockedStack other) {
        lock.lock();
        try {
            lockedMoveTo(other, Integer.MAX_VALUE);
            retired = true;
            values = NONE;
        } finally {
            lock.unlock();
        }
    }

    /** Takes back what was taken before, over the bound if need be. */
    public void pushOverBound(LockedStack other) {
        lock.lock();
        try {
            if (count == 0) { // no memory is asked for: what was taken can always be given back to where it came from
                values = other.values;
                count = other.count;
                other.values = NONE;
                other.count = 0;
            }
            grow(count + other.count);
            while (other.count > 0) lockedPush(other.lockedPop());
        } finally {
            lock.unlock();
        }
    }

    /** For how many of {@code most} values there is room. Memory for them is there when this returns. */
    public int lockedRoom(int most) {
        int room = retired ? 0 : Math.max(0, Math.min(most, capacity - count));
        grow(count + room);
        return room;
    }

    /** Pushes where there is room. */
    public void lockedPush(long value) {
        values[count++] = value;
    }

    /** Pops where there is something. */
    public long lockedPop() {
        return values[--count];
    }

    /** The value that lies {@code depth} below the top. */
    public long lockedPeek(int depth) {
        return values[count - 1 - depth];
    }

    /** Takes the top {@code taken} values away. */
    public void lockedDrop(int taken) {
        count -= taken;
    }

    private void moveTo(LockedStack other, int most) {
        lock.lock();
        try {
            lockedMoveTo(other, most);
        } finally {
            lock.unlock();
        }
    }

    private void lockedMoveTo(LockedStack other, int most) {
        int moved = other.lockedRoom(Math.min(most, count));
        for (int i = 0; i < moved; i++) other.lockedPush(lockedPop());
    }

    private void grow(int needed) {
        if (needed <= values.length) return;
        long larger = Math.min(Math.max(SMALLEST, 2L * values.length), capacity);
        values = Arrays.copyOf(values, (int) Math.max(needed, larger));
    }
}
