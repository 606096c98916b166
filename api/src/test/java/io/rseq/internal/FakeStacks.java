/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The stacks, rows, tallies, buffers and closed cells of a {@link FakeAgent}: what the sequences do, under one lock, each time on another CPU, as if the thread had just
 * been moved; and every so often UNAVAILABLE or RESTARTED.
 */
public final class FakeStacks {
    private static final long CLOSED_AT = 8;
    private static final long VALUES_AT = 16;
    private static final long HEAD_AT = 64;
    private static final long DATA_AT = 128;
    private static final long STATES_AT = 64;
    private static final long BUCKETS_AT = 192;
    private static final long PADDING = 1L << 32;
    private static final int HEADER = 8;

    static final AtomicLong CALLS = new AtomicLong();
    static volatile boolean fences = true;
    static volatile boolean fencesAgain;

    /* What all counts, pushes, pops, takes, tallies and appends answer; null: what they come to. */
    static volatile Long always;

    static volatile Runnable atFence = () -> {};

    private FakeStacks() {}

    public static long count(long told, long delta) {
        if (FakeSequences.none(told)) return Commits.UNAVAILABLE;
        long refusal = refusal();
        if (refusal != Commits.COMMITTED) return refusal;
        long offset = told & -Long.BYTES;
        synchronized (FakeStacks.class) {
            if (get(FakeSequences.cpus, offset + Commits.COUNT_CLOSED) != 0) return Commits.CLOSED;
            int cpu = cpu();
            set(cpu, offset, get(cpu, offset) + delta);
            return Commits.COMMITTED;
        }
    }

    public static long push(long offset, long capacity, long value) {
        if (FakeSequences.none(offset)) return Commits.UNAVAILABLE;
        long refusal = refusal();
        if (refusal != Commits.COMMITTED) return refusal;
        synchronized (FakeStacks.class) {
            int cpu = cpu();
            if (get(cpu, offset + CLOSED_AT) != 0) return Commits.CLOSED;
            long count = get(cpu, offset);
            if (count < 0 || count >= capacity) return Commits.FULL;
            set(cpu, offset + VALUES_AT + 8 * count, value);
            set(cpu, offset, count + 1);
            return Commits.COMMITTED;
        }
    }

    public static long pop(long offset, long capacity) {
        if (FakeSequences.none(offset)) return Commits.UNAVAILABLE;
        long refusal = refusal();
        if (refusal != Commits.COMMITTED) return refusal;
        synchronized (FakeStacks.class) {
            int cpu = cpu();
            if (get(cpu, offset + CLOSED_AT) != 0) return Commits.CLOSED;
            long count = get(cpu, offset);
            if (count <= 0 || count > capacity) return Commits.FULL;
            set(cpu, offset, count - 1);
            return get(cpu, offset + VALUES_AT + 8 * (count - 1));
        }
    }

    public static long take(long row, int count) {
        if (FakeSequences.none(row)) return Commits.UNAVAILABLE;
        long refusal = refusal();
        if (refusal != Commits.COMMITTED) return refusal;
        long offset = row & -Long.BYTES;
        synchronized (FakeStacks.class) {
            int cpu = cpu();
            if (get(cpu, offset) != 0) return Commits.CLOSED;
            for (int place = 0; place < count; place++) {
                long at = offset + Commits.PLACES_AT + (place & -8);
                long eight = get(cpu, at);
                long full = 0xffL << 8 * (place & 7);
                if ((eight & full) == 0) continue;
                set(cpu, at, eight & ~full);
                return (long) cpu << 32 | place;
            }
            return Commits.FULL;
        }
    }

    public static boolean setPlace(long place, boolean full) {
        if (place < 0) return false;
        int cpu = (int) (place / Commits.REGION);
        if (place / Commits.REGION >= FakeSequences.cpus) return false;
        long offset = place % Commits.REGION;
        long bit = 1L << 8 * (offset & 7);
        synchronized (FakeStacks.class) {
            long eight = get(cpu, offset & -8);
            if ((eight & bit) != 0 == full) throw new AssertionError("not the caller's: " + place);
            set(cpu, offset & -8, eight ^ bit);
        }
        return true;
    }

    public static long pushBatch(long offset, long capacity, long shared, long count) {
        if (FakeSequences.none(offset)) return Commits.UNAVAILABLE;
        synchronized (FakeStacks.class) {
            int cpu = cpu();
            if (get(cpu, offset + CLOSED_AT) != 0) return Commits.CLOSED;
            long here = get(cpu, offset);
            if (here < 0 || here > capacity) return 0;
            long moved = Math.min(count, capacity - here);
            for (long i = 0; i < moved; i++)
                set(cpu, offset + VALUES_AT + 8 * (here + i), get(FakeSequences.cpus, shared + 8 * i));
            set(cpu, offset, here + moved);
            return moved;
        }
    }

