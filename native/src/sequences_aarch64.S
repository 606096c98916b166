/*
 * sequences_aarch64.S: the restartable sequences, aarch64. What each takes and answers: sequences.h. How to read one: sequences_x86_64.S, whose shape
 * this file has.
 *
 * Calling convention: that of code that HotSpot compiled (assembler_aarch64.hpp, j_rarg0 .. 7). Integers come in x1 .. x7, x0: C's moved on by one,
 * so that a native method's arguments make room for JNIEnv. The answer is in x0. HotSpot keeps x28 (the thread) and x27 (the heap's base) to
 * itself; nothing here changes these, nor x19 .. x26. C comes by rseq_sequence_enter.
 *
 * In front of each _abort stand the four bytes that rseq(2) was given as signature: brk #0x45e0. A jump there traps; nothing falls into it.
 *
 * An abort is counted by a pair of exclusives. Under a debugger that steps, and perhaps under contention, its store fails: it is tried some times,
 * then this abort is not counted.
 *
 * Order. Threads that follow each other on a CPU are ordered by the switch between them; who looks from elsewhere loads with acquire order,
 * so what publishes is committed by a store with release order. A thread may see that it may call before it sees the state below: base is looked at.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sequences.h"

#ifdef __ARM_FEATURE_BTI_DEFAULT
#define BRANCH_TARGET hint #38 /* bti jc, where the C compiler gives one to its own functions: the JVM comes by a branch through any register */
#else
#define BRANCH_TARGET
#endif

/* ---- state: written once. Aborts have a cache line of their own, so that counting one disturbs no reader. -------------------------------- */

	.macro	STATE name, size
	.globl	rseq_sequences_\name
	.hidden	rseq_sequences_\name
	.type	rseq_sequences_\name, %object
	.size	rseq_sequences_\name, \size
rseq_sequences_\name:
	.zero	8
	.endm

	.bss
	.p2align 7
	STATE	area, 8
	STATE	base, 8
	STATE	cpus, 4
	.p2align 7
	STATE	aborts, 8
	.p2align 7

/* ---- what all sequences have alike ----------------------------------------------------------------------------------------------------- */

	.macro	FUNCTION name
	.text
	.p2align 6
	.globl	rseq_sequence_\name
	.protected	rseq_sequence_\name	/* sequences.h says why it is not hidden */
	.type	rseq_sequence_\name, %function
rseq_sequence_\name:
	.cfi_startproc
	BRANCH_TARGET
	.endm

	.macro	END_FUNCTION name
	.cfi_endproc
	.size	rseq_sequence_\name, . - rseq_sequence_\name
	.endm

	.macro	SEQUENCE name		/* struct rseq_cs: version 0, flags 0, start, length up to the end of the commit, abort; then the function */
	.section .data.rel.ro, "aw", %progbits
	.p2align 5
