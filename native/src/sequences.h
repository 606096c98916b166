/*
 * sequences.h: the restartable sequences, and the state that they read. One file of assembly per architecture: sequences_x86_64.S,
 * sequences_aarch64.S.
 *
 * A sequence commits to the cell, stack, row of places, tally or buffer of the CPU that its thread runs on, or of the thread's concurrency id (those whose
 * name ends in _by_id), by one store at its very end. What comes between its start and that store, migration, preemption or a signal, makes the
 * kernel abort it: nothing was committed, and it answers RESTARTED. See rseq(2), and kernel/rseq.c in Linux. Each sequence tries once: who gets
 * RESTARTED tries again, up to a bound, and then goes another way.
 *
 * A sequence is not called by C, but entered as code that HotSpot compiled calls it: the assembly says where its arguments are. C enters by
 * rseq_sequence_enter. Unless its comment says otherwise, a sequence takes rseq_sequences_area and rseq_sequences_cpus as its last two arguments:
 * constants in compiled Java code, where in the sequence they would be loads in front of all else.
 *
 * Arguments are numbers, never pointers, but where it is said: an offset is valid in every region of the per-CPU memory (percpu_memory.h), region i
 * at rseq_sequences_base + (i << SEQUENCE_SHIFT). Nothing is checked here that is not said to be: callers hold offsets and capacities within
 * bounds.
 *
 * To be entered once rseq_sequences_open() has succeeded (watch and probe: at any time), by any thread, registered or not, also in a signal handler.
 * No locks, no system calls, no memory but the regions, the state
 * below and the thread's own area. The area's rseq_cs is left pointing into this library, which therefore must never be unloaded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_SEQUENCES_H
#define RSEQ_JVM_SEQUENCES_H

#define SEQUENCE_LAYOUT 3 /* io.rseq.internal.Commits says when it changes */
#define SEQUENCE_SHIFT 28 /* log2 of the bytes from one region to the next */

/* Statuses. What is answered is SEQUENCE_STATUS + one of them, but for COMMITTED. As in io.rseq.internal.Commits; LayoutTest compares. */
#define SEQUENCE_COMMITTED 0
#define SEQUENCE_UNAVAILABLE 1 /* the thread has no registered area, or the index is not one of a region */
#define SEQUENCE_FULL 2
#define SEQUENCE_EMPTY 2 /* what FULL is to pop and take */
#define SEQUENCE_CLOSED 3
#define SEQUENCE_ELSEWHERE 4 /* watch alone */
#define SEQUENCE_RESTARTED 5 /* aborted */
#define SEQUENCE_SEEN 6      /* watch alone */

/* Layouts: bytes from the offset. LayoutTest compares them with Java's. */
#define STACK_COUNT 0
#define STACK_CLOSED 8 /* not 0: closed. To close: store, then rseq_sequences_fence(). To open: with release order, after the count */
#define STACK_VALUES 16
#define CLOSABLE_CELL 0
#define CLOSABLE_CLOSED 8 /* how many threads have it closed (closable_cells.h) */
#define COUNT_CLOSED 64 /* in the shared region; not 0: closed */
#define ROW_CLOSED 0 /* as a stack's */
#define ROW_PLACES 8 /* a byte for each place: not 0 while what belongs there lies there */
#define TALLY_CLOSED 0 /* as a stack's */
#define TALLY_COUNT 8
#define TALLY_STATES 64 /* two, of TALLY_STATE bytes: that in force is number TALLY_COUNT & 1 */
#define TALLY_BUCKETS 192
#define TALLY_STATE 64
#define STATE_SUM 0
#define STATE_MIN 8
#define STATE_MAX 16
#define STATE_BUCKET 24 /* of the last value, and how many that bucket holds with it: what TALLY_BUCKETS has there may be older */
#define STATE_TIMES 32
#define BUFFER_TAIL 0  /* bytes ever reserved: the sequences' */
#define BUFFER_HEAD 64 /* bytes ever consumed: the reader's */
#define BUFFER_DATA 128

