/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import io.rseq.Cpus;
import java.util.Arrays;

/**
 * The CPUs' shelves in per-CPU memory: up to 32 places each, of which everyone belongs to one thing, and is full while that lies there.
 *
 * <p>A thing is taken by a sequence, {@link Commits#take}, that finds a full place of its own CPU's shelf and empties it. So of the threads
 * of a CPU one gets it, and those of other CPUs don't look. Whoever took it has the place along with it: nobody takes from an empty place, and
 * nobody else may fill this one. That is why it is put back by a plain store of one byte, from wherever its taker runs then: no sequence, and
 * no atomic instruction. From another CPU that store takes the shelf's line, and this CPU's next take brings it back.
 *
 * <p>A shelf is its places, a byte each, and a word that is not 0 while it is closed. Who closes one, and then fences, is the only one who
 * takes from it; places may still be filled. It is closed only under the monitor of this object, which the thread that finds it closed takes to
 * open it: {@link CpuStacks} says why.
 *
 * <p>Methods named {@code locked...} are for the holder of that monitor.
 */
public final class Shelves extends Turn {
    /** Of a shelf. A number of a place is {@code 32 * index + place}. */
    public static final int PLACES = 32;

    /** What has no place. */
    public static final int NOWHERE = -1;

    private static final int SHIFT = 5;
    private static final long BYTES = 64;
    private static final long CLOSED = 0;
    private static final long AT = Commits.PLACES_AT;
    private static final long UNUSED = AT + PLACES;

    private final PerCpuMemory memory = new PerCpuMemory(BYTES);
    private final int places;
    private final int all;

    /* By index: a bit for each place that belongs to something. */
    private int[] owned = {};

    private final long by;

    /** Of {@code places} places, 1 to {@link #PLACES}, for each index. {@code by}: added to what sequences are told. */
    public Shelves(int places, long by) {
        this.places = places;
        this.by = by;
        all = -1 >>> PLACES - places;
    }

    /**
     * Whether this thread, where it runs, can take what would lie here: there are sequences, and for this thread, too. Acquires the memory when
     * they have come.
     */
    public boolean areInReach() {
        // An agent that sees more CPUs than Cpus did has sequences look at shelves where nobody puts anything.
        if (Hook.cpus() > Cpus.count()) return false;
        long at = memory.acquire();
        return at != PerCpuMemory.NONE && Commits.add(at + UNUSED + by, 0) == Commits.COMMITTED;
    }

    /** What {@link Commits#take} is told, once something was given a place. */
    public long told() {
        return memory.acquired() + by;
    }

    /** What {@link Commits#setPlace} is told of a place that was had. */
    public long place(long number) {
        return Commits.REGION * (number >> SHIFT) + memory.acquired() + AT + (number & PLACES - 1);
    }

    /** Whether a place at that index may be had: what {@link #lockedOwn} says a moment later may differ. */
    public boolean hasRoom(int index) {
        int[] now = owned;
        return index >= now.length || now[index] != all;
    }

    /** A place at that index that belongs to nothing: the caller's now, and empty. {@link #NOWHERE} when there is none. */
    public int lockedOwn(int index) {
        if (index >= owned.length) owned = Arrays.copyOf(owned, index + 1);
        int place = Integer.numberOfTrailingZeros(~owned[index]);
        if (place >= places) return NOWHERE;
        owned[index] |= 1 << place;
        return index << SHIFT | place;
    }

    /** Gives a place up, which must be empty. */
    public void lockedDisown(int number) {
        owned[number >> SHIFT] &= ~(1 << number);
    }

    /** How many places are full: an estimate while others take and put back. */
    public int full() {
        long at = memory.acquired();
        int[] now = owned;
        int full = 0;
        for (int cpu = 0; cpu < now.length; cpu++) {
            if (now[cpu] == 0) continue; // nor is the memory of a CPU that has nothing touched
            for (int place = 0; place < PLACES; place += Long.BYTES)
                full += Long.bitCount(Commits.get(cpu, at + AT + place));
        }
        return full;
    }

    /**
     * Takes what lies on all shelves: the numbers of its places.
     *
     * @return false: there is no fence, and nothing was taken
     */
    public boolean lockedTakeAll(LockedStack numbers) {
        int shelves = owned.length;
        long at = memory.acquired();
        int most = 0;
        for (int bits : owned) most += Integer.bitCount(bits);
        if (most == 0) return true;
        synchronized (numbers) {
            numbers.lockedRoom(most);
            try {
                for (int cpu = 0; cpu < shelves; cpu++) {
                    if (owned[cpu] != 0) Commits.put(cpu, at + CLOSED, 1);
                }
                if (!Commits.fence()) return false;
                for (int cpu = 0; cpu < shelves; cpu++) {
                    if (owned[cpu] != 0) takeClosed(numbers, cpu, at);
                }
                return true;
            } finally {
                open();
            }
        }
    }

    /** Waits while another thread has shelves closed, and opens those that a thread left closed whose frame is gone. */
    public synchronized void open() {
        long at = memory.acquired();
        for (int cpu = 0; cpu < owned.length; cpu++) {
            // A store takes the shelf's line from its CPU, which a load does not.
            if (owned[cpu] != 0 && Commits.get(cpu, at + CLOSED) != 0) Commits.put(cpu, at + CLOSED, 0);
        }
    }

    private void takeClosed(LockedStack numbers, int cpu, long at) {
        for (int place = 0; place < places; place++) {
            long eight = Commits.get(cpu, at + AT + (place & -Long.BYTES));
            if ((byte) (eight >>> 8 * (place & 7)) == 0) continue;
            int number = cpu << SHIFT | place;
            Commits.setPlace(place(number), false);
            numbers.lockedPush(number);
        }
    }
}