.L\name\()_descriptor:
	.word	0, 0
	.quad	.L\name\()_start, .L\name\()_committed - .L\name\()_start, .L\name\()_abort
	FUNCTION \name
	stp	x29, x30, [sp, #-16]!
	.cfi_def_cfa_offset 16
	.cfi_offset x29, -16
	.cfi_offset x30, -8
	mov	x29, sp
	.endm

	.macro	RETURN
	.cfi_remember_state
	ldp	x29, x30, [sp], #16
	.cfi_restore x29
	.cfi_restore x30
	.cfi_def_cfa_offset 0
	ret
	.cfi_restore_state
	.endm

	.macro	ADDRESS register, symbol
	adrp	\register, \symbol
	add	\register, \register, :lo12:\symbol
	.endm

	.macro	ARM name, area		/* x13 becomes the area's address. Changes x15 */
	mrs	x13, tpidr_el0
	add	x13, x13, \area
	ADDRESS	x15, .L\name\()_descriptor
#ifndef RSEQ_BROKEN
	str	x15, [x13, #8]
#endif
.L\name\()_start:
	.endm

	.macro	BEGIN name, by, area, cpus	/* arms, and loads the index into w16; x12 becomes the base. Changes x13, x15 */
	ADDRESS	x12, rseq_sequences_base
	ldr	x12, [x12]
	cbz	x12, .L\name\()_unavailable
	ARM	\name, \area
	ldr	w16, [x13, #CPU_ID]
	cmp	w16, \cpus
	b.hs	.L\name\()_unavailable
	.if	\by != CPU_ID
	ldr	w16, [x13, #\by]
	cmp	w16, \cpus
	b.hs	.L\name\()_unavailable
	.endif
	.endm

	.macro	HERE register		/* becomes where the offset in x1 lies in the region of the index in x16; it may be x16. Changes x12 */
	add	x12, x12, x1
	add	\register, x12, x16, lsl #SEQUENCE_SHIFT
	.endm

	.macro	COMMITTED name
.L\name\()_committed:
	mov	x0, #0
	RETURN
	.endm

	.macro	ANSWER name, label, status
.L\name\()_\label:
	mov	x0, #\status
	b	.L\name\()_answer
	.endm

	.macro	ABORT name
	.inst	0xd428bc00		/* the signature */
.L\name\()_abort:
	ADDRESS	x15, rseq_sequences_aborts
	mov	w14, #64
.L\name\()_count:
	ldxr	x16, [x15]
	add	x16, x16, #1
	stxr	w17, x16, [x15]
	cbz	w17, .L\name\()_counted
	subs	w14, w14, #1
	b.ne	.L\name\()_count
.L\name\()_counted:
	mov	x0, #SEQUENCE_RESTARTED
	.endm

	.macro	END name		/* what every sequence may answer */
	ANSWER	\name, unavailable, SEQUENCE_UNAVAILABLE
	ABORT	\name
.L\name\()_answer:
	orr	x0, x0, #0x8000000000000000	/* a status: SEQUENCE_STATUS + its number */
	RETURN
	END_FUNCTION \name
	.endm

/* ---- the sequences ----------------------------------------------------------------------------------------------------------------- */

/*
 * add(x1 offset, x2 delta, x3 area, x4 cpus) -> COMMITTED
 *
 * In the section: the read of the area, the check, the address, the cell and the sum; then the commit, one store.
 */
	.macro	ADD_SEQUENCE name, by
	SEQUENCE \name
	BEGIN	\name, \by, x3, w4
	HERE	x16
	ldr	x15, [x16]
	add	x15, x15, x2
	str	x15, [x16]			/* commit */
	COMMITTED \name
	END	\name
	.endm

	ADD_SEQUENCE add, CPU_ID
	ADD_SEQUENCE add_by_id, MM_CID

/*
 * add_double(x1 offset, x2 delta, x3 area, x4 cpus) -> COMMITTED
 *
 * In the section: the read of the area, the check, the address, 'closed', the cell and the sum; then the commit, one store.
 */
	.macro	ADD_DOUBLE_SEQUENCE name, by
	SEQUENCE \name
	BEGIN	\name, \by, x3, w4
	HERE	x16				/* the cell */
	add	x15, x16, #CLOSABLE_CLOSED
	ldar	x15, [x15]			/* before the cell: who opens again wrote that first */
	cbnz	x15, .L\name\()_closed
	fmov	d0, x2
	ldr	d1, [x16]
	fadd	d0, d0, d1
	str	d0, [x16]			/* commit: CLOSABLE_CELL is 0 */
	COMMITTED \name
	ANSWER	\name, closed, SEQUENCE_CLOSED
	END	\name
	.endm

	ADD_DOUBLE_SEQUENCE add_double, CPU_ID
	ADD_DOUBLE_SEQUENCE add_double_by_id, MM_CID

/*
 * max(x1 offset, x2 value, x3 area, x4 cpus) -> COMMITTED
 *
 * In the section: the read of the area, the check, the address, 'closed', the comparison; then the commit, one store, where the value is above the
 * cell's.
 */
	.macro	MAX_SEQUENCE name, by
	SEQUENCE \name
	BEGIN	\name, \by, x3, w4
	HERE	x16				/* the cell */
	add	x15, x16, #CLOSABLE_CLOSED
	ldar	x15, [x15]			/* before the cell: who opens again wrote that first */
	cbnz	x15, .L\name\()_closed
	ldr	x15, [x16]
	cmp	x15, x2
	b.hs	.L\name\()_committed
	str	x2, [x16]			/* commit: CLOSABLE_CELL is 0 */
	COMMITTED \name
	ANSWER	\name, closed, SEQUENCE_CLOSED
	END	\name
	.endm

	MAX_SEQUENCE max, CPU_ID
	MAX_SEQUENCE max_by_id, MM_CID

/*
 * count(x1 offset, x2 delta, x3 area, x4 cpus) -> COMMITTED
 *
 * In the section: the read of the area, the check, the closed word of the shared region, the cell and the sum; then the commit, one store. The closed
 * word is loaded with acquire order: what a thread reads after the commit is not older than that look. The commit is plain: who sums the cells has closed
 * and fenced before.
 */
	.macro	COUNT_SEQUENCE name, by
	SEQUENCE \name
	BEGIN	\name, \by, x3, w4
	add	x12, x12, x1
	uxtw	x4, w4
	add	x15, x12, x4, lsl #SEQUENCE_SHIFT	/* in the shared region */
	add	x15, x15, #COUNT_CLOSED
	ldar	x15, [x15]
	cbnz	x15, .L\name\()_closed
	add	x16, x12, x16, lsl #SEQUENCE_SHIFT
	ldr	x15, [x16]
	add	x15, x15, x2
	str	x15, [x16]			/* commit */
	COMMITTED \name
	ANSWER	\name, closed, SEQUENCE_CLOSED
	END	\name
	.endm

	COUNT_SEQUENCE count, CPU_ID
	COUNT_SEQUENCE count_by_id, MM_CID

/*
 * push(x1 offset, x2 capacity, x3 value, x4 area, x5 cpus) -> COMMITTED
 *
 * In the section: the read of the area, the check, 'closed', the count, and a store of the value above the top, where nobody looks; then
 * the commit, the store of the count. An abort before it leaves at most a value above the top. A count that is not one of this stack
 * (memory was overwritten) is compared unsigned, and is FULL.
 */
	.macro	PUSH_SEQUENCE name, by
	SEQUENCE \name
	BEGIN	\name, \by, x4, w5
	HERE	x16				/* the stack */
	add	x15, x16, #STACK_CLOSED
	ldar	x15, [x15]			/* before the count: who opens again wrote that first */
	cbnz	x15, .L\name\()_closed
	ldr	x17, [x16, #STACK_COUNT]
	cmp	x17, x2
	b.hs	.L\name\()_full
	add	x15, x16, x17, lsl #3
	str	x3, [x15, #STACK_VALUES]
	add	x17, x17, #1
	stlr	x17, [x16]			/* commit: STACK_COUNT is 0 */
	COMMITTED \name
	ANSWER	\name, full, SEQUENCE_FULL
	ANSWER	\name, closed, SEQUENCE_CLOSED
	END	\name
	.endm

	PUSH_SEQUENCE push, CPU_ID
	PUSH_SEQUENCE push_by_id, MM_CID

/*
 * pop(x1 offset, x2 capacity, x3 area, x4 cpus) -> the value
 *
 * In the section: the read of the area, the check, 'closed', the count, the value; then the commit, the store of the count. Count - 1 is compared
 * unsigned: none, and a count that is not one of this stack, are EMPTY.
 */
	.macro	POP_SEQUENCE name, by
	SEQUENCE \name
	BEGIN	\name, \by, x3, w4
	HERE	x16				/* the stack */
	add	x15, x16, #STACK_CLOSED
	ldar	x15, [x15]			/* before the count: who opens again wrote that first */
	cbnz	x15, .L\name\()_closed
	ldr	x17, [x16, #STACK_COUNT]
	sub	x17, x17, #1
	cmp	x17, x2
	b.hs	.L\name\()_empty
	add	x15, x16, x17, lsl #3
	ldr	x0, [x15, #STACK_VALUES]
	str	x17, [x16, #STACK_COUNT]	/* commit */
.L\name\()_committed:
	RETURN
	ANSWER	\name, empty, SEQUENCE_EMPTY
	ANSWER	\name, closed, SEQUENCE_CLOSED
	END	\name
	.endm

	POP_SEQUENCE pop, CPU_ID
	POP_SEQUENCE pop_by_id, MM_CID

/*
 * take(x1 offset, x2 count, x3 area, x4 cpus) -> (index << 32) | place
 *
 * In the section: the read of the area, the check, 'closed', the first eight places, one by one, then the others by eights; then the commit, the
 * store of one byte. That place is not empty, so nobody but a taker on this CPU may write it; the others of the eight may be filled meanwhile,
 * from any CPU, which the store of one byte leaves alone. One by one first, because eight can't be loaded before a byte that was stored just now
 * has left the store buffer.
 */
	.macro	TAKE_SEQUENCE name, by
	SEQUENCE \name
	BEGIN	\name, \by, x3, w4
	HERE	x11				/* the row */
	add	x15, x11, #ROW_CLOSED
	ldar	x15, [x15]			/* before the places: who opens again wrote those first */
	cbnz	x15, .L\name\()_closed
	add	x11, x11, #ROW_PLACES
	mov	x0, #0
.L\name\()_look:
	ldrb	w15, [x11, x0]
	cbnz	w15, .L\name\()_here
	add	x0, x0, #1
	cmp	x0, #8
	b.lo	.L\name\()_look
.L\name\()_look_on:
	cmp	x0, x2
	b.hs	.L\name\()_empty
	ldr	x15, [x11, x0]
	add	x0, x0, #8
	cbz	x15, .L\name\()_look_on
	rbit	x15, x15
	clz	x15, x15
	sub	x0, x0, #8
	add	x0, x0, x15, lsr #3
.L\name\()_here:
	strb	wzr, [x11, x0]			/* commit */
.L\name\()_committed:
	orr	x0, x0, x16, lsl #32
	RETURN
	ANSWER	\name, empty, SEQUENCE_EMPTY
	ANSWER	\name, closed, SEQUENCE_CLOSED
	END	\name
	.endm

	TAKE_SEQUENCE take, CPU_ID
	TAKE_SEQUENCE take_by_id, MM_CID

/*
 * push_batch(x1 offset, x2 capacity, x3 shared, x4 count, x5 area, x6 cpus) -> how many
 *
 * In the section: the read of the area, the check, 'closed', the count, and copies above the top, where nobody looks; then the commit, the store
 * of the count. An abort before it leaves at most values above the top.
 */
	.macro	PUSH_BATCH_SEQUENCE name, by
	SEQUENCE \name
	BEGIN	\name, \by, x5, w6
	add	x3, x3, x12
	add	x3, x3, x6, lsl #SEQUENCE_SHIFT	/* in the shared region */
	HERE	x16				/* the stack */
	add	x15, x16, #STACK_CLOSED
	ldar	x15, [x15]			/* before the count: who opens again wrote that first */
	cbnz	x15, .L\name\()_closed
	ldr	x17, [x16, #STACK_COUNT]
	subs	x0, x2, x17			/* room */
	b.ls	.L\name\()_nothing
	cmp	x4, #0
	b.le	.L\name\()_nothing
	cmp	x0, x4
	csel	x0, x0, x4, lo			/* how many: at least 1 */
	add	x6, x16, x17, lsl #3
	add	x6, x6, #STACK_VALUES
	mov	x7, #0
.L\name\()_copy:
	ldr	x15, [x3, x7, lsl #3]
	str	x15, [x6, x7, lsl #3]
	add	x7, x7, #1
	cmp	x7, x0
	b.lo	.L\name\()_copy
	add	x17, x17, x0
	stlr	x17, [x16]			/* commit: STACK_COUNT is 0 */
.L\name\()_committed:
	RETURN
.L\name\()_nothing:
	mov	x0, #0
	RETURN
	ANSWER	\name, closed, SEQUENCE_CLOSED
	END	\name
	.endm

	PUSH_BATCH_SEQUENCE push_batch, CPU_ID
	PUSH_BATCH_SEQUENCE push_batch_by_id, MM_CID

/*
 * pop_batch(x1 offset, x2 capacity, x3 shared, x4 count, x5 area, x6 cpus) -> how many
 *
 * In the section: the read of the area, the check, 'closed', the count, and copies of the top values to the shared region, whose part from
 * 'shared' on is the caller's alone; then the commit, the store of the count. An abort before it leaves the stack as it was, and in the shared
 * region values that do not count.
 */
	.macro	POP_BATCH_SEQUENCE name, by
	SEQUENCE \name
	BEGIN	\name, \by, x5, w6
	add	x3, x3, x12
	add	x3, x3, x6, lsl #SEQUENCE_SHIFT	/* in the shared region */
	HERE	x16				/* the stack */
	add	x15, x16, #STACK_CLOSED
	ldar	x15, [x15]			/* before the count: who opens again wrote that first */
	cbnz	x15, .L\name\()_closed
	ldr	x17, [x16, #STACK_COUNT]
	cmp	x17, x2
	b.hi	.L\name\()_nothing		/* not a count of this stack */
	cmp	x4, #0
	b.le	.L\name\()_nothing
	cmp	x17, x4
	csel	x0, x17, x4, lo			/* how many */
	cbz	x0, .L\name\()_nothing
	sub	x17, x17, x0
	add	x6, x16, x17, lsl #3
	add	x6, x6, #STACK_VALUES
	mov	x7, #0
.L\name\()_copy:
	ldr	x15, [x6, x7, lsl #3]
	str	x15, [x3, x7, lsl #3]
	add	x7, x7, #1
	cmp	x7, x0
	b.lo	.L\name\()_copy
	str	x17, [x16, #STACK_COUNT]	/* commit */
.L\name\()_committed:
	RETURN
.L\name\()_nothing:
	mov	x0, #0
	RETURN
	ANSWER	\name, closed, SEQUENCE_CLOSED
	END	\name
	.endm

	POP_BATCH_SEQUENCE pop_batch, CPU_ID
	POP_BATCH_SEQUENCE pop_batch_by_id, MM_CID

/*
 * reserve(x1 offset, x2 capacity, x3 length, x4 area, x5 cpus) -> the header's address
 *
 * In the section: the read of the area, the check, tail and head, and headers between tail and head + capacity, where no reader looks and
 * no writer copies; then the commit, the store of the tail. An abort before it leaves at most headers beyond the tail. The head is loaded
 * with acquire order, because the reader gave those bytes back; the tail is stored with release order, because who sees it must see the
 * headers.
 */
	.macro	RESERVE_SEQUENCE name, by
	SEQUENCE \name
	BEGIN	\name, \by, x4, w5
	HERE	x5				/* the buffer */
	add	x4, x3, #15
	and	x4, x4, #0xfffffffffffffff8	/* header and payload, in whole words */
	cmp	x4, x2
	b.hi	.L\name\()_full
	ldr	x6, [x5, #BUFFER_TAIL]
	add	x7, x5, #BUFFER_HEAD
	ldar	x7, [x7]
	add	x7, x7, x2			/* how far the tail may come */
	add	x17, x5, #BUFFER_DATA
	sub	x8, x2, #1
	and	x8, x8, x6			/* the position */
	sub	x15, x2, x8			/* bytes up to the end of the data */
	add	x6, x6, x4			/* the tail behind the record */
	cmp	x15, x4
	b.hs	.L\name\()_fits
	add	x6, x6, x15
	cmp	x6, x7
	b.hi	.L\name\()_full
	sub	x15, x15, #8
	orr	x15, x15, #0x100000000		/* a padding record: its length, and kind 1 in the upper half */
	str	x15, [x17, x8]
	mov	x8, #0
.L\name\()_fits:
	cmp	x6, x7
	b.hi	.L\name\()_full
	neg	w3, w3				/* the header: -length, and the upper half, the kind, is 0 */
	orr	w3, w3, #0x80000000		/* changes nothing but 0, which would say "complete" */
	str	x3, [x17, x8]
	stlr	x6, [x5]			/* commit: BUFFER_TAIL is 0 */
.L\name\()_committed:
	add	x0, x17, x8
	RETURN
	ANSWER	\name, full, SEQUENCE_FULL
	END	\name
	.endm

	RESERVE_SEQUENCE reserve, CPU_ID
	RESERVE_SEQUENCE reserve_by_id, MM_CID

/*
 * tally(x1 offset, x2 buckets, x3 bucket, x4 value, x5 area, x6 cpus) -> COMMITTED
 *
 * In the section: the read of the area, the check, 'closed', the count, by it the state in force; the last value's bucket gets its number, the same
 * each time that this is begun anew; then the other state, where nobody looks; then the commit, the store of the count, which swaps the two. An abort
 * before it leaves at most a state that is not in force.
 */
	.macro	TALLY_SEQUENCE name, by
	SEQUENCE \name
	BEGIN	\name, \by, x5, w6
	HERE	x16				/* the tally */
	ldar	x15, [x16]			/* TALLY_CLOSED is 0; before the count: who opens again wrote that first */
	cbnz	x15, .L\name\()_closed
	ldr	x17, [x16, #TALLY_COUNT]
	add	x11, x16, #TALLY_STATES
	ubfiz	x14, x17, #6, #1		/* TALLY_STATE * (count & 1) */
	eor	x12, x14, #TALLY_STATE
	add	x14, x11, x14			/* the state in force */
	add	x12, x11, x12			/* the other */
	add	x11, x16, #TALLY_BUCKETS
	ldr	x15, [x14, #STATE_BUCKET]
	cmp	x15, x2
	b.hs	.L\name\()_unavailable
	ldr	x13, [x14, #STATE_TIMES]
	str	x13, [x11, x15, lsl #3]
	ldr	x13, [x11, x3, lsl #3]
	add	x13, x13, #1
	str	x3, [x12, #STATE_BUCKET]
	str	x13, [x12, #STATE_TIMES]
	fmov	d0, x4
	ldr	d1, [x14, #STATE_SUM]
	fadd	d1, d1, d0
	str	d1, [x12, #STATE_SUM]
	fmov	d1, d0
	cbz	x17, .L\name\()_first		/* the lowest and the highest of none are no values */
	ldr	d1, [x14, #STATE_MIN]
	fmin	d1, d1, d0
	ldr	d2, [x14, #STATE_MAX]
	fmax	d0, d2, d0
.L\name\()_first:
	str	d1, [x12, #STATE_MIN]
	str	d0, [x12, #STATE_MAX]
	add	x17, x17, #1
	add	x15, x16, #TALLY_COUNT
	stlr	x17, [x15]			/* commit */
	COMMITTED \name
	ANSWER	\name, closed, SEQUENCE_CLOSED
	END	\name
	.endm

	TALLY_SEQUENCE tally, CPU_ID
	TALLY_SEQUENCE tally_by_id, MM_CID

/*
 * append(x1 offset, x2 capacity, x3 length, x4 source, x5 from) -> COMMITTED
 *
 * In the section: the read of the area, the check, tail and head, then header and bytes, between tail and head + capacity, where no reader
 * looks and no writer copies; then the commit, the store of the tail, with release order, because who sees it must see the record. The head
 * is loaded with acquire order, because the reader gave those bytes back. Bytes go by 32, 16, 8 or 4 at a time from the first on, and as
 * many once more up to the last, over each other in the middle.
 */
	SEQUENCE append
	add	x4, x4, x5			/* the bytes */
	ADDRESS	x9, rseq_sequences_cpus
	ldar	w10, [x9]			/* 0, or the area is there, too */
	ADDRESS	x9, rseq_sequences_area
	ldr	x9, [x9]
	BEGIN	append, CPU_ID, x9, w10
	HERE	x5				/* the buffer */
	add	x0, x3, #15
	and	x0, x0, #0xfffffffffffffff8	/* header and payload, in whole words */
	ldr	x6, [x5, #BUFFER_TAIL]
	add	x7, x5, #BUFFER_HEAD
	ldar	x7, [x7]
	add	x12, x6, x0			/* the tail behind the record */
	sub	x7, x12, x7
	cmp	x7, x2
	b.hi	.Lappend_full
	sub	x8, x2, #1
	and	x8, x8, x6			/* the position */
	add	x7, x8, x0
	cmp	x7, x2
	b.hi	.Lappend_unavailable
	add	x17, x5, x8
	add	x17, x17, #BUFFER_DATA
	str	x3, [x17], #8			/* the header: the length, kind 0 */
	add	x6, x4, x3			/* the ends, of what is read and of what is written */
	add	x7, x17, x3
	cmp	x3, #32
	b.hs	.Lappend_32
	tbz	w3, #4, .Lappend_8
	ldr	q0, [x4]
	ldr	q1, [x6, #-16]
	str	q0, [x17]
	str	q1, [x7, #-16]
	b	.Lappend_commit
.Lappend_8:
	tbz	w3, #3, .Lappend_4
	ldr	x8, [x4]
	ldr	x15, [x6, #-8]
	str	x8, [x17]
	str	x15, [x7, #-8]
	b	.Lappend_commit
.Lappend_4:
	tbz	w3, #2, .Lappend_1
	ldr	w8, [x4]
	ldr	w15, [x6, #-4]
	str	w8, [x17]
	str	w15, [x7, #-4]
	b	.Lappend_commit
.Lappend_1:
	cbz	w3, .Lappend_commit
	lsr	w16, w3, #1			/* the second of two and three */
	ldrb	w8, [x4]
	ldrb	w15, [x4, x16]
	ldrb	w9, [x6, #-1]
	strb	w8, [x17]
	strb	w15, [x17, x16]
	strb	w9, [x7, #-1]
	b	.Lappend_commit
.Lappend_32:
	sub	x8, x3, #32
	mov	x16, #0
	cbz	x8, .Lappend_last
.Lappend_next:
	add	x15, x4, x16
	ldp	q0, q1, [x15]
	add	x15, x17, x16
	stp	q0, q1, [x15]
	add	x16, x16, #32
	cmp	x16, x8
	b.lo	.Lappend_next
.Lappend_last:
	ldp	q0, q1, [x6, #-32]
	stp	q0, q1, [x7, #-32]
.Lappend_commit:
	stlr	x12, [x5]			/* commit: BUFFER_TAIL is 0 */
	COMMITTED append
	ANSWER	append, full, SEQUENCE_FULL
	END	append

/*
 * watch(x1 word, x2 looks, x3 area) -> COMMITTED
 *
 * In the section: looks, and no commit.
 */
	SEQUENCE watch
	ARM	watch, x3
	ldr	x9, [x1]
	cbnz	x9, .Lwatch_elsewhere
.Lwatch_next:
	ldr	x9, [x1]
	cbnz	x9, .Lwatch_seen
	subs	x2, x2, #1
	b.ne	.Lwatch_next
	COMMITTED watch
	ANSWER	watch, elsewhere, SEQUENCE_ELSEWHERE
	ANSWER	watch, seen, SEQUENCE_SEEN
	END	watch

/* ---- no sequences ------------------------------------------------------------------------------------------------------------------ */

/* probe(x1 a, x2 b, x3 c, x4 d, x5 e, x6 f) -> a + 2b + 4c + 8d + 16e + 32f */
	FUNCTION probe
	add	x0, x5, x6, lsl #1
	add	x0, x4, x0, lsl #1
	add	x0, x3, x0, lsl #1
	add	x0, x2, x0, lsl #1
	add	x0, x1, x0, lsl #1
	ret
	END_FUNCTION probe

/* enter(x0 sequence, x1 a, x2 b, x3 c, x4 d, x5 e, x6 f): C's first argument is the function, and the others lie where it has them. */
	FUNCTION enter
	br	x0
	END_FUNCTION enter

#ifdef __ARM_FEATURE_BTI_DEFAULT /* the note that says that this file has its branch targets: without it the linker drops it from the library */
	.section .note.gnu.property, "a", %note
	.p2align 3
	.word	4, 16, 5			/* bytes of the name, bytes of what follows it, NT_GNU_PROPERTY_TYPE_0 */
	.asciz	"GNU"
	.word	0xc0000000, 4, 1, 0		/* GNU_PROPERTY_AARCH64_FEATURE_1_AND: BTI */
#endif

	.section .note.GNU-stack, "", %progbits
