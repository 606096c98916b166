/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.function.IntPredicate;

/**
 * The places of a pool: a row of them for each CPU, a byte each, which is not 0 while the thing that owns the place lies there. A place is owned
 * by at most one thing, and a thing owns one place until it is discarded.
 *
 * <p><b>Algorithm.</b> A row lies in the CPU's region of per-CPU memory, a word {@code closed} in front of it. {@link Commits#take}, a restartable
 * sequence, looks for the lowest full place of its own CPU's row and empties it by the store that commits. Thus one thread of a CPU gets
 * the thing, and threads of other CPUs never look. The thread that took a thing has its place, too: nobody takes from an empty place, and nobody else
 * fills this one. So it gives the thing back by a plain store of one byte ({@link Commits#setPlace}), on whatever CPU it then runs. A second row
 * for each index lies on the heap, for threads that have no sequences: without the agent, with {@code committer=atomic}, with the
 * regions full. There a thread takes by a compare-and-set of the byte, and gives back by the same plain store. The numbers of places are the
 * same in both. A thing lies in one of the two at a time, because one thread at a time has it in hand and decides where it gives it back.
 *
 * <p><b>When the agent arrives</b>, nothing is moved. From the acquisition of the memory on, a thread looks there first, then in the
 * heap's row of its index, and what it finds there goes to memory when it is given back. Each give-back is one store, to one of the two.
 *
 * <p><b>Progress.</b> Taking is wait-free: a sequence is tried {@link Commits#TRIES} times at most, and a row on the heap is looked through once; a
 * compare-and-set that fails means that another thread has the thing. Giving back is one store. Owning a place, giving it up and {@link
 * #lockedTakeAll} are under the monitor of this object. A taker that finds its row closed waits for that monitor.
 *
 * <p><b>Migration, preemption.</b> A sequence that is interrupted before its last store has done nothing, and is tried again where the thread
 * then runs. A thread that is moved with a thing in hand gives it back to the row that it came from; that store takes the row's line from its CPU,
 * whose next take brings it back. A preempted thread holds up nobody but those who wait for the monitor.
 *
 * <p><b>Memory ordering.</b> A place is filled with release order, and an acquire fence (after a sequence) or the compare-and-set (on the heap)
 * follows the read that found it full. So what a thread did before it gave back <em>happens before</em> what the next one does.
 *
 * <p><b>Emptying all rows.</b> A thread closes the rows, has every sequence that began before restarted ({@link Commits#fence}), and is then the only one
 * that takes from them; places may still be filled. It opens them by a store with release order. Rows are closed only under the monitor. So a
 * thread that finds one closed, and then has the monitor, knows that the frame of the thread that closed it is gone ({@link LockedStack} says how),
 * and opens it. Where the kernel has no fence, the row of this CPU alone is emptied, by sequences.
 *
 * <p><b>Death of a thread.</b> A thread that ends with a thing in hand, or whose frame HotSpot takes away, leaves an empty place that stays owned: the
 * row is shorter by one, and no thing is in two hands. A place is marked as owned before, and as free after, everything else about it.
 *
 * <p><b>Not promised.</b> A thing that lies in the row of a CPU on which no thread runs any more is found by {@link #lockedTakeAll} alone. There is no
 * order among the things of a row but that the lowest is taken first.
 *
 * <p>Methods named {@code locked...} are for the holder of the monitor, who has {@linkplain Turn taken a turn} before.
 */
public final class Places extends Turn {
    /** The number of no place. */
    public static final int NOWHERE = -1;

    /** A place's number is {@code place << SHIFT | index}: tables by number are as long as the longest row in use asks for. */
    public static final int SHIFT = Integer.SIZE - Integer.numberOfLeadingZeros(Limits.CPUS - 1);

    private static final int INDEX = (1 << SHIFT) - 1;
    private static final long CLOSED = 0;

    /** In front of and behind a row on the heap: a line that it shares with nothing else. */
    private static final int PADDING = 64;

    private static final VarHandle BYTE = MethodHandles.arrayElementVarHandle(byte[].class);
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final int length;
    private final long by;
    private final long spare;
    private final PerCpuMemory memory;

    /* By index. The rows on the heap are made when something is first put there. */
    private final byte[][] rows = new byte[Limits.CPUS][];
    private final BitSet[] owned = new BitSet[Limits.CPUS];

