/* SPDX-License-Identifier: Apache-2.0 */
package java.lang;

import java.util.Objects;
import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Stable;

/**
 * The second hook class: what {@code io.rseq.internal.Commits} is woven to call, method by method, but for what allocates, reads and writes
 * per-CPU memory, which is {@code $RseqMemory}. Both are defined into {@code java.base} when the first class that calls them is woven, and opened
 * by the first structure.
 *
 * <p><b>Committing.</b> What is left of a commit in compiled code is the check of its bounds and one call ({@code $RseqCalls}) without
 * thread-state transition. While nothing is open the answer is UNAVAILABLE.
 *
 * <p><b>After the call</b> of add, push, pop and take nothing is left to do, not even a second try where the sequence was aborted: what that would
 * need had to be kept across the call, a store and a load for each. The structure tries again, in a method of its own: after RESTARTED at once, after
 * UNAVAILABLE when it has asked for the index, which registers the thread. The others are called seldom, and are tried again here.
 *
 * <p><b>Bounds.</b> Any code can call this class. What it passes can spoil per-CPU memory, and never touches any other.
 *
 * <p><b>Offsets, statuses, layouts</b>: as {@code Commits} and sequences.h have them. An offset with BY_CONCURRENCY_ID is no cell's, so what goes by the CPU
 * asks nothing more than its bounds.
 */
public final class $RseqCommits {
    /** As in {@code Commits}, whose essay says when it changes. */
    public static final int LAYOUT = 2;

    /** The sequences, by the names that sequences.h has for them. Those by {@code mm_cid} follow, in the same order, BY_ID further. */
    static final String[] SEQUENCES = {
        "add", "add_double", "max", "push", "pop", "take", "push_batch", "pop_batch", "reserve",
        "add_by_id", "add_double_by_id", "max_by_id", "push_by_id", "pop_by_id", "take_by_id", "push_batch_by_id",
                "pop_batch_by_id", "reserve_by_id",
    };

    private static final int ADD = 0;
    private static final int ADD_DOUBLE = 1;
    private static final int MAX = 2;
    private static final int PUSH = 3;
    private static final int POP = 4;
    private static final int TAKE = 5;
    private static final int PUSH_BATCH = 6;
    private static final int POP_BATCH = 7;
    private static final int RESERVE = 8;
    private static final int BY_ID = 9;

    /** How many numbers each takes, the area and the CPUs, its last two, among them. */
    private static final int[] ARGUMENTS = {4, 4, 4, 5, 4, 4, 6, 6, 5};

    /** As in io.rseq.agent.engine.Committer. */
    private static final int ATOMIC = 2;

    static final long COMMITTED = 0;
    static final long UNAVAILABLE = Long.MIN_VALUE + 1;
    private static final long FULL = Long.MIN_VALUE + 2;
    private static final long RESTARTED = Long.MIN_VALUE + 5;
    private static final long STATUS_MAX = Long.MIN_VALUE + 15;

    /** How often a sequence is tried that is aborted, as in {@code Commits}. */
    private static final int TRIES = 64;

    private static final long BY_CONCURRENCY_ID = 1;

    private static final long REGION = $RseqMemory.REGION;
    private static final long CELL = $RseqMemory.CELL;
    private static final long NO_CELL = $RseqMemory.NO_CELL;

    private static final long ROW_PLACES = 8;
    private static final long NO_PLACES = -(1L << 20);

    private static final long NO_COUNT = -(REGION / CELL);
    private static final long NO_STACK_CAPACITY = -(1L << 20);
    private static final long NO_BUFFER_CAPACITY = -(1L << 26);

    /** The bits that a power of two has not that is 64 or more. */
    private static final long BELOW_BUFFER_CAPACITY = 63;

    private static final long STACK_VALUES = 16;
    static final long BUFFER_DATA = 128;
    private static final long RECORD_DATA = 8;

    /** A record's header: its length, and above it this. */
    private static final long PADDING = 1L << Integer.SIZE;

    /** The longest record that its sequence copies: longer ones are seldom the faster for it, and oftener interrupted. */
    private static final int LONGEST_IN_SEQUENCE = 512;

    /** Up to here the compiler's own loop beats the call of a copying stub. */
    private static final int SHORT_COPY = 64;

    /** Records that nobody fills any more, since the stack of who should have overflowed: their addresses. */
    private static final long[] ABANDONED = new long[64];

