/* SPDX-License-Identifier: Apache-2.0 */
package java.lang;

import static java.lang.$RseqSequences.*;

import java.util.Objects;
import jdk.internal.ref.CleanerFactory;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;

/**
 * What {@code io.rseq.internal.Commits} is woven to call, method by method, but for what reads and writes per-CPU memory, which is {@code
 * $RseqMemory}. Both, and what they call, are defined into {@code java.base} when the first class that calls them is woven, and opened
 * by the first structure ({@code $RseqOpening}).
 *
 * <p><b>Committing.</b> What is left of a commit in compiled code is the check of its bounds and one call ({@code $RseqCalls}) without
 * thread-state transition. While nothing is open the answer is UNAVAILABLE.
 *
 * <p><b>After the call</b> of add, count, push, pop, take and tally nothing is left to do, not even a second try where the sequence was aborted: what that would
 * need had to be kept across the call, a store and a load for each. The structure tries again, in a method of its own: after RESTARTED at once, after
 * UNAVAILABLE when it has asked for the index, which registers the thread. The others are called seldom, and are tried again here.
 *
 * <p><b>Bounds.</b> Any code can call this class. What it passes can spoil per-CPU memory, and never touches any other.
 *
 * <p><b>Offsets, statuses, layouts</b>: as {@code Commits} and sequences.h have them. An offset with BY_CONCURRENCY_ID is no cell's, so what goes by the CPU
 * asks nothing more than its bounds.
 */
public final class $RseqCommits {
    public static final int LAYOUT = $RseqSequences.LAYOUT;

    private static final long BY_CONCURRENCY_ID = 1;

    private static final long REGION = $RseqMemory.REGION;
    private static final long CELL = $RseqMemory.CELL;
    private static final long NO_CELL = $RseqMemory.NO_CELL;

    private static final long NO_PLACES = -(1L << 20);

    private static final long NO_BUCKETS = -(1L << 20);

    private static final long NO_COUNT = -(REGION / CELL);
    private static final long NO_STACK_CAPACITY = -(1L << 20);
    private static final long NO_BUFFER_CAPACITY = -(1L << 26);

    /** The bits that a power of two has not that is 64 or more. */
    private static final long BELOW_BUFFER_CAPACITY = 63;