/* Of struct rseq (include/uapi/linux/rseq.h): what an index is. */
#define CPU_ID 4
#define MM_CID 24

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ownership;

#define SEQUENCE_STATUS INT64_MIN

#define STACK_BYTES(capacity) (STACK_VALUES + 8 * (int64_t)(capacity))
#define CLOSABLE_BYTES (CLOSABLE_CLOSED + 8)
#define ROW_BYTES(places) (ROW_PLACES + (((int64_t)(places) + 7) & -8))
#define TALLY_BYTES(buckets) (TALLY_BUCKETS + 8 * (int64_t)(buckets))
#define BUFFER_BYTES(capacity) (BUFFER_DATA + (int64_t)(capacity))

#define SEQUENCES_HIDDEN __attribute__((visibility("hidden")))

/* Set once, 'cpus' last and with release order. */
extern SEQUENCES_HIDDEN int64_t rseq_sequences_area; /* the thread's area - its thread pointer, bytes; never 0 */
extern SEQUENCES_HIDDEN int64_t rseq_sequences_base; /* region 0 */
extern SEQUENCES_HIDDEN uint32_t rseq_sequences_cpus;

/* Aborts since the start, of all threads: the sequences' abort handlers add to it atomically. */
extern SEQUENCES_HIDDEN uint64_t rseq_sequences_aborts;

/*
 * Makes the per-CPU memory, regions of 2^'shift' bytes, and sets the state above, for the owner in force and that many possible CPUs. Once for the
 * process: when it was done, this answers true and changes nothing. False, with the reason, where there can be no sequences.
 */
SEQUENCES_HIDDEN bool rseq_sequences_open(const struct ownership *owned, int cpus, int shift, char *reason, size_t size);

/* Writes why the sequences answer the calling thread UNAVAILABLE; once they are open. */
SEQUENCES_HIDDEN void rseq_sequences_unavailable(char *reason, size_t size);

/*
 * When this returns true, no section of this process that was under way when it was called will still commit: each was aborted, and what
 * starts again sees what the caller wrote before (membarrier(2), PRIVATE_EXPEDITED_RSEQ, Linux 5.10). False: the kernel has no such fence.
 */
SEQUENCES_HIDDEN bool rseq_sequences_fence(void);

/*
 * The same for what was closed because there was a fence: where the kernel refuses membarrier(2) since, as under a filter of system calls that came later, the
 * calling thread runs on each CPU, by which all others are switched out there (kernel_visit_cpus). It takes a while. False: there never was a fence, or that is refused, too.
 */
SEQUENCES_HIDDEN bool rseq_sequences_fence_again(void);

/* Whether a fence was made so. */
SEQUENCES_HIDDEN bool rseq_sequences_fence_is_refused(void);

typedef void sequence(void);

/* The sequence of that name, such as "add_by_id"; or probe or enter. NULL: there is none. */
SEQUENCES_HIDDEN sequence *rseq_sequences_find(const char *name);

/*
 * Enters a sequence with its arguments, 0 for those that it has not. The sequences are no C functions: this is how C calls one, and so do the JDK's
 * linker and its native methods.
 */
int64_t rseq_sequence_enter(sequence *entered, int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, int64_t f);