    public static long popBatch(long offset, long capacity, long shared, long count) {
        if (FakeSequences.none(offset)) return Commits.UNAVAILABLE;
        synchronized (FakeStacks.class) {
            int cpu = cpu();
            if (get(cpu, offset + CLOSED_AT) != 0) return Commits.CLOSED;
            long here = get(cpu, offset);
            if (here < 0 || here > capacity) return 0;
            long moved = Math.min(count, here);
            for (long i = 0; i < moved; i++)
                set(FakeSequences.cpus, shared + 8 * i, get(cpu, offset + VALUES_AT + 8 * (here - moved + i)));
            set(cpu, offset, here - moved);
            return moved;
        }
    }

    public static long tally(long told, int buckets, int bucket, double value) {
        if (FakeSequences.none(told)) return Commits.UNAVAILABLE;
        long refusal = refusal();
        if (refusal != Commits.COMMITTED) return refusal;
        long offset = told & -Long.BYTES;
        synchronized (FakeStacks.class) {
            int cpu = cpu();
            if (get(cpu, offset) != 0) return Commits.CLOSED;
            long count = get(cpu, offset + 8);
            long state = offset + STATES_AT + 64 * (count & 1);
            long other = offset + STATES_AT + 64 * (count + 1 & 1);
            long last = get(cpu, state + 24);
            if (last < 0 || last >= buckets) return Commits.UNAVAILABLE;
            set(cpu, offset + BUCKETS_AT + 8 * last, get(cpu, state + 32));
            double min = count == 0 ? value : Math.min(number(get(cpu, state + 8)), value);
            double max = count == 0 ? value : Math.max(number(get(cpu, state + 16)), value);
            set(cpu, other, Double.doubleToRawLongBits(number(get(cpu, state)) + value));
            set(cpu, other + 8, Double.doubleToRawLongBits(min));
            set(cpu, other + 16, Double.doubleToRawLongBits(max));
            set(cpu, other + 24, bucket);
            set(cpu, other + 32, get(cpu, offset + BUCKETS_AT + 8L * bucket) + 1);
            set(cpu, offset + 8, count + 1);
            return Commits.COMMITTED;
        }
    }

    private static double number(long bits) {
        return Double.longBitsToDouble(bits);
    }

    public static long append(long offset, long capacity, byte[] source, int from, int length) {
        if (FakeSequences.none(offset)) return Commits.UNAVAILABLE;
        long refusal = refusal();
        if (refusal != Commits.COMMITTED) return refusal;
        int cpu = cpu();
        long record;
        synchronized (FakeStacks.class) {
            long tail = get(cpu, offset);
            long size = HEADER + length + 7L & -8;
            long rest = capacity - (tail & capacity - 1);
            long padding = rest < size ? rest : 0;
            if (tail + padding + size - get(cpu, offset + HEAD_AT) > capacity) return Commits.FULL;
            if (padding > 0) set(cpu, offset + DATA_AT + (tail & capacity - 1), PADDING | padding - HEADER);
            record = offset + DATA_AT + (tail + padding & capacity - 1);
            set(cpu, record, -length & 0xFFFFFFFFL);
            set(cpu, offset, tail + padding + size);
        }
        for (int i = 0; i < length; i += 8) set(cpu, record + HEADER + i, word(source, from + i, from + length));
        set(cpu, record, length);
        return Commits.COMMITTED;
    }

    public static void put(int cpu, long offset, long value) {
        synchronized (FakeStacks.class) {
            set(cpu, offset, value);
        }
    }

    public static void copyOut(int cpu, long offset, byte[] target, int from, int length) {
        for (int i = 0; i < length; i++) {
            long at = offset + i;
            target[from + i] = (byte) (get(cpu, at & -8) >>> 8 * (at & 7));
        }
    }

    public static boolean fence() {
        atFence.run();
        return fences;
    }

    public static boolean fenceAgain() {
        return fence() || fencesAgain;
    }

    private static long refusal() {
        Long status = always;
        if (status != null) return status;
        return FakeSequences.refusal(CALLS.incrementAndGet());
    }

    private static long word(byte[] source, int from, int end) {
        byte[] bytes = Arrays.copyOf(Arrays.copyOfRange(source, from, Math.min(from + 8, end)), 8);
        long word = 0;
        for (int i = 7; i >= 0; i--) word = word << 8 | bytes[i] & 0xFF;
        return word;
    }

    private static int cpu() {
        int kept = FakeSequences.kept;
        return kept >= 0 ? kept : ThreadLocalRandom.current().nextInt(FakeSequences.cpus);
    }

    private static long get(int cpu, long offset) {
        return FakeSequences.get(cpu, offset);
    }

    private static void set(int cpu, long offset, long value) {
        FakeSequences.set(cpu, offset, value);
    }
}