    /* By index, for readers without the monitor, too: all places below are owned, none from there on ever was. */
    private final int[] lowestFree = new int[Limits.CPUS];
    private final int[] end = new int[Limits.CPUS];

    private int longest = 1;

    /* The numbers of what lockedTakeAll took. Here, so that the next trim discards it if the frame of one is gone. */
    private final LockedStack trimmed = new LockedStack(Integer.MAX_VALUE);

    /** Rows of {@code length} places, or as many as can have numbers. {@code by}: added to what sequences are told. */
    public Places(int length, long by) {
        this.length = Math.min(length, Integer.MAX_VALUE - Long.BYTES >> SHIFT);
        this.by = by;
        spare = Commits.PLACES_AT + (this.length + Long.BYTES - 1 & -Long.BYTES);
        memory = new PerCpuMemory(spare + Long.BYTES);
    }

    /** How many places a row has. */
    public int length() {
        return length;
    }

    /** What {@link Commits#take} is told: NONE where there is no memory, which is acquired now if sequences have come. */
    public long told() {
        long at = memory.acquire() == PerCpuMemory.NONE ? PerCpuMemory.NONE : at();
        return at == PerCpuMemory.NONE ? at : at + by;
    }

    /* A sequence at a larger index than there are rows would look where nobody puts anything. */
    private long at() {
        return Hook.seesMoreCpus() ? PerCpuMemory.NONE : memory.acquired();
    }

    /** How many places of a row sequences must look at. */
    public int longest() {
        return longest;
    }

    /**
     * What {@link Commits#setPlace} is told of a place. NONE where the place must be on the heap: there is no memory, this thread has no sequences
     * to take from there, or the agent sees fewer CPUs than this index.
     */
    public long inMemory(int number) {
        int index = number & INDEX;
        long at = at();
        if (at == PerCpuMemory.NONE || index >= Hook.regions()) return PerCpuMemory.NONE;
        if (Commits.add(at + spare + by, 0) != Commits.COMMITTED) return PerCpuMemory.NONE;
        return Commits.REGION * index + at + Commits.PLACES_AT + (number >> SHIFT);
    }

    // ---- on the heap
    // ---------------------------------------------------------------------------------------------------------

    /** Takes what lies at the lowest full place of that row on the heap: the place's number, or {@link #NOWHERE}. */
    public int takeFromHeap(int index) {
        byte[] row = rows[index];
        if (row == null) return NOWHERE;
        int places = end[index];
        for (int place = 0; place < places; place++) {
            if (isEmptied(row, place)) return place << SHIFT | index;
            // One by one first: eight can't be loaded before a byte that was just stored has left the store buffer.
            while ((place & 7) == 7 && place < places && (long) EIGHT.get(row, PADDING + place + 1) == 0) place += 8;
        }
        return NOWHERE;
    }

    /** Puts back what owns that place, on the heap. */
    public void putOnHeap(int number) {
        byte[] row = rows[number & INDEX];
        if (row == null) row = makeRow(number & INDEX);
        BYTE.setRelease(row, PADDING + (number >> SHIFT), (byte) 1);
    }

    private static boolean isEmptied(byte[] row, int place) {
        int at = PADDING + place;
        return (byte) BYTE.getOpaque(row, at) != 0 && BYTE.compareAndSet(row, at, (byte) 1, (byte) 0);
    }

    private synchronized byte[] makeRow(int index) {
        if (rows[index] == null) rows[index] = new byte[PADDING + length + PADDING];
        return rows[index];
    }

    // ---- owning
    // --------------------------------------------------------------------------------------------------------------

    /** Whether a place of that row may be free: what {@link #lockedFree} says a moment later may differ. */
    public boolean hasRoom(int index) {
        return lowestFree[index] < length;
    }

    /** The number of a place of that row that nothing owns, or {@link #NOWHERE}. To {@link #lockedOwn} it takes no memory. */
    public int lockedFree(int index) {
        if (owned[index] == null) owned[index] = new BitSet(length);
        int place = owned[index].nextClearBit(lowestFree[index]);
        lowestFree[index] = place;
        return place >= length ? NOWHERE : place << SHIFT | index;
    }

    /** Marks a free place as owned. */
    public void lockedOwn(int number) {
        int index = number & INDEX;
        int place = number >> SHIFT;
        owned[index].set(place);
        lowestFree[index] = place + 1;
        end[index] = Math.max(end[index], place + 1);
        longest = Math.max(longest, place + 1);
    }