/*
 * SEQUENCES(X): X(name) for each. They are not hidden: the library's file is deleted once it is open, so a profiler finds their names only in
 * memory, among what the library exports. The assembly makes them protected, so that no other library's function takes their place.
 *
 * add: offset, delta. Adds to the 8 bytes at 'offset'. COMMITTED.
 *
 * add_double: offset, delta (a double's bits). Adds to the double in the closable cell at 'offset', as IEEE 754 has it: rounded to nearest.
 * COMMITTED; CLOSED, among others.
 *
 * max: offset, value. Stores 'value' in the closable cell at 'offset' if it is above what that holds, both unsigned: 0, as memory comes, is the lowest.
 * COMMITTED, whether it stored or not; CLOSED, among others.
 *
 * count: offset, delta. Adds to the 8 bytes at 'offset', unless the 8 bytes COUNT_CLOSED behind them in the shared region (number rseq_sequences_cpus)
 * are not 0: CLOSED then. COMMITTED. The closed word is in another line because regions lie so that the same offset in two of them differs in high bits
 * alone: two such lines take each other's place in the first-level cache of AMD's CPUs, and a load there may wait for a store here. To close, for all CPUs: store there, then rseq_sequences_fence(). To open: with release order.
 *
 * push: offset, capacity, value. Pushes on the stack at 'offset'. COMMITTED; FULL or CLOSED, among others.
 *
 * pop: offset, capacity. The value; EMPTY or CLOSED, among others.
 *
 * take: offset, count. Takes what lies at the lowest full one of the first 'count' places (1 or more; counted as the next multiple of 8) of the row at
 * 'offset', and leaves the place empty. (index << 32) | place; EMPTY or CLOSED, among others. There is no sequence to put it back: the place is its
 * taker's until then, from whatever CPU, by a store of one byte with release order.
 *
 * push_batch: offset, capacity, shared, count. Pushes up to 'count' values from 'shared' in the shared region (number rseq_sequences_cpus), the one
 * there first lowest; all in one commit. How many, 0 when the stack is full. A long batch is a long section: it is aborted more often.
 *
 * pop_batch: offset, capacity, shared, count. Pops up to 'count' values to 'shared' in the shared region, the top one last; all in one commit. How
 * many, 0 when the stack is empty. What was written to 'shared' counts only where a number is answered.
 *
 * reserve: offset, capacity, length. Reserves a record of 'length' bytes (0 <= length < capacity) in the buffer at 'offset', whose header it leaves
 * saying -length, kind 0, which means "being written"; for length 0, INT32_MIN. A record never crosses the end of the data: what is left there
 * becomes a padding record first. The header's address; FULL, among others. Records of more than half the capacity may find even an empty buffer
 * FULL, because the padding takes the rest.
 *
 * tally: offset, buckets (1 or more), bucket, value (a double's bits). Counts the value in the bucket of the tally at 'offset', and has it in count,
 * sum, lowest and highest, all in one commit: the store of the count, which makes the other state the one in force. The bucket's own word is written
 * by the tally that follows, before all else, and by the thread that empties the tally, which is closed and fenced off then, and left all 0. COMMITTED; CLOSED,
 * among others; UNAVAILABLE also where the state names no bucket of the tally (memory was overwritten).
 *
 * append: offset, capacity, length, source, from; neither area nor CPUs. Appends a record to the buffer at 'offset' of this CPU: header, of kind 0,
 * and bytes, in one commit. 'source': the address of a Java object, or 0, and 'from': how far behind that the bytes begin. HotSpot passes the object
 * itself, since 22, and moves nothing until it is back. COMMITTED; FULL; UNAVAILABLE, also where the record does not fit before the end of the data,
 * and the caller may go on with reserve. A long record is a long section: it is aborted more often.
 *
 * watch: word (its address), looks, area (what rseq_sequences_area will be). Commits nothing: for the trial of the kernel (trial.h). Looks at the word
 * up to 'looks' times (1 or more) in one section. COMMITTED: it was 0 all the time; ELSEWHERE: it was not 0 at the first look; SEEN: it became
 * another than 0 without an abort, which no thread of the same CPU can bring about where the kernel aborts.
 *
 * probe: a to f. a + 2b + 4c + 8d + 16e + 32f. Touches no memory: what finds out whether arguments arrive where they should.
 */
#define SEQUENCES(X)                                                                                                                          \
    X(add) X(add_by_id) X(add_double) X(add_double_by_id) X(max) X(max_by_id) X(count) X(count_by_id) X(push) X(push_by_id) X(pop)           \
    X(pop_by_id) X(take) X(take_by_id) X(push_batch) X(push_batch_by_id) X(pop_batch) X(pop_batch_by_id) X(reserve) X(reserve_by_id)         \
    X(tally) X(tally_by_id) X(append) X(watch) X(probe)

#define SEQUENCE_DECLARATION(name) void rseq_sequence_##name(void);
SEQUENCES(SEQUENCE_DECLARATION)

#endif
#endif