    private static int abandoned;

    private static final Unsafe U = Unsafe.getUnsafe();

    /** Set last. */
    @Stable
    private static boolean opened;

    /** For good: asked by each operation that goes the atomic way, so without the lock. */
    @Stable
    private static boolean refused;

    /** What is added to a sequence's number for what is told BY_CONCURRENCY_ID: BY_ID, or 0 where the CPU stands for it. */
    @Stable
    private static int byId;

    /** Whether {@link #byId} was found out, by the first such commit. */
    @Stable
    private static boolean byIdKnown;

    /** enum verdict (trial.h). */
    private static final int VERDICT_NONE = 0;

    private static final int VERDICT_RIGHT = 1;

    private static final int VERDICT_WRONG = 2;

    private static final int VERDICT_ONE_CPU = 3;

    private static final long PAUSE_NS = 1_000_000_000;

    /** Additions of the check at the opening. */
    private static final int CHECKS = 64;

    /** The last try to open ended for want of heap or stack; the next one comes PAUSE_NS later. */
    private static volatile boolean postponed;

    private static volatile long postponedAt;

    private $RseqCommits() {}

    // ---- sequences
    // -----------------------------------------------------------------------------------------------------------

    @ForceInline
    public static long add(long told, long delta) throws Throwable {
        return (told & NO_CELL) == 0 ? $RseqCalls.call(ADD, told, delta) : toCellById(ADD, told, delta);
    }

    private static long toCellById(int sequence, long told, long value) throws Throwable {
        long offset = offset(told);
        if ((offset & NO_CELL) != 0) return outside(offset);
        return $RseqCalls.call(isById() ? sequence + BY_ID : sequence, offset, value);
    }

    @ForceInline
    public static long addDouble(long told, double delta) throws Throwable {
        long bits = Double.doubleToRawLongBits(delta);
        return (told & NO_CELL) == 0 ? $RseqCalls.call(ADD_DOUBLE, told, bits) : toCellById(ADD_DOUBLE, told, bits);
    }

    @ForceInline
    public static long max(long told, long value) throws Throwable {
        return (told & NO_CELL) == 0 ? $RseqCalls.call(MAX, told, value) : toCellById(MAX, told, value);
    }

    @ForceInline
    public static long push(long told, long capacity, long value) throws Throwable {
        return noStack(told, capacity) ? pushById(told, capacity, value) : $RseqCalls.call(PUSH, told, capacity, value);
    }

    private static long pushById(long told, long capacity, long value) throws Throwable {
        long offset = offset(told);
        if (noStack(offset, capacity)) return outside(offset);
        return $RseqCalls.call(isById() ? PUSH + BY_ID : PUSH, offset, capacity, value);
    }

    @ForceInline
    public static long pop(long told, long capacity) throws Throwable {
        return noStack(told, capacity) ? popById(told, capacity) : $RseqCalls.call(POP, told, capacity);
    }

    private static long popById(long told, long capacity) throws Throwable {
        long offset = offset(told);
        if (noStack(offset, capacity)) return outside(offset);
        return $RseqCalls.call(isById() ? POP + BY_ID : POP, offset, capacity);
    }

    @ForceInline
    public static long take(long told, int count) throws Throwable {
        return noRow(told, count) ? takeById(told, count) : $RseqCalls.call(TAKE, told, count);
    }

    private static long takeById(long told, long count) throws Throwable {
        long offset = offset(told);
        if (noRow(offset, count)) return outside(offset);
        return $RseqCalls.call(isById() ? TAKE + BY_ID : TAKE, offset, count);
    }

    @DontInline
    public static long pushBatch(long told, long capacity, long shared, long count) throws Throwable {
        long offset = offset(told);
        if (noStack(offset, capacity) || noBatch(shared, count)) return outside(offset);
        return several(PUSH_BATCH, told, offset, capacity, shared, count);
    }

    @DontInline
    public static long popBatch(long told, long capacity, long shared, long count) throws Throwable {
        long offset = offset(told);
        if (noStack(offset, capacity) || noBatch(shared, count)) return outside(offset);
        return several(POP_BATCH, told, offset, capacity, shared, count);
    }

