/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

/**
 * The restartable sequences and the per-CPU memory that they commit to, as the structures call them. The agent replaces each body below by a
 * call to the method of the same name of {@code java.lang.$RseqCommits} or {@code $RseqMemory}; without the agent, and wherever sequences are
 * not available, the answer is {@link #UNAVAILABLE}, and the structure goes its atomic way.
 *
 * <p><b>Memory.</b> An allocation is an <em>offset</em>: that many bytes, zeroed, at the same place in the region of every possible CPU and in
 * one more region, number {@code Cpus.count()}, which is shared by all of them.
 *
 * <p><b>Index.</b> A sequence works in the region of the CPU that it runs on; with {@link #BY_CONCURRENCY_ID} added to the offset that it is
 * told, in that of its thread's concurrency id.
 *
 * <p><b>Statuses</b> are numbers below all values. A sequence is tried once: add, count, push, pop, take and tally answer RESTARTED where the kernel aborted it,
 * and their {@code ...Again} forms try again.
 *
 * <p><b>Layout.</b> API and agent come in two jars, perhaps of two versions. The agent looks up each method of this class in its hook, name and
 * descriptor, and compares {@link #LAYOUT} with its own number. If it lacks a method, or the numbers differ, it leaves the whole class as it is and
 * says so in one line; the structures of this copy of the API go their atomic way. So a new method needs no new number. Raise {@link #LAYOUT},
 * {@code $RseqSequences.LAYOUT} and {@code SEQUENCE_LAYOUT} (sequences.h) together whenever code of one version would misread what code of the other
 * wrote or passed: where the bytes of a cell, stack, row, tally or buffer change their places or meaning, or {@link #REGION}, a status, {@link
 * #BY_CONCURRENCY_ID} or a parameter theirs.
 *
 * <p>Offsets are checked against the bounds of the memory, not against the object that they belong to: this class is for the structures
 * of this module alone. Any thread may call; nothing here blocks, but {@link #allocate}, {@link #free} and the fences,
 * and the first call by {@link #BY_CONCURRENCY_ID}: the agent tries the id out for up to a quarter of a second, and calls by it wait meanwhile.
 */
public final class Commits {
    /** The layout of per-CPU memory and of what these methods are told and answer. The agent reads it in the class file; none there is 1. */
    public static final int LAYOUT = 3;

    /** What {@link #allocate} answers without sequences. Negative, and that by far: the offset of any cell of it is negative, too. */
    public static final long NONE = Long.MIN_VALUE;

    /** Done, exactly once. */
    public static final long COMMITTED = 0;

    /**
     * No sequences here, for one of three reasons: there is no agent, or it commits atomically; the thread has no registered area, and gets one
     * when it asks for its index; the thread runs on a CPU at or above {@code Cpus.count()}. This and the following are below all values.
     */
    public static final long UNAVAILABLE = Long.MIN_VALUE + 1;

    /** A stack or buffer of this CPU is full; from {@link #pop} and {@link #take}: it is empty. */
    public static final long FULL = Long.MIN_VALUE + 2;

    /** A closable cell, stack, row or tally of this CPU is closed: another thread takes what is there; from {@link #count}: all cells are closed. */
    public static final long CLOSED = Long.MIN_VALUE + 3;

    /** The kernel aborted the sequence, and nothing was done. The caller tries again, {@link #TRIES} times in all. */
    public static final long RESTARTED = Long.MIN_VALUE + 5;

    /** The highest status that there is room for. */
    public static final long STATUS_MAX = Long.MIN_VALUE + 15;

    /** How often an aborted sequence is tried before a structure goes its atomic way: a debugger that steps aborts each. */
    public static final int TRIES = 64;

    /** Bytes of a closable cell. */
    public static final long CLOSABLE = 16;

    /** Bytes from the beginning of a row to its first place. */
    public static final long PLACES_AT = 8;

    /** Bytes from a cell's offset to that of the word that closes it. */
    public static final long COUNT_CLOSED = 64;

    /** Bytes from a place in one region to the same in the next. */
    public static final long REGION = 1L << 28;

    /** Added to the offset that a sequence is told: by {@code mm_cid}, not {@code cpu_id}. The hook takes the CPU where the kernel has none. */
    public static final long BY_CONCURRENCY_ID = 1;

    /** The layout of an agent that has no number, and that does not check ours. */
    private static final int WITHOUT_NUMBER = 1;

    private static boolean noNumber;

    /** The agent does not say by what it commits: it takes {@code mm_cid} where the kernel has it, as {@code Cpus.concurrencyId()} does. */
    private static boolean noWord;

    private Commits() {}

    /** Whether these methods lead to sequences, if there are any: an agent is there, and its layout is ours. */
    public static boolean woven() {
        return (noNumber ? WITHOUT_NUMBER : agentsLayout()) == LAYOUT;
    }

    private static int agentsLayout() {
        try {
            return layout();
        } catch (NoSuchMethodError before) {
            noNumber = true;
            return WITHOUT_NUMBER;
        }
    }

