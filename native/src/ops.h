/*
 * ops.h: the restartable sequences, and the state that they read. One assembly file per architecture: ops_x86_64.S, ops_aarch64.S.
 *
 * A sequence commits to the cell, stack, shelf or buffer of the CPU (or concurrency id) that its thread runs on, by one store at its very end.
 * What comes between its start and that store, migration, preemption or a signal, makes the kernel abort it: nothing was committed, and
 * it starts again, on the CPU where the thread is then. See Documentation of rseq(2), and kernel/rseq.c.
 *
 * Arguments are numbers, never pointers: an offset is valid in every region of the per-CPU memory (percpu_memory.h), region i at
 * rseq_ops_base + (i << RSEQ_OPS_SHIFT). 'field' is the byte offset of the index in struct rseq: 4 (cpu_id) or 24 (mm_cid). Nothing is
 * checked here that is not said to be: callers hold offsets, capacities and fields within bounds.
 *
 * Any thread may call, registered or not, also in a signal handler. No locks, no system calls, no memory but the regions, the state
 * below and the thread's own area. The area's rseq_cs is left pointing into this library, which therefore must never be unloaded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_OPS_H
#define RSEQ_JVM_OPS_H

#define RSEQ_OPS_LAYOUT 1 /* io.rseq.internal.Commits says when it changes */
#define RSEQ_OPS_SHIFT 28 /* log2 of the bytes from one region to the next */
#define RSEQ_OPS_RESTARTS 64
#define RSEQ_OPS_SHELF_SHIFT 5 /* log2 of the places of a shelf */

/* Statuses, as in io.rseq.internal.Commits. */
#define RSEQ_OPS_COMMITTED 0
#define RSEQ_OPS_UNAVAILABLE 1 /* not opened, the thread has no registered area, or the index is not one of a region */
#define RSEQ_OPS_FULL 2
#define RSEQ_OPS_EMPTY 2 /* what FULL is to rseq_ops_pop and rseq_ops_take */
#define RSEQ_OPS_CLOSED 3
#define RSEQ_OPS_ELSEWHERE 4
#define RSEQ_OPS_STOPPED 5 /* aborted after RSEQ_OPS_RESTARTS restarts: Commits.RESTARTS */
#define RSEQ_OPS_SEEN 6    /* rseq_ops_watch alone */

/* Layouts: bytes from the offset. */
#define RSEQ_OPS_STACK_COUNT 0
#define RSEQ_OPS_STACK_CLOSED 8 /* not 0: closed. To close: store, then rseq_ops_fence(). To open: with release order, after the count */
#define RSEQ_OPS_STACK_VALUES 16
#define RSEQ_OPS_SHELF_CLOSED 32 /* as a stack's. In front of it a byte for each place: not 0 while what belongs there lies there */
#define RSEQ_OPS_BUFFER_TAIL 0  /* bytes ever reserved: the sequences' */
#define RSEQ_OPS_BUFFER_HEAD 64 /* bytes ever consumed: the reader's */
#define RSEQ_OPS_BUFFER_DATA 128

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ownership;

/* 1 where the sequences below are real; 0 where each answers UNAVAILABLE. */
#define RSEQ_OPS_REAL 1

/* What a sequence that answers a value, a number or a position answers when it has none: RSEQ_OPS_STATUS + status. */
#define RSEQ_OPS_STATUS INT64_MIN

#define RSEQ_OPS_SHELF_PLACES (1 << RSEQ_OPS_SHELF_SHIFT)
#define RSEQ_OPS_SHELF_BYTES 64
#define RSEQ_OPS_STACK_BYTES(capacity) (RSEQ_OPS_STACK_VALUES + 8 * (int64_t)(capacity))
#define RSEQ_OPS_BUFFER_BYTES(capacity) (RSEQ_OPS_BUFFER_DATA + (int64_t)(capacity))

#define RSEQ_OPS_HIDDEN __attribute__((visibility("hidden")))

/* Set once, 'cpus' last and with release order: 0 until then, and every sequence answers UNAVAILABLE without touching the area. */
extern RSEQ_OPS_HIDDEN int64_t rseq_ops_area; /* the thread's area - its thread pointer, bytes */
extern RSEQ_OPS_HIDDEN int64_t rseq_ops_base; /* region 0 */
extern RSEQ_OPS_HIDDEN uint32_t rseq_ops_cpus;

/*
 * Makes the per-CPU memory, regions of 2^'shift' bytes, and sets the state above, for the owner in force and that many possible CPUs. Once for the
 * process: when it was done, this answers true and changes nothing. False, with the reason, where sequences are not to be had.
 */