    /** Tries what takes four numbers until it is done or refused; once more for a thread that was not registered yet. */
    private static long several(int sequence, long told, long offset, long b, long c, long d) throws Throwable {
        int number = (told & BY_CONCURRENCY_ID) != 0 && isById() ? sequence + BY_ID : sequence;
        long answer = $RseqCalls.call(number, offset, b, c, d);
        if (answer == UNAVAILABLE && isRegistered()) answer = $RseqCalls.call(number, offset, b, c, d);
        for (int tries = 1; answer == RESTARTED && tries < TRIES; tries++)
            answer = $RseqCalls.call(number, offset, b, c, d);
        return answer;
    }

    /** A short record in one commit, where that can be; any other is reserved first. */
    @ForceInline
    public static long append(long told, long capacity, byte[] source, int from, int length) throws Throwable {
        Objects.checkFromIndexSize(from, length, source.length);
        if (length <= LONGEST_IN_SEQUENCE && !noBuffer(told, capacity)) {
            long status = $RseqCalls.append(told, capacity, length, source, $RseqMemory.bytes() + from);
            if (status == COMMITTED || status == FULL) return status;
        }
        return reserveAndFill(told, capacity, source, from, length);
    }

    /**
     * Once a place is reserved, readers wait until its record is complete. Nothing from there on allocates. Should the stack overflow all the same, in
     * the interpreter or C1's code, the record is abandoned: to note that calls nothing. (HotSpot lends such code a reserve, but prints a warning
     * on the application's console whenever a stack overflows below it.)
     */
    @ForceInline
    private static long reserveAndFill(long told, long capacity, byte[] source, int from, int length) throws Throwable {
        completeAbandoned();
        long record = noBuffer(told, capacity)
                ? reserveOtherwise(told, capacity, length)
                : $RseqCalls.call(RESERVE, told, capacity, length);
        if (record <= STATUS_MAX) {
            if (record != FULL) record = reserveOtherwise(told, capacity, length);
            if (record <= STATUS_MAX) return record;
        }
        try {
            fill(record + RECORD_DATA, source, from, length);
            U.putIntRelease(null, record, length);
        } catch (StackOverflowError overflow) {
            synchronized (ABANDONED) {
                if (abandoned < ABANDONED.length) ABANDONED[abandoned++] = record;
            }
            throw overflow;
        } catch (Throwable failure) {
            complete(record);
            throw failure;
        }
        return COMMITTED;
    }

    /** Called by a reader that waits, by the next append that reserves, before memory is given back, and by the engine each second. A record is nobody else's until it is complete. */
    @ForceInline
    static void completeAbandoned() {
        if (abandoned != 0) completeAllAbandoned();
    }

    @DontInline
    private static void completeAllAbandoned() {
        synchronized (ABANDONED) {
            for (; abandoned > 0; abandoned--) complete(ABANDONED[abandoned - 1]);
        }
    }

    /** What was not filled becomes padding; its header says how long it is. */
    private static void complete(long record) {
        int written = U.getInt(null, record);
        if (written < 0) U.putLong(null, record, PADDING | (written == Integer.MIN_VALUE ? 0 : -written));
    }

    /** The address of the record's header, or a status. By the id, or again; once more for a thread that was not registered yet. */
    @DontInline
    private static long reserveOtherwise(long told, long capacity, long length) throws Throwable {
        long offset = offset(told);
        if (noBuffer(offset, capacity)) return outside(offset); // such a buffer comes here with each record
        int number = (told & BY_CONCURRENCY_ID) != 0 && isById() ? RESERVE + BY_ID : RESERVE;
        long record = $RseqCalls.call(number, offset, capacity, length);
        if (record == UNAVAILABLE && isRegistered()) record = $RseqCalls.call(number, offset, capacity, length);
        for (int tries = 1; record == RESTARTED && tries < TRIES; tries++)
            record = $RseqCalls.call(number, offset, capacity, length);
        return record;
    }

    // ---- what is in force
    // ----------------------------------------------------------------------------------------------------

    /** An API asks. Agents without this method may have another layout, and do not check. */
    public static int layout() {
        return LAYOUT;
    }

    /** Whether what is told BY_CONCURRENCY_ID commits by that id, and not by the CPU that stands for it. The first answer takes the trial. */
    @ForceInline
    public static boolean commitsByConcurrencyId() {
        return !opened || isById();
    }

    public static boolean available() {
        completeAbandoned();
        return opened || !refused && open();
    }

    public static boolean fence() {
        return opened && fence0();
    }