    /** The agent's {@link #LAYOUT}. */
    @Woven(by = "$RseqCommits")
    static int layout() {
        return 0;
    }

    /** Whether what is told {@link #BY_CONCURRENCY_ID} commits by that id. False: the id failed its trial, and the CPU stands for it. */
    public static boolean byConcurrencyId() {
        try {
            return noWord || commitsByConcurrencyId();
        } catch (NoSuchMethodError before) {
            noWord = true;
            return true;
        }
    }

    @Woven(by = "$RseqCommits")
    static boolean commitsByConcurrencyId() {
        return true;
    }

    /**
     * Whether there are sequences in this process. Opens what they need at the first call under the agent. Ask {@link #woven} first. Records whose
     * writer's stack overflowed while it wrote are padding when this returns: readers need not wait for them.
     */
    @Woven(by = "$RseqCommits")
    public static boolean available() {
        return false;
    }

    /**
     * That many bytes in every region, zeroed. Multiples of 8 bytes; of 64, and aligned to it, from 64 on.
     *
     * @return the offset; {@link #NONE} where there are no sequences, or the regions are full
     */
    @Woven(by = "$RseqCommits")
    public static long allocate(long bytes) {
        return NONE;
    }

    /** Gives them back, as they were allocated, some time after {@code owner} is unreachable. */
    @Woven(by = "$RseqCommits")
    public static void freeWith(Object owner, long offset, long bytes) {}

    /** Gives them back, as they were allocated. No thread may be in a sequence on them. */
    @Woven(by = "$RseqCommits")
    public static void free(long offset, long bytes) {}

    /** Adds to this CPU's cell. */
    @Woven(by = "$RseqCommits")
    public static long add(long offset, long delta) {
        return UNAVAILABLE;
    }

    /** Adds to the double in this CPU's closable cell. Layout: the double, then 8 bytes that are not 0 while it is closed. */
    @Woven(by = "$RseqCommits")
    public static long addDouble(long offset, double delta) {
        return UNAVAILABLE;
    }

    /**
     * Stores {@code value} in this CPU's closable cell, if it is above what that holds, both unsigned: 0, as memory comes, is the lowest. Layout: the
     * value, then 8 bytes that are not 0 while it is closed.
     */
    @Woven(by = "$RseqCommits")
    public static long max(long offset, long value) {
        return UNAVAILABLE;
    }

    /**
     * Takes what the closable cells of all CPUs hold, for {@link #addDouble}, and leaves 0 in each: the sum. Several threads may do so at once, and
     * each add is in one result. The cells are closed meanwhile: for the time of a membarrier(2), {@link #addDouble} and {@link #max} answer {@link
     * #CLOSED}. Where {@link #fenceAgain} answers false nothing is taken.
     */
    @Woven(by = "$RseqMemory")
    public static double takeDoubles(long offset) {
        return 0;
    }

    /** The same for {@link #max}: the highest, unsigned. */
    @Woven(by = "$RseqMemory")
    public static long takeMax(long offset) {
        return 0;
    }

    /**
     * Adds to this CPU's cell, unless the word {@link #COUNT_CLOSED} behind it, in the shared region, is not 0: {@link #CLOSED} then. So a store there, and
     * a fence, close the cells of all CPUs; a store of 0 with release order opens them.
     */
    @Woven(by = "$RseqCommits")
    public static long count(long offset, long delta) {
        return UNAVAILABLE;
    }

    /** Pushes on this CPU's stack. Layout: count, closed, then the values, 8 bytes each. */
    @Woven(by = "$RseqCommits")
    public static long push(long offset, long capacity, long value) {
        return UNAVAILABLE;
    }

    /** Pops from this CPU's stack: a value, or {@link #FULL} when it is empty. */
    @Woven(by = "$RseqCommits")
    public static long pop(long offset, long capacity) {
        return UNAVAILABLE;
    }

    /**
     * Takes what lies at the lowest full one of the first {@code count} places of this CPU's row: {@code index << 32 | place}; or {@link #FULL} when
     * all are empty. The place is the caller's to fill again. Layout: 8 bytes that are not 0 while it is closed, then a byte for each place, up to a
     * multiple of 8.
     *
     * @param row its offset
     */
    @Woven(by = "$RseqCommits")
    public static long take(long row, int count) {
        return UNAVAILABLE;
    }

    /**
     * Fills or empties a place of a row, of any CPU, with release order. For the thread that has taken it, and for the one that has closed the row.
     *
     * @param place {@code REGION * index}, the row's offset, {@link #PLACES_AT} and the place's number
     * @return false: there is no such place
     */
    @Woven(by = "$RseqMemory")
    public static boolean setPlace(long place, boolean full) {
        return false;
    }