    /** How many places of that row are owned. */
    public int lockedOwned(int index) {
        return owned[index] == null ? 0 : owned[index].cardinality();
    }

    /** Gives a place up, which must be empty. */
    public void lockedDisown(int number) {
        int index = number & INDEX;
        int place = number >> SHIFT;
        lowestFree[index] = Math.min(lowestFree[index], place);
        owned[index].clear(place);
    }

    // ---- all rows
    // ------------------------------------------------------------------------------------------------------------

    /** How many places are full, and how many things were taken by {@link #lockedTakeAll} and not yet handed out: an estimate while others take and put back. */
    public long full() {
        long full = trimmed.size();
        for (int index = 0; index < Limits.CPUS; index++) full += full(index);
        return full;
    }

    /** How many places of that row are full. */
    public long full(int index) {
        long at = at();
        long full = 0;
        for (int place = 0; place < end[index]; place += Long.BYTES) full += full(index, place, at);
        return full;
    }

    private int full(int index, int place, long at) {
        byte[] row = rows[index];
        int full = row == null ? 0 : Long.bitCount((long) EIGHT.get(row, PADDING + place));
        if (at != PerCpuMemory.NONE && index < Hook.regions())
            full += Long.bitCount(Commits.get(index, at + Commits.PLACES_AT + place));
        return full;
    }

    /**
     * Takes what lies in all rows, for {@link #nextTrimmed} to hand out, or what of it is {@code wanted}, where that is not null. Without a fence: what lies
     * on the heap, and all of this CPU's row.
     */
    public void lockedTakeAll(IntPredicate wanted) {
        long at = at();
        int regions = at == PerCpuMemory.NONE ? 0 : Hook.regions();
        boolean fenced = regions == 0;
        synchronized (trimmed) {
            for (int index = 0; index < Limits.CPUS; index++) takeOnHeap(index, wanted);
            try {
                for (int index = 0; index < regions; index++) {
                    if (end[index] != 0) Commits.put(index, at + CLOSED, 1);
                }
                fenced = regions == 0 || Commits.fenceAgain();
                for (int index = 0; fenced && index < regions; index++) takeClosed(index, at, wanted);
            } finally {
                open();
            }
            if (!fenced && wanted == null) takeOwn(at + by);
        }
    }

    /* There is room for a number before its place is emptied. */
    private void takeOnHeap(int index, IntPredicate wanted) {
        byte[] row = rows[index];
        for (int place = 0; row != null && place < end[index]; place++) {
            int number = place << SHIFT | index;
            if (row[PADDING + place] == 0 || wanted != null && !wanted.test(number)) continue;
            trimmed.lockedRoom(1);
            if (isEmptied(row, place)) trimmed.lockedPush(number);
        }
    }

    private void takeClosed(int index, long at, IntPredicate wanted) {
        long row = at + Commits.PLACES_AT;
        for (int place = 0; place < end[index]; place++) {
            int number = place << SHIFT | index;
            long eight = Commits.get(index, row + (place & -Long.BYTES));
            if ((byte) (eight >>> Long.BYTES * (place & 7)) == 0 || wanted != null && !wanted.test(number)) continue;
            trimmed.lockedRoom(1);
            Commits.setPlace(Commits.REGION * index + row + place, false);
            trimmed.lockedPush(number);
        }
    }

    private void takeOwn(long told) {
        for (int i = 0; i < length; i++) {
            trimmed.lockedRoom(1);
            long found = Commits.take(told, longest);
            if (found == Commits.RESTARTED) continue;
            if (found < 0) break;
            trimmed.lockedPush((int) found << SHIFT | (int) (found >>> Integer.SIZE));
        }
        VarHandle.acquireFence();
    }

    /** The number of something that {@link #lockedTakeAll} took, the caller's now; {@link #NOWHERE} when all are handed out. */
    public int nextTrimmed() {
        long number = trimmed.pop();
        if (number != LockedStack.EMPTY) return (int) number;
        trimmed.trim();
        return NOWHERE;
    }

    /** Waits while another thread has rows closed, and opens those that a thread left closed whose frame is gone. */
    public synchronized void open() {
        long at = at();
        if (at == PerCpuMemory.NONE) return;
        for (int index = Hook.regions() - 1; index >= 0; index--) {
            // A store takes the row's line from its CPU, which a load does not.
            if (end[index] != 0 && Commits.get(index, at + CLOSED) != 0) Commits.put(index, at + CLOSED, 0);
        }
    }
}