    public static long restarts() {
        return opened ? restarts0() : 0;
    }

    // ---- bounds
    // --------------------------------------------------------------------------------------------------------------

    @ForceInline
    private static boolean noStack(long offset, long capacity) {
        return (offset & NO_CELL) != 0
                || (capacity - 1 & NO_STACK_CAPACITY) != 0
                || offset + STACK_VALUES + CELL * capacity > REGION;
    }

    @ForceInline
    private static boolean noBatch(long shared, long count) {
        return (shared & NO_CELL) != 0 || (count & NO_COUNT) != 0 || shared + CELL * count > REGION;
    }

    @ForceInline
    private static boolean noBuffer(long offset, long capacity) {
        long wrong =
                offset & NO_CELL | capacity - 1 & (NO_BUFFER_CAPACITY | capacity) | capacity & BELOW_BUFFER_CAPACITY;
        return wrong != 0 || offset + BUFFER_DATA + capacity > REGION;
    }

    @ForceInline
    private static long offset(long told) {
        return told & ~BY_CONCURRENCY_ID;
    }

    @ForceInline
    private static boolean noRow(long offset, long count) {
        return (offset & NO_CELL) != 0 || (count - 1 & NO_PLACES) != 0 || offset + ROW_PLACES + count > REGION;
    }

    /** Whether what is told BY_CONCURRENCY_ID commits by it. */
    @ForceInline
    private static boolean isById() {
        return byIdKnown ? byId != 0 : findById();
    }

    /**
     * Before the first commit by concurrency id, and for good: two indexes in one region would lose updates. The id is believed where two threads
     * that ran at once had different ones; otherwise the CPU stands for it, and on a single CPU it is as good. The trial takes up to a quarter of
     * a second, and other threads that commit by the id wait for it.
     */
    @DontInline
    private static synchronized boolean findById() {
        if (!opened) return false; // nothing commits
        if (!byIdKnown) {
            int verdict = $Rseq.hasConcurrencyId() ? concurrencyIds0() : VERDICT_ONE_CPU;
            if (verdict == VERDICT_WRONG) tellByCpu("two threads that ran at once had one mm_cid");
            if (verdict == VERDICT_NONE) tellByCpu("no two threads were seen to run at once; start it again");
            byId = verdict == VERDICT_RIGHT ? BY_ID : 0;
            U.storeFence(); // who sees that it is known sees it
            byIdKnown = true;
        }
        return byId != 0;
    }

    private static void tellByCpu(String reason) {
        $Rseq.tell("structures by CONCURRENCY_ID commit by the CPU here: " + reason);
    }

    /** Structures without sequences pass what allocate answered them, or a cell of it. Inlined: under {@code atomic} each operation comes here. */
    @ForceInline
    private static long outside(long offset) {
        return !opened || offset < $RseqMemory.NONE + $RseqMemory.STRIDE ? UNAVAILABLE : refuse(offset);
    }

    @DontInline
    private static long refuse(long offset) {
        throw new IndexOutOfBoundsException("rseq: nothing of that size can lie at " + offset + " in per-CPU memory");
    }

    /** Whether a second try makes sense: a virtual thread may have moved on by then, to a carrier that is not registered either. */
    private static boolean isRegistered() {
        return opened && $Rseq.register();
    }

    // ---- copying in
    // ----------------------------------------------------------------------------------------------------------

    /** Short ones without a loop, which the compiler would unroll at more cost than the copy's: from both ends, over each other in the middle. */
    @ForceInline
    private static void fill(long to, byte[] source, int from, int length) {
        long at = $RseqMemory.bytes() + from;
        if (length > SHORT_COPY) {
            U.copyMemory(source, at, null, to, length);
        } else if (length >= 32) {
            copy32(to, source, at);
            copy32(to + length - 32, source, at + length - 32);
        } else if (length >= 16) {
            copy16(to, source, at);
            copy16(to + length - 16, source, at + length - 16);
        } else if (length >= 8) {
            copy8(to, source, at);
            copy8(to + length - 8, source, at + length - 8);
        } else if (length >= 4) {
            U.putIntUnaligned(null, to, U.getIntUnaligned(source, at));
            U.putIntUnaligned(null, to + length - 4, U.getIntUnaligned(source, at + length - 4));
        } else {
            for (int done = 0; done < length; done++) U.putByte(null, to + done, U.getByte(source, at + done));
        }
    }