    /**
     * Counts {@code value} in a bucket of this CPU's tally, and has it in count, sum, lowest and highest, all in one commit. Layout: {@code CpuTallies}.
     *
     * @param buckets how many the tally has
     */
    @Woven(by = "$RseqCommits")
    public static long tally(long offset, int buckets, int bucket, double value) {
        return UNAVAILABLE;
    }

    /** Pushes up to {@code count} values from {@code shared}, an offset in the shared region: how many. All in one commit. */
    @Woven(by = "$RseqCommits")
    public static long pushBatch(long offset, long capacity, long shared, long count) {
        return UNAVAILABLE;
    }

    /** Pops up to {@code count} values into the shared region, the top one last: how many. All in one commit. */
    @Woven(by = "$RseqCommits")
    public static long popBatch(long offset, long capacity, long shared, long count) {
        return UNAVAILABLE;
    }

    /**
     * Appends a record to this CPU's buffer: by a sequence that copies and commits it, or, where it is long or no array can be passed, by one that
     * reserves; then this copies, and stores the record's length last.
     *
     * @param capacity bytes of data, a power of two
     * @throws IndexOutOfBoundsException if the range is not one of {@code source}
     */
    @Woven(by = "$RseqCommits")
    public static long append(long offset, long capacity, byte[] source, int from, int length) {
        return UNAVAILABLE;
    }

    /** Reads 8 bytes of region {@code cpu}, with acquire order. */
    @Woven(by = "$RseqMemory")
    public static long get(int cpu, long offset) {
        return 0;
    }

    /** Writes 8 bytes of region {@code cpu}, with release order. Never to what sequences write, unless they were fenced off. */
    @Woven(by = "$RseqMemory")
    public static void put(int cpu, long offset, long value) {}

    /** Copies bytes of region {@code cpu} out. */
    @Woven(by = "$RseqMemory")
    public static void copyOut(int cpu, long offset, byte[] target, int from, int length) {}

    /**
     * When this returns true, no sequence that began before the call will still commit: each was restarted, and sees what the caller
     * wrote before (membarrier(2), {@code PRIVATE_EXPEDITED_RSEQ}, Linux 5.10). False: the kernel has no such fence.
     */
    @Woven(by = "$RseqCommits")
    public static boolean fence() {
        return false;
    }

    /**
     * {@link #fence} for what was closed because that had answered true. Where the kernel refuses membarrier(2) since, as under a filter of system calls
     * that came later, the calling thread runs on each CPU in turn, by which all others are switched out there: some milliseconds. False: that is
     * refused, too, or there never was a fence.
     */
    @Woven(by = "$RseqCommits")
    public static boolean fenceAgain() {
        return false;
    }

    /** Bytes allocated per region, now. 0 without sequences. */
    @Woven(by = "$RseqMemory")
    public static long allocated() {
        return 0;
    }

    /** How often a sequence was restarted in this process. */
    @Woven(by = "$RseqCommits")
    public static long restarts() {
        return 0;
    }

    // ---- the same, tried again while it is aborted
    // --------------------------------------------------------------------------

    /** {@link #add}. */
    public static long addAgain(long offset, long delta) {
        long status = add(offset, delta);
        for (int tries = 1; status == RESTARTED && tries < TRIES; tries++) status = add(offset, delta);
        return status;
    }

    /** {@link #addDouble}. */
    public static long addDoubleAgain(long offset, double delta) {
        long status = addDouble(offset, delta);
        for (int tries = 1; status == RESTARTED && tries < TRIES; tries++) status = addDouble(offset, delta);
        return status;
    }

    /** {@link #max}. */
    public static long maxAgain(long offset, long value) {
        long status = max(offset, value);
        for (int tries = 1; status == RESTARTED && tries < TRIES; tries++) status = max(offset, value);
        return status;
    }

    /** {@link #count}. */
    public static long countAgain(long offset, long delta) {
        long status = count(offset, delta);
        for (int tries = 1; status == RESTARTED && tries < TRIES; tries++) status = count(offset, delta);
        return status;
    }

    /** {@link #push}. */
    public static long pushAgain(long offset, long capacity, long value) {
        long status = push(offset, capacity, value);
        for (int tries = 1; status == RESTARTED && tries < TRIES; tries++) status = push(offset, capacity, value);
        return status;
    }

    /** {@link #pop}. */
    public static long popAgain(long offset, long capacity) {
        long value = pop(offset, capacity);
        for (int tries = 1; value == RESTARTED && tries < TRIES; tries++) value = pop(offset, capacity);
        return value;
    }

    /** {@link #take}. */
    public static long takeAgain(long row, int count) {
        long taken = take(row, count);
        for (int tries = 1; taken == RESTARTED && tries < TRIES; tries++) taken = take(row, count);
        return taken;
    }

    /** {@link #tally}. */
    public static long tallyAgain(long offset, int buckets, int bucket, double value) {
        long status = tally(offset, buckets, bucket, value);
        for (int tries = 1; status == RESTARTED && tries < TRIES; tries++)
            status = tally(offset, buckets, bucket, value);
        return status;
    }
}
