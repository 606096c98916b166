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

    /** False: it is full, or retired. */
    public boolean push(long value) {
        lock.lock();
        try {
            if (lockedRoom(1) == 0) return false;
            lockedPush(value);
            return true;
        } finally {
            lock.held = false;
        }
    }

    /** {@link #EMPTY} when there is none. */
    public long pop() {
        if (isEmpty()) return EMPTY;
        lock.lock();
        try {
            return count == 0 ? EMPTY : lockedPop();
        } finally {
            lock.held = false;
        }
    }

    /** Without the lock: it may be another the next instant. */
    public boolean isEmpty() {
        return (int) COUNT.getOpaque(this) == 0;
    }

    /** Without the lock: it may be another the next instant. */
    public int size() {
        return (int) COUNT.getOpaque(this) + (int) BELOW_COUNT.getOpaque(this);
    }

    /** Moves up to {@code most} values from {@code other} here, its top first, as many as there is room for. */
    public void takeFrom(LockedStack other, int most) {
        StackRoom.check();
        lock.lock();
        try {
            other.moveTo(this, most);
        } finally {
            lock.held = false;
        }
    }

    /** Moves up to {@code most} values from here to {@code other}, the top first, as many as there is room for. */
    public void giveTo(LockedStack other, int most) {
        StackRoom.check();
        lock.lock();
        try {
            other.lock.lock();
            try {
                lockedMoveTo(other, most);
            } finally {
                other.lock.held = false;
            }
        } finally {
            lock.held = false;
        }
    }

    /**
     * Moves all that is here to {@code other}, which must be bounded by the heap alone and the caller's own. Without memory where that is empty.
     *
     * @throws OutOfMemoryError elsewhere, and all is still here
     */
    public void giveAllTo(LockedStack other) {
        if (isEmpty()) return;
        StackRoom.check();
        lock.lock();
        try {
            if (other.count == 0) lockedHandTo(other);
            else lockedMoveTo(other, Integer.MAX_VALUE);
        } finally {
            lock.held = false;
        }
    }

    /** Takes no more values from now on, and moves those that are here to {@code other}, the caller's own, and empty. */
    public void retireTo(LockedStack other) {
        StackRoom.check();
        lock.lock();
        try {
            lockedHandTo(other);
            retired = true;
        } finally {
            lock.held = false;
        }
    }

    /** Takes all that {@code other} has, over the bound if need be, and without memory. That was the caller's own, and is this one's from now on. */
    public void takeOver(LockedStack other) {
        if (other.count == 0) return;
        lock.lock();
        try {
            if (count == 0) {
                other.lockedHandTo(this);
            } else {
                LockedStack last = other;
                while (last.below != null) last = last.below;
                last.below = below;
                below = other;
                belowCount += other.count + other.belowCount;
            }
        } finally {
            lock.held = false;
        }
    }

    /** For how many of {@code most} values there is room. Memory for them is there when this returns. */
    public int lockedRoom(int most) {
        int room = retired ? 0 : Math.max(0, Math.min(most, capacity - count - belowCount));
        grow(count + room);
        return room;
    }

    /** How many values can be peeked at: some or all. 0: there is none. */
    public int lockedCount() {
        return count;
    }

    /** Pushes where there is room. */
    public void lockedPush(long value) {
        values[count++] = value;
    }

    /** Pops where there is something. */
    public long lockedPop() {
        long value = values[count - 1];
        lockedDrop(1);
        return value;
    }

    /** The value that lies {@code depth} below the top. */
    public long lockedPeek(int depth) {
        return values[count - 1 - depth];
    }

    /** Takes the top {@code taken} values away, {@link #lockedCount} at most. */
    public void lockedDrop(int taken) {
        if (taken < count || below == null) {
            count -= taken;
        } else {
            LockedStack next = below;
            values = next.values;
            belowCount -= next.count;
            below = next.below;
            count = next.count;
        }
    }

    private void moveTo(LockedStack other, int most) {
        lock.lock();
        try {
            lockedMoveTo(other, most);
        } finally {
            lock.held = false;
        }
    }

    private void lockedMoveTo(LockedStack other, int most) {
        int left = most;
        while (left > 0 && count > 0) {
            int moved = other.lockedRoom(Math.min(left, count));
            if (moved == 0) return;
            for (int i = 0; i < moved; i++) other.lockedPush(lockedPeek(i));
            lockedDrop(moved);
            left -= moved;
        }
    }

    private void lockedHandTo(LockedStack other) {
        other.values = values;
        other.count = count;
        other.below = below;
        other.belowCount = belowCount;
        values = NONE;
        count = 0;
        below = null;
        belowCount = 0;
    }

    private void grow(int needed) {
        if (needed <= values.length) return;
        long larger = Math.min(Math.max(SMALLEST, 2L * values.length), capacity);
        values = Arrays.copyOf(values, (int) Math.max(needed, larger));
    }
}
