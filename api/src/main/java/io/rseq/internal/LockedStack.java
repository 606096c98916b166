/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import java.util.Arrays;

/**
 * A bounded stack of longs on the Java heap, under its own monitor: what the CPUs share of a per-CPU stack, and, one for each index,
 * what stands in for the CPUs' own where there are no sequences. It takes memory as it fills.
 *
 * <p><b>Why a monitor.</b> HotSpot may take a frame away without running a {@code finally} block: where compiled code has to go on in the
 * interpreter and the heap has no room for the objects that escape analysis left out ("failed reallocation of scalar replaced objects"), and
 * where a debugger throws an exception into the thread. It gives back monitors then, and nothing else. Any lock that a field holds, a {@code
 * ReentrantLock}'s, too, would be held for good. Nobody parks under this monitor, and no code of somebody else runs, so its holder
 * keeps it for some dozen instructions.
 *
 * <p><b>What such a thread leaves.</b> A value is written before the count that makes it visible, and the counts of the two stacks between which
 * it moves are stored side by side, where HotSpot stops no thread. So a value is in one place at each point where a frame can vanish.
 *
 * <p>Threads take turns before they come to the monitor: {@link Turn} says why.
 *
 * <p>Methods named {@code locked...} are for the holder of the monitor. Where two are locked, the shared one is locked first, and one that
 * a drain fills last.
 */
public final class LockedStack extends StackFields {
    /** What {@link #pop} answers when there is nothing: no value of a stack. */
    public static final long EMPTY = Long.MIN_VALUE;

    private static final int SMALLEST = 16;

    /* The line behind the fields. */
    long p10, p11, p12, p13, p14, p15, p16, p17;

    public LockedStack(int capacity) {
        super(capacity);
    }

    /** Pushes a value. Returns false where it is full, or retired. */
    public boolean push(long value) {
        takeTurn();
        try {
            return pushLocked(value);
        } finally {
            taken = false;
        }
    }

    private synchronized boolean pushLocked(long value) {
        if (lockedRoom(1) == 0) return false;
        lockedPush(value);
        return true;
    }

    /** Pops a value; returns {@link #EMPTY} when there is none. */
    public long pop() {
        if (isEmpty()) return EMPTY;
        takeTurn();
        try {
            return popLocked();
        } finally {
            taken = false;
        }
    }

    private synchronized long popLocked() {
        return count == 0 ? EMPTY : lockedPop();
    }

    /** Returns whether it is empty. Without the lock: it may be another the next instant. */
    public boolean isEmpty() {
        return size() == 0;
    }

    /** Returns how many values there are. Without the lock: it may be another the next instant. */
    public int size() {
        return (int) COUNT.getOpaque(this);
    }

    /** Moves up to {@code most} values from {@code other} here, its top first, as many as there is room for. */
    public void takeFrom(LockedStack other, int most) {
        StackRoom.check();
        takeTurn();
        other.takeTurn();
        try {
            takeFromLocked(other, most);
        } finally {
            other.taken = false;
            taken = false;
        }
    }

    private synchronized void takeFromLocked(LockedStack other, int most) {
        other.moveTo(this, most);
    }

    /** Moves up to {@code most} values from here to {@code other}, the top first, as many as there is room for. */
    public void giveTo(LockedStack other, int most) {
        StackRoom.check();
        takeTurn();
        other.takeTurn();
        try {
            giveToLocked(other, most);
        } finally {
            other.taken = false;
            taken = false;
        }
    }

    private synchronized void giveToLocked(LockedStack other, int most) {
        other.moveFrom(this, most);
    }

    /**
     * Moves all that is here to {@code other}, over its bound if need be. Needs no memory where that is empty.
     *
     * @throws OutOfMemoryError elsewhere, and all is still here
     */
    public void giveAllTo(LockedStack other) {
        if (isEmpty()) return;
        StackRoom.check();
        takeTurn();
        try {
            giveAllToLocked(other);
        } finally {
            taken = false;
        }
    }

    private synchronized void giveAllToLocked(LockedStack other) {
        if (count > 0) other.moveAllFrom(this);
    }

    /** Moves all that {@code other} has here, likewise. */
    public synchronized void takeAllFrom(LockedStack other) {
        if (other.isEmpty()) return;
        StackRoom.check();
        other.moveAllTo(this);
    }

    /** Takes no more values from now on; pops those that are here. */
    public synchronized void retire() {
        retired = true;
    }

    /** Lets go of its memory, where it is empty. */
    public synchronized void trim() {
        if (count == 0) values = NONE;
    }

    /** Returns for how many of {@code most} values there is room. Memory for them is there when this returns. */
    public int lockedRoom(int most) {
        int room = retired ? 0 : Math.max(0, Math.min(most, capacity - count));
        grow(count + room);
        return room;
    }

    /** Pushes where there is room. */
    public void lockedPush(long value) {
        int at = count;
        values[at] = value;
        count = at + 1;
    }

    /** Pops where there is something. */
    public long lockedPop() {
        long value = values[count - 1];
        count--;
        return value;
    }

    private synchronized void moveTo(LockedStack other, int most) {
        lockedMoveTo(other, most);
    }

    private synchronized void moveFrom(LockedStack other, int most) {
        other.lockedMoveTo(this, most);
    }

    private synchronized void moveAllTo(LockedStack other) {
        lockedMoveAllTo(other);
    }

    private synchronized void moveAllFrom(LockedStack other) {
        other.lockedMoveAllTo(this);
    }

    private void lockedMoveTo(LockedStack other, int most) {
        lockedMove(other, other.lockedRoom(Math.min(most, count)));
    }

    private void lockedMoveAllTo(LockedStack other) {
        if (other.count == 0) {
            long[] empty = other.values;
            other.values = values;
            values = empty;
            other.count = count;
            count = 0;
        } else {
            other.grow(other.count + count);
            lockedMove(other, count);
        }
    }

    private void lockedMove(LockedStack other, int moved) {
        for (int left = moved; left > 0; left--) {
            int at = other.count;
            other.values[at] = values[count - 1];
            other.count = at + 1;
            count--;
        }
    }

    private void grow(int needed) {
        if (needed <= values.length) return;
        long larger = Math.min(Math.max(SMALLEST, 2L * values.length), capacity);
        values = Arrays.copyOf(values, (int) Math.max(needed, larger));
    }
}