RSEQ_OPS_HIDDEN bool rseq_ops_open(const struct ownership *owned, int cpus, int shift, char *reason, size_t size);

/* Writes why the sequences answer the calling thread UNAVAILABLE; once they are open. */
RSEQ_OPS_HIDDEN void rseq_ops_unavailable(char *reason, size_t size);

/*
 * When this returns true, no section of this process that was under way when it was called will still commit: each was aborted, and what
 * starts again sees what the caller wrote before (membarrier(2), PRIVATE_EXPEDITED_RSEQ, Linux 5.10). False: the kernel has no such fence.
 */
RSEQ_OPS_HIDDEN bool rseq_ops_fence(void);

/* Aborts since the start, of all threads: the sequences' abort handlers add to it atomically. */
extern RSEQ_OPS_HIDDEN uint64_t rseq_ops_aborts;

/*
 * The sequences, here and in direct.h, are not hidden: the file is deleted once it is open, so a profiler finds their names only in memory, among
 * what the library exports. The assembly makes them protected, so that no other library's function takes their place.
 */

/* Adds 'delta' to the 8 bytes at 'offset'. Returns a status. */
int64_t rseq_ops_add(int64_t offset, int64_t delta, int64_t field);

/* Stores 'value' if the thread's index is 'index' and the 8 bytes at 'offset' are 'expected'; ELSEWHERE if not. Returns a status. */
int64_t rseq_ops_compare_and_store(int64_t offset, int64_t index, int64_t expected, int64_t value, int64_t field);

/* Pushes on the stack at 'offset'. Returns a status: FULL or CLOSED, among others. */
int64_t rseq_ops_push(int64_t offset, int64_t capacity, int64_t value, int64_t field);

/* Pops. Returns the value, or RSEQ_OPS_STATUS + a status: EMPTY or CLOSED, among others. */
int64_t rseq_ops_pop(int64_t offset, int64_t capacity, int64_t field);

/*
 * Takes what lies at one of the first 'places' places (1 to RSEQ_OPS_SHELF_PLACES; counted as the next multiple of 8) of the shelf at 'offset',
 * and leaves the place empty. Returns (index << RSEQ_OPS_SHELF_SHIFT) | place, or RSEQ_OPS_STATUS + a status: EMPTY or CLOSED, among others.
 *
 * There is no sequence to put it back: the place is its taker's until then, from whatever CPU, by a store of one byte with release order.
 */
int64_t rseq_ops_take(int64_t offset, int64_t places, int64_t field);

/*
 * Pushes up to 'count' values from 'shared' in the shared region (number rseq_ops_cpus), the one there first lowest; all in one commit.
 * Returns how many, 0 when the stack is full, or RSEQ_OPS_STATUS + a status. A long batch is a long section: it restarts more often.
 */
int64_t rseq_ops_push_batch(int64_t offset, int64_t capacity, int64_t shared, int64_t count, int64_t field);

/*
 * Pops up to 'count' values to 'shared' in the shared region, the top one last; all in one commit. Returns how many, 0 when the stack is
 * empty, or RSEQ_OPS_STATUS + a status. What was written to 'shared' counts only where a number is returned.
 */
int64_t rseq_ops_pop_batch(int64_t offset, int64_t capacity, int64_t shared, int64_t count, int64_t field);

/*
 * Reserves a record of 'length' bytes (0 <= length < capacity) in the buffer at 'offset', whose header it leaves saying -length, kind 0,
 * which means "being written"; for length 0, INT32_MIN. A record never crosses the end of the data: what is left there becomes a padding
 * record first. Returns the header's address, or RSEQ_OPS_STATUS + a status (FULL). Records of more than half the capacity may find even an
 * empty buffer FULL, because the padding takes the rest.
 */
int64_t rseq_ops_reserve(int64_t offset, int64_t capacity, int64_t length, int64_t field);

/*
 * Commits nothing: for the trial of the kernel (trial.h). Looks at the word up to 'looks' times (1 or more) in one section. Returns COMMITTED: it
 * was 0 all the time; ELSEWHERE: it was not 0 at the first look; STOPPED: aborted; SEEN: it became another than 0 without an abort, which no
 * thread of the same CPU can bring about where the kernel aborts. 'area': what rseq_ops_area will be.
 */
int64_t rseq_ops_watch(const volatile int64_t *word, int64_t looks, int64_t area);

#endif
#endif