    @ForceInline
    private static void copy32(long to, byte[] source, long at) {
        copy16(to, source, at);
        copy16(to + 16, source, at + 16);
    }

    @ForceInline
    private static void copy16(long to, byte[] source, long at) {
        copy8(to, source, at);
        copy8(to + 8, source, at + 8);
    }

    @ForceInline
    private static void copy8(long to, byte[] source, long at) {
        U.putLongUnaligned(null, to, U.getLongUnaligned(source, at));
    }

    // ---- opening
    // -------------------------------------------------------------------------------------------------------------

    /**
     * The chosen committer, if it passes its check. Refused once is refused for good. Where heap or stack end meanwhile, structures commit atomically,
     * and the question is open again a while later, not at each operation: a full heap costs a collection at each try. A thread that
     * was refused its registration can't make the check: it goes the atomic way, and leaves the question to the next one that asks.
     */
    @DontInline
    private static boolean open() {
        int committer = $Rseq.committer();
        if (committer == 0) return false; // the agent is about to choose
        if (postponed && System.nanoTime() - postponedAt < PAUSE_NS) return false;
        return (committer == ATOMIC || $Rseq.register()) && open(committer);
    }

    private static synchronized boolean open(int committer) {
        if (opened || refused) return opened;
        String failure;
        try {
            failure = committer == ATOMIC ? "" : openOrReason();
        } catch (VirtualMachineError shortage) {
            postponedAt = System.nanoTime();
            postponed = true;
            return false;
        }
        if (failure != null) {
            refused = true;
            $Rseq.commitAtomically(failure);
            return false;
        }
        $Rseq.commitsOpened();
        return true;
    }

    private static String openOrReason() {
        try {
            return openNow();
        } catch (Throwable failure) {
            return $Rseq.reason(failure);
        }
    }

    /** Returns null when all is open, or why it is not. */
    private static String openNow() throws Throwable {
        if (layout0() != LAYOUT)
            return "librseq_jvm.so has layout " + layout0() + ", the agent's jar layout " + LAYOUT
                    + "; set native.path to a library of the jar's version";
        long regions = open0($RseqMemory.SHIFT);
        if (regions == 0) return reason0();
        $RseqMemory.prepare();
        Object made = $RseqCalls.make();
        String failure = check(made, regions);
        if (failure != null) return failure;
        $RseqCalls.publish(made, regions);
        $RseqMemory.open(regions);
        U.storeFence(); // who sees that it is open sees what that means
        opened = true;
        return null;
    }

    /** Adds to a cell that nobody else has, by both indexes, and looks whether exactly that arrived. Returns null, or what is wrong. */
    private static String check(Object made, long regions) throws Throwable {
        long cell = $RseqMemory.allocate0(Long.BYTES);
        if (cell < 0) return "no per-CPU memory for the check";
        $Rseq.register(); // a virtual thread that waited for the lock may run on another carrier by now
        long expected = 0;
        long answer = UNAVAILABLE;
        for (int i = 1; i <= CHECKS; i++) {
            boolean byId = $Rseq.hasConcurrencyId() && (i & 1) == 0;
            long status = $RseqCalls.tryAdd(made, byId ? ADD + BY_ID : ADD, cell, i);
            if (status == COMMITTED) expected += i;
            else answer = status;
        }
        long sum = 0;
        for (int cpu = 0; cpu < $Rseq.cpus(); cpu++)
            sum += U.getLongVolatile(null, regions + ((long) cpu << $RseqMemory.STRIDE_SHIFT) + cell);
        $RseqMemory.free0(cell, Long.BYTES);
        if (expected == 0)
            return "the sequences answer " + (answer - Long.MIN_VALUE) + " on this thread"
                    + (answer == UNAVAILABLE ? ": " + unavailable0() : "");
        return sum == expected ? null : "additions of " + expected + " summed to " + sum;
    }

    /** How many numbers a sequence takes. */
    static int arguments(int sequence) {
        return ARGUMENTS[sequence % BY_ID];
    }

    // ---- natives: commits_jni.c
    // -----------------------------------------------------------------------------------------------------------------

    private static native int layout0();

    private static native long open0(int shift);

    private static native String reason0();

    private static native String unavailable0();

    private static native int concurrencyIds0();

    private static native boolean fence0();

    private static native long restarts0();
}