    /** The longest record that its sequence copies: longer ones are seldom the faster for it, and oftener interrupted. */
    private static final int LONGEST_IN_SEQUENCE = 512;

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
        return $RseqCalls.call($RseqOpening.isById() ? sequence + BY_ID : sequence, offset, value);
    }

    @ForceInline
    public static long addDouble(long told, double delta) throws Throwable {
        long bits = Double.doubleToRawLongBits(delta);
        return $RseqMemory.noClosable(told)
                ? toClosableById(ADD_DOUBLE, told, bits)
                : $RseqCalls.call(ADD_DOUBLE, told, bits);
    }

    @ForceInline
    public static long max(long told, long value) throws Throwable {
        return $RseqMemory.noClosable(told) ? toClosableById(MAX, told, value) : $RseqCalls.call(MAX, told, value);
    }

    private static long toClosableById(int sequence, long told, long value) throws Throwable {
        long offset = offset(told);
        if ($RseqMemory.noClosable(offset)) return outside(offset);
        return $RseqCalls.call($RseqOpening.isById() ? sequence + BY_ID : sequence, offset, value);
    }

    @ForceInline
    public static long count(long told, long delta) throws Throwable {
        return noCount(told) ? countById(told, delta) : $RseqCalls.call(COUNT, told, delta);
    }

    private static long countById(long told, long delta) throws Throwable {
        long offset = offset(told);
        if (noCount(offset)) return outside(offset);
        return $RseqCalls.call($RseqOpening.isById() ? COUNT + BY_ID : COUNT, offset, delta);
    }

    @ForceInline
    public static long push(long told, long capacity, long value) throws Throwable {
        return noStack(told, capacity) ? pushById(told, capacity, value) : $RseqCalls.call(PUSH, told, capacity, value);
    }

    private static long pushById(long told, long capacity, long value) throws Throwable {
        long offset = offset(told);
        if (noStack(offset, capacity)) return outside(offset);
        return $RseqCalls.call($RseqOpening.isById() ? PUSH + BY_ID : PUSH, offset, capacity, value);
    }

    @ForceInline
    public static long pop(long told, long capacity) throws Throwable {
        return noStack(told, capacity) ? popById(told, capacity) : $RseqCalls.call(POP, told, capacity);
    }

    private static long popById(long told, long capacity) throws Throwable {
        long offset = offset(told);
        if (noStack(offset, capacity)) return outside(offset);
        return $RseqCalls.call($RseqOpening.isById() ? POP + BY_ID : POP, offset, capacity);
    }

    @ForceInline
    public static long take(long told, int count) throws Throwable {
        return noRow(told, count) ? takeById(told, count) : $RseqCalls.call(TAKE, told, count);
    }

    private static long takeById(long told, long count) throws Throwable {
        long offset = offset(told);
        if (noRow(offset, count)) return outside(offset);
        return $RseqCalls.call($RseqOpening.isById() ? TAKE + BY_ID : TAKE, offset, count);
    }

    @ForceInline
    public static long tally(long told, int buckets, int bucket, double value) throws Throwable {
        long bits = Double.doubleToRawLongBits(value);
        return noTally(told, buckets, bucket)
                ? tallyById(told, buckets, bucket, bits)
                : $RseqCalls.call(TALLY, told, buckets, bucket, bits);
    }

    private static long tallyById(long told, long buckets, long bucket, long bits) throws Throwable {
        long offset = offset(told);
        if (noTally(offset, buckets, bucket)) return outside(offset);
        return $RseqCalls.call($RseqOpening.isById() ? TALLY + BY_ID : TALLY, offset, buckets, bucket, bits);
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
        int number = (told & BY_CONCURRENCY_ID) != 0 && $RseqOpening.isById() ? sequence + BY_ID : sequence;
        long answer = $RseqCalls.call(number, offset, b, c, d);
        if (answer == UNAVAILABLE && $RseqOpening.register()) answer = $RseqCalls.call(number, offset, b, c, d);
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

    /** Once a place is reserved, readers wait until its record is complete. */
    @ForceInline
    private static long reserveAndFill(long told, long capacity, byte[] source, int from, int length) throws Throwable {
        $RseqRecords.completeAbandoned();
        long record = noBuffer(told, capacity)
                ? reserveOtherwise(told, capacity, length)
                : $RseqCalls.call(RESERVE, told, capacity, length);
        if (record <= STATUS_MAX) {
            if (record != FULL) record = reserveOtherwise(told, capacity, length);
            if (record <= STATUS_MAX) return record;
        }
        $RseqRecords.write(record, source, from, length);
        return COMMITTED;
    }

    /** The address of the record's header, or a status. By the id, or again; once more for a thread that was not registered yet. */
    @DontInline
    private static long reserveOtherwise(long told, long capacity, long length) throws Throwable {
        long offset = offset(told);
        if (noBuffer(offset, capacity)) return outside(offset); // such a buffer comes here with each record
        int number = (told & BY_CONCURRENCY_ID) != 0 && $RseqOpening.isById() ? RESERVE + BY_ID : RESERVE;
        long record = $RseqCalls.call(number, offset, capacity, length);
        if (record == UNAVAILABLE && $RseqOpening.register())
            record = $RseqCalls.call(number, offset, capacity, length);
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
        return !$RseqOpening.isOpen() || $RseqOpening.isById();
    }

    public static boolean available() {
        $RseqRecords.completeAbandoned();
        return $RseqOpening.available();
    }

    public static boolean fence() {
        return $RseqOpening.isOpen() && $RseqOpening.fence0();
    }

    public static boolean fenceAgain() {
        if (!$RseqOpening.isOpen()) return false;
        boolean fenced = $RseqOpening.fenceAgain0();
        $RseqOpening.tellOfRefusedFence();
        return fenced;
    }

    public static long restarts() {
        return $RseqOpening.isOpen() ? $RseqOpening.restarts0() : 0;
    }

    // ---- memory
    // --------------------------------------------------------------------------------------------------------------

    /** NONE also where the regions are full: a collection might free some of it, but is the application's to ask for. */
    public static long allocate(long bytes) {
        if (bytes <= 0) throw new IllegalArgumentException("rseq: " + bytes + " bytes of per-CPU memory");
        return available() ? $RseqMemory.allocate(bytes) : $RseqMemory.NONE;
    }

    public static void freeWith(Object owner, long offset, long bytes) {
        if ($RseqOpening.isOpen() && offset != $RseqMemory.NONE)
            CleanerFactory.cleaner().register(owner, new $RseqAllocation(offset, bytes));
    }

    public static void free(long offset, long bytes) {
        $RseqRecords.completeAbandoned(); // which would write there when these bytes are another's
        $RseqMemory.free(offset, bytes);
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
    private static boolean noCount(long offset) {
        return (offset & NO_CELL) != 0 || offset + COUNT_CLOSED + CELL > REGION;
    }

    @ForceInline
    private static long offset(long told) {
        return told & ~BY_CONCURRENCY_ID;
    }

    @ForceInline
    private static boolean noRow(long offset, long count) {
        return (offset & NO_CELL) != 0 || (count - 1 & NO_PLACES) != 0 || offset + ROW_PLACES + count > REGION;
    }

    @ForceInline
    private static boolean noTally(long offset, long buckets, long bucket) {
        long wrong = offset & NO_CELL | (buckets - 1 | bucket | buckets - 1 - bucket) & NO_BUCKETS;
        return wrong != 0 || offset + TALLY_BUCKETS + CELL * buckets > REGION;
    }

    /** Structures without sequences pass what allocate answered them, or a cell of it. Inlined: under {@code atomic} each operation comes here. */
    @ForceInline
    private static long outside(long offset) {
        return !$RseqOpening.isOpen() || offset < $RseqMemory.NONE + $RseqMemory.STRIDE ? UNAVAILABLE : refuse(offset);
    }

    @DontInline
    private static long refuse(long offset) {
        throw new IndexOutOfBoundsException("rseq: nothing of that size can lie at " + offset + " in per-CPU memory");
    }
}
