/*
 * ops_aarch64.S: the restartable sequences, aarch64. What each takes and answers: ops.h.
 *
 * How to read one. Its critical section lies between the labels _start and _committed; its descriptor (struct rseq_cs) names it. The store
 * of the descriptor's address to the area's rseq_cs arms it, and is the last instruction before _start. The instruction before _committed
 * is the commit, and the only one in the section that changes what others rely on. If the thread is preempted, migrated or gets a signal
 * with its program counter in the section (kernel/rseq.c, rseq_ip_fixup()), the kernel clears rseq_cs and continues it at _abort with all
 * other registers as they were. So a section never changes the registers that a restart needs; those are listed at each.
 *
 * In front of _abort stand the four bytes that rseq(2) was given as signature: brk #0x45e0. A jump there traps; nothing falls into it.
 *
 * An abort is counted by a pair of exclusives. Under a debugger that steps, and perhaps under contention, its store fails; each try takes
 * one of the restarts, so that this cannot go on for ever where nothing else bounds it.
 *
 * rseq_cs must not outlive the code it names: the library is opened RTLD_NODELETE, because a section leaves rseq_cs standing, for the
 * kernel to clear when it next looks.
 *
 * Order. Threads that follow each other on a CPU are ordered by the switch between them; who looks from elsewhere loads with acquire order,
 * so what publishes is committed by a store with release order.
 *
 * RSEQ_OPS_BROKEN leaves the store that arms a section out. Interrupted anywhere, the thread then goes on after the point where it was, to
 * the commit, with what it had read. For tests that show that they would notice.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ops.h"

#ifdef __ARM_FEATURE_BTI_DEFAULT
#define BRANCH_TARGET hint #34 /* bti c, where the C compiler gives it to its own functions */
#else
#define BRANCH_TARGET
#endif

#define STATE_AREA 8 /* from rseq_ops_cpus; the base follows, and both come by one ldp */

/* ---- what all sequences have alike ----------------------------------------------------------------------------------------------------- */

	.macro	DESCRIPTOR name		/* struct rseq_cs: version 0, flags 0, start, length up to the end of the commit, abort */
.L\name\()_descriptor:
	.word	0, 0
	.quad	.L\name\()_start, .L\name\()_committed - .L\name\()_start, .L\name\()_abort
	.endm

	.macro	SEQUENCE name, label	/* x0 becomes base + offset; sets w10 (cpus), x13 (the area). Changes x9, x11, x12 */
	.p2align 6
	.globl	rseq_ops_\name
	.protected	rseq_ops_\name	/* ops.h says why it is not hidden */
	.type	rseq_ops_\name, %function
rseq_ops_\name:
	.cfi_startproc
	BRANCH_TARGET
	adrp	x9, rseq_ops_cpus
	add	x9, x9, :lo12:rseq_ops_cpus
	ldar	w10, [x9]		/* first: not 0 says that the other two are there */
	cbz	w10, .L\label\()_unavailable
	ldp	x11, x12, [x9, #STATE_AREA]
	mrs	x13, tpidr_el0
	add	x13, x13, x11
	add	x0, x0, x12
	.endm

	.macro	ARM name		/* x13: the area. Changes x15 */
	adrp	x15, .L\name\()_descriptor
	add	x15, x15, :lo12:.L\name\()_descriptor
#ifndef RSEQ_OPS_BROKEN
	str	x15, [x13, #8]
#endif
.L\name\()_start:
	.endm

	.macro	ABORT name		/* w14: restarts left. Falls through when there is none, with the status in x0 */
	.inst	0xd428bc00		/* the signature */
.L\name\()_abort:
	subs	w14, w14, #1		/* first: whatever fails below, this ends */
	b.mi	.L\name\()_stopped
	adrp	x15, rseq_ops_aborts
	add	x15, x15, :lo12:rseq_ops_aborts
	ldxr	x16, [x15]
	add	x16, x16, #1
	stxr	w17, x16, [x15]
	cbnz	w17, .L\name\()_abort
	b	.L\name\()_begin
.L\name\()_stopped:
	mov	x0, #RSEQ_OPS_STOPPED
	.endm

	.macro	END name
	.cfi_endproc
	.size	rseq_ops_\name, . - rseq_ops_\name
	.endm

/* ---- state: one line that every sequence reads; aborts have a line of their own, so that counting one disturbs no reader. ------------ */

	.bss
	.globl	rseq_ops_area, rseq_ops_base, rseq_ops_cpus, rseq_ops_aborts
	.hidden	rseq_ops_area, rseq_ops_base, rseq_ops_cpus, rseq_ops_aborts
	.p2align 7
	.type	rseq_ops_cpus, %object
	.size	rseq_ops_cpus, 4
rseq_ops_cpus:
	.zero	8
	.type	rseq_ops_area, %object
	.size	rseq_ops_area, 8
rseq_ops_area:
	.zero	8
	.type	rseq_ops_base, %object
	.size	rseq_ops_base, 8
rseq_ops_base:
	.zero	8
	.p2align 7
	.type	rseq_ops_aborts, %object
	.size	rseq_ops_aborts, 8
rseq_ops_aborts:
	.zero	8
	.p2align 7

/* ---- descriptors, 32 bytes each, aligned so ------------------------------------------------------------------------------------------ */

	.section .data.rel.ro, "aw", %progbits
	.p2align 5
	DESCRIPTOR add
	DESCRIPTOR cas
	DESCRIPTOR push
	DESCRIPTOR pop
	DESCRIPTOR take
	DESCRIPTOR push_batch
	DESCRIPTOR pop_batch
	DESCRIPTOR reserve
	DESCRIPTOR append
	DESCRIPTOR watch

	.text

/*
 * rseq_ops_add(x0 offset, x1 delta, x2 field) -> status
 *
 * For a restart: x0 (base + offset), x1, x2, w10 (cpus), x13 (area), w14 (restarts left).
 * In the section: the reads of the area, the checks, the address, the cell and the sum; then the commit, one store. An abort before it:
 * nothing was written.
 */
	SEQUENCE add, add
	mov	w14, #RSEQ_OPS_RESTARTS
.Ladd_begin:
	ARM add
	ldr	w15, [x13, #4]			/* cpu_id; negative, hence large, where the thread is not registered */
	ldr	w16, [x13, x2]
	cmp	w15, w10
	b.hs	.Ladd_unavailable
	cmp	w16, w10
	b.hs	.Ladd_unavailable
	add	x16, x0, x16, lsl #RSEQ_OPS_SHIFT
	ldr	x15, [x16]
	add	x15, x15, x1
	str	x15, [x16]			/* commit */
.Ladd_committed:
	mov	x0, #RSEQ_OPS_COMMITTED
	ret
.Ladd_unavailable:
	mov	x0, #RSEQ_OPS_UNAVAILABLE
	ret
	ABORT add
	ret
	END add

/*
 * rseq_ops_compare_and_store(x0 offset, x1 index, x2 expected, x3 value, x4 field) -> status
 *
 * For a restart: x0 (base + offset), x1, x2, x3, x4, w10 (cpus), x13 (area), w14 (restarts left).
 * In the section: the reads of the area, the checks, the comparison of index and cell; then the commit, one store. An abort before it:
 * nothing was written.
 */
	SEQUENCE compare_and_store, cas
	mov	w14, #RSEQ_OPS_RESTARTS
.Lcas_begin:
	ARM cas
	ldr	w15, [x13, #4]			/* cpu_id; negative, hence large, where the thread is not registered */
	ldr	w16, [x13, x4]
	cmp	w15, w10
	b.hs	.Lcas_unavailable
	cmp	w16, w10
	b.hs	.Lcas_unavailable
	cmp	x16, x1				/* the upper half of x16 is 0: an index that is no index is elsewhere */
	b.ne	.Lcas_elsewhere
	add	x16, x0, x16, lsl #RSEQ_OPS_SHIFT
	ldr	x15, [x16]
	cmp	x15, x2
	b.ne	.Lcas_elsewhere
	stlr	x3, [x16]			/* commit */
.Lcas_committed:
	mov	x0, #RSEQ_OPS_COMMITTED
	ret
.Lcas_elsewhere:
	mov	x0, #RSEQ_OPS_ELSEWHERE
	ret
.Lcas_unavailable:
	mov	x0, #RSEQ_OPS_UNAVAILABLE
	ret
	ABORT cas
	ret
	END compare_and_store

/*
 * rseq_ops_push(x0 offset, x1 capacity, x2 value, x3 field) -> status
 *
 * For a restart: x0 (base + offset), x1, x2, x3, w10 (cpus), x13 (area), w14 (restarts left).
 * In the section: the reads of the area, the checks, 'closed', the count, and a store of the value above the top, where nobody looks; then
 * the commit, the store of the count. An abort before it leaves at most a value above the top. A count that is not one of this stack
 * (memory was overwritten) is compared unsigned, and is FULL.
 */
	SEQUENCE push, push
	mov	w14, #RSEQ_OPS_RESTARTS
.Lpush_begin:
	ARM push
	ldr	w15, [x13, #4]			/* cpu_id; negative, hence large, where the thread is not registered */
	ldr	w16, [x13, x3]
	cmp	w15, w10
	b.hs	.Lpush_unavailable
	cmp	w16, w10
	b.hs	.Lpush_unavailable
	add	x16, x0, x16, lsl #RSEQ_OPS_SHIFT	/* the stack */
	add	x15, x16, #RSEQ_OPS_STACK_CLOSED
	ldar	x15, [x15]			/* before the count: who opens again wrote that first */
	cbnz	x15, .Lpush_closed
	ldr	x17, [x16, #RSEQ_OPS_STACK_COUNT]
	cmp	x17, x1
	b.hs	.Lpush_full
	add	x15, x16, x17, lsl #3
	str	x2, [x15, #RSEQ_OPS_STACK_VALUES]
	add	x17, x17, #1
	stlr	x17, [x16]			/* commit: RSEQ_OPS_STACK_COUNT is 0 */
.Lpush_committed:
	mov	x0, #RSEQ_OPS_COMMITTED
	ret
.Lpush_full:
	mov	x0, #RSEQ_OPS_FULL
	ret
.Lpush_closed:
	mov	x0, #RSEQ_OPS_CLOSED
	ret
.Lpush_unavailable:
	mov	x0, #RSEQ_OPS_UNAVAILABLE
	ret
	ABORT push
	ret
	END push

/*
 * rseq_ops_pop(x0 offset, x1 capacity, x2 field) -> the value, or MIN + status
 *
 * For a restart: x0 (base + offset), x1, x2, w10 (cpus), x13 (area), w14 (restarts left).
 * In the section: the reads of the area, the checks, 'closed', the count, the value; then the commit, the store of the count. An abort
 * before it: nothing was written. Count - 1 is compared unsigned: none, and a count that is not one of this stack, are EMPTY.
 */
	SEQUENCE pop, pop
	mov	w14, #RSEQ_OPS_RESTARTS
.Lpop_begin:
	ARM pop
	ldr	w15, [x13, #4]			/* cpu_id; negative, hence large, where the thread is not registered */
	ldr	w16, [x13, x2]
	cmp	w15, w10
	b.hs	.Lpop_unavailable
	cmp	w16, w10
	b.hs	.Lpop_unavailable
	add	x16, x0, x16, lsl #RSEQ_OPS_SHIFT	/* the stack */
	add	x15, x16, #RSEQ_OPS_STACK_CLOSED
	ldar	x15, [x15]			/* before the count: who opens again wrote that first */
	cbnz	x15, .Lpop_closed
	ldr	x17, [x16, #RSEQ_OPS_STACK_COUNT]
	sub	x17, x17, #1
	cmp	x17, x1
	b.hs	.Lpop_empty
	add	x15, x16, x17, lsl #3
	ldr	x15, [x15, #RSEQ_OPS_STACK_VALUES]
	str	x17, [x16, #RSEQ_OPS_STACK_COUNT]	/* commit */
.Lpop_committed:
	mov	x0, x15
	ret
.Lpop_empty:
	mov	x0, #RSEQ_OPS_EMPTY
	b	.Lpop_none
.Lpop_closed:
	mov	x0, #RSEQ_OPS_CLOSED
	b	.Lpop_none
.Lpop_unavailable:
	mov	x0, #RSEQ_OPS_UNAVAILABLE
.Lpop_none:
	orr	x0, x0, #0x8000000000000000	/* MIN + status */
	ret
	ABORT pop
	b	.Lpop_none
	END pop

/*
 * rseq_ops_take(x0 offset, x1 places, x2 field) -> (index << 5) | place, or MIN + status
 *
 * For a restart: x0 (base + offset), x1, x2, w10 (cpus), x13 (area), w14 (restarts left).
 * In the section: the reads of the area, the checks, 'closed', the places, one by one and then by eights; then the commit, the store of one
 * byte. An abort before it: nothing was written. That place is not empty, so nobody but a taker on this CPU may write it; the others of
 * the eight may be filled meanwhile, from any CPU, which the store of one byte leaves alone. One by one first, because eight can't be loaded
 * before a byte that was stored just now has left the store buffer.
 */
	SEQUENCE take, take
	mov	w14, #RSEQ_OPS_RESTARTS
.Ltake_begin:
	ARM take
	ldr	w15, [x13, #4]			/* cpu_id; negative, hence large, where the thread is not registered */
	ldr	w11, [x13, x2]
	cmp	w15, w10
	b.hs	.Ltake_unavailable
	cmp	w11, w10
	b.hs	.Ltake_unavailable
	add	x16, x0, x11, lsl #RSEQ_OPS_SHIFT	/* the shelf */
	add	x15, x16, #RSEQ_OPS_SHELF_CLOSED
	ldar	x15, [x15]			/* before the places: who opens again wrote those first */
	cbnz	x15, .Ltake_closed
	mov	x17, #0
.Ltake_look:
	ldrb	w15, [x16, x17]
	cbnz	w15, .Ltake_here
	add	x17, x17, #1
	cmp	x17, #8
	b.lo	.Ltake_look
.Ltake_look_on:
	cmp	x17, x1
	b.hs	.Ltake_empty
	ldr	x15, [x16, x17]
	add	x17, x17, #8
	cbz	x15, .Ltake_look_on
	rbit	x15, x15
	clz	x15, x15
	sub	x17, x17, #8
	add	x17, x17, x15, lsr #3
.Ltake_here:
	strb	wzr, [x16, x17]			/* commit */
.Ltake_committed:
	orr	x0, x17, x11, lsl #RSEQ_OPS_SHELF_SHIFT
	ret
.Ltake_empty:
	mov	x0, #RSEQ_OPS_EMPTY
	b	.Ltake_none
.Ltake_closed:
	mov	x0, #RSEQ_OPS_CLOSED
	b	.Ltake_none
.Ltake_unavailable:
	mov	x0, #RSEQ_OPS_UNAVAILABLE
.Ltake_none:
	orr	x0, x0, #0x8000000000000000	/* MIN + status */
	ret
	ABORT take
	b	.Ltake_none
	END take

/*
 * rseq_ops_push_batch(x0 offset, x1 capacity, x2 shared, x3 count, x4 field) -> number, or MIN + status
 *
 * For a restart: x0 (base + offset), x1, x2 (base + cpus regions + shared), x3, x4, w10 (cpus), x13 (area), w14 (restarts left).
 * In the section: the reads of the area, the checks, 'closed', the count, and copies above the top, where nobody looks; then the commit,
 * the store of the count. An abort before it leaves at most values above the top; they are copied again.
 */
	SEQUENCE push_batch, push_batch
	add	x12, x12, x10, lsl #RSEQ_OPS_SHIFT
	add	x2, x2, x12			/* base + cpus regions + shared */
	mov	w14, #RSEQ_OPS_RESTARTS
.Lpush_batch_begin:
	ARM push_batch
	ldr	w15, [x13, #4]			/* cpu_id; negative, hence large, where the thread is not registered */
	ldr	w16, [x13, x4]
	cmp	w15, w10
	b.hs	.Lpush_batch_unavailable
	cmp	w16, w10
	b.hs	.Lpush_batch_unavailable
	add	x16, x0, x16, lsl #RSEQ_OPS_SHIFT	/* the stack */
	add	x15, x16, #RSEQ_OPS_STACK_CLOSED
	ldar	x15, [x15]			/* before the count: who opens again wrote that first */
	cbnz	x15, .Lpush_batch_closed
	ldr	x17, [x16, #RSEQ_OPS_STACK_COUNT]
	subs	x5, x1, x17			/* room */
	b.ls	.Lpush_batch_nothing
	cmp	x3, #0
	b.le	.Lpush_batch_nothing
	cmp	x5, x3
	csel	x5, x5, x3, lo			/* how many: at least 1 */
	add	x6, x16, x17, lsl #3
	add	x6, x6, #RSEQ_OPS_STACK_VALUES
	mov	x7, #0
.Lpush_batch_copy:
	ldr	x15, [x2, x7, lsl #3]
	str	x15, [x6, x7, lsl #3]
	add	x7, x7, #1
	cmp	x7, x5
	b.lo	.Lpush_batch_copy
	add	x17, x17, x5
	stlr	x17, [x16]			/* commit: RSEQ_OPS_STACK_COUNT is 0 */
.Lpush_batch_committed:
	mov	x0, x5
	ret
.Lpush_batch_nothing:
	mov	x0, #0
	ret
.Lpush_batch_closed:
	mov	x0, #RSEQ_OPS_CLOSED
	b	.Lpush_batch_none
.Lpush_batch_unavailable:
	mov	x0, #RSEQ_OPS_UNAVAILABLE
.Lpush_batch_none:
	orr	x0, x0, #0x8000000000000000	/* MIN + status */
	ret
	ABORT push_batch
	b	.Lpush_batch_none
	END push_batch

/*
 * rseq_ops_pop_batch(x0 offset, x1 capacity, x2 shared, x3 count, x4 field) -> number, or MIN + status
 *
 * For a restart: x0 (base + offset), x1, x2 (base + cpus regions + shared), x3, x4, w10 (cpus), x13 (area), w14 (restarts left).
 * In the section: the reads of the area, the checks, 'closed', the count, and copies of the top values to the shared region, whose part
 * from 'shared' on is the caller's alone; then the commit, the store of the count. An abort before it leaves the stack as it was, and in
 * the shared region values that do not count; they are copied again, perhaps from another CPU's stack.
 */
	SEQUENCE pop_batch, pop_batch
	add	x12, x12, x10, lsl #RSEQ_OPS_SHIFT
	add	x2, x2, x12			/* base + cpus regions + shared */
	mov	w14, #RSEQ_OPS_RESTARTS
.Lpop_batch_begin:
	ARM pop_batch
	ldr	w15, [x13, #4]			/* cpu_id; negative, hence large, where the thread is not registered */
	ldr	w16, [x13, x4]
	cmp	w15, w10
	b.hs	.Lpop_batch_unavailable
	cmp	w16, w10
	b.hs	.Lpop_batch_unavailable
	add	x16, x0, x16, lsl #RSEQ_OPS_SHIFT	/* the stack */
	add	x15, x16, #RSEQ_OPS_STACK_CLOSED
	ldar	x15, [x15]			/* before the count: who opens again wrote that first */
	cbnz	x15, .Lpop_batch_closed
	ldr	x17, [x16, #RSEQ_OPS_STACK_COUNT]
	cmp	x17, x1
	b.hi	.Lpop_batch_nothing		/* not a count of this stack */
	cmp	x3, #0
	b.le	.Lpop_batch_nothing
	cmp	x17, x3
	csel	x5, x17, x3, lo			/* how many */
	cbz	x5, .Lpop_batch_nothing
	sub	x17, x17, x5
	add	x6, x16, x17, lsl #3
	add	x6, x6, #RSEQ_OPS_STACK_VALUES
	mov	x7, #0
.Lpop_batch_copy:
	ldr	x15, [x6, x7, lsl #3]
	str	x15, [x2, x7, lsl #3]
	add	x7, x7, #1
	cmp	x7, x5
	b.lo	.Lpop_batch_copy
	str	x17, [x16, #RSEQ_OPS_STACK_COUNT]	/* commit */
.Lpop_batch_committed:
	mov	x0, x5
	ret
.Lpop_batch_nothing:
	mov	x0, #0
	ret
.Lpop_batch_closed:
	mov	x0, #RSEQ_OPS_CLOSED
	b	.Lpop_batch_none
.Lpop_batch_unavailable:
	mov	x0, #RSEQ_OPS_UNAVAILABLE
.Lpop_batch_none:
	orr	x0, x0, #0x8000000000000000	/* MIN + status */
	ret
	ABORT pop_batch
	b	.Lpop_batch_none
	END pop_batch

/*
 * rseq_ops_reserve(x0 offset, x1 capacity, x2 length, x3 field) -> the header's address, or MIN + status
 *
 * For a restart: x0 (base + offset), x1, x2 (the header: -length, kind 0), x3, x4 (bytes of the record), w10 (cpus), x13 (area), w14
 * (restarts left).
 * In the section: the reads of the area, the checks, tail and head, and headers between tail and head + capacity, where no reader looks and
 * no writer copies; then the commit, the store of the tail. An abort before it leaves at most headers beyond the tail. The head is loaded
 * with acquire order, because the reader gave those bytes back; the tail is stored with release order, because who sees it must see the
 * headers.
 */
	SEQUENCE reserve, reserve
	add	x4, x2, #15
	and	x4, x4, #0xfffffffffffffff8	/* header and payload, in whole words */
	cmp	x4, x1
	b.hi	.Lreserve_full
	neg	w2, w2				/* and the upper half, the kind, is 0 */
	orr	w2, w2, #0x80000000		/* changes nothing but 0, which would say "complete" */
	mov	w14, #RSEQ_OPS_RESTARTS
.Lreserve_begin:
	ARM reserve
	ldr	w15, [x13, #4]			/* cpu_id; negative, hence large, where the thread is not registered */
	ldr	w16, [x13, x3]
	cmp	w15, w10
	b.hs	.Lreserve_unavailable
	cmp	w16, w10
	b.hs	.Lreserve_unavailable
	add	x5, x0, x16, lsl #RSEQ_OPS_SHIFT	/* the buffer */
	ldr	x6, [x5, #RSEQ_OPS_BUFFER_TAIL]
	add	x7, x5, #RSEQ_OPS_BUFFER_HEAD
	ldar	x7, [x7]
	add	x7, x7, x1			/* how far the tail may come */
	add	x17, x5, #RSEQ_OPS_BUFFER_DATA
	sub	x8, x1, #1
	and	x8, x8, x6			/* the position */
	sub	x15, x1, x8			/* bytes up to the end of the data */
	add	x6, x6, x4
	cmp	x15, x4
	b.hs	.Lreserve_fits
	add	x6, x6, x15
	cmp	x6, x7
	b.hi	.Lreserve_full
	sub	x15, x15, #8
	orr	x15, x15, #0x100000000		/* a padding record: its length, and kind 1 in the upper half */
	str	x15, [x17, x8]
	mov	x8, #0
.Lreserve_fits:
	cmp	x6, x7
	b.hi	.Lreserve_full
	str	x2, [x17, x8]
	stlr	x6, [x5]			/* commit: RSEQ_OPS_BUFFER_TAIL is 0 */
.Lreserve_committed:
	add	x0, x17, x8
	ret
.Lreserve_full:
	mov	x0, #RSEQ_OPS_FULL
	b	.Lreserve_none
.Lreserve_unavailable:
	mov	x0, #RSEQ_OPS_UNAVAILABLE
.Lreserve_none:
	orr	x0, x0, #0x8000000000000000	/* MIN + status */
	ret
	ABORT reserve
	b	.Lreserve_none
	END reserve

/*
 * rseq_ops_append(x0 offset, x1 capacity, x2 length, x3 source, x4 from) -> status: direct.h
 *
 * For a restart: x0 (base + offset), x1, x2, x3 (the bytes), x4 (bytes of the record), w10 (cpus), x13 (area), w14 (restarts left).
 * In the section: the read of the area, the check, tail and head, then header and bytes, between tail and head + capacity, where no reader
 * looks and no writer copies; then the commit, the store of the tail, with release order, because who sees it must see the record. The head
 * is loaded with acquire order, because the reader gave those bytes back. Bytes go by 32, 16, 8 or 4 at a time from the first on, and as
 * many once more up to the last, over each other in the middle.
 */
	SEQUENCE append, append
	add	x3, x3, x4
	add	x4, x2, #15
	and	x4, x4, #0xfffffffffffffff8	/* header and payload, in whole words */
	mov	w14, #RSEQ_OPS_RESTARTS
.Lappend_begin:
	ARM append
	ldr	w16, [x13, #4]			/* cpu_id; negative, hence large, where the thread is not registered */
	cmp	w16, w10
	b.hs	.Lappend_unavailable
	add	x5, x0, x16, lsl #RSEQ_OPS_SHIFT	/* the buffer */
	ldr	x6, [x5, #RSEQ_OPS_BUFFER_TAIL]
	add	x7, x5, #RSEQ_OPS_BUFFER_HEAD
	ldar	x7, [x7]
	add	x12, x6, x4			/* the tail behind the record */
	sub	x7, x12, x7
	cmp	x7, x1
	b.hi	.Lappend_full
	sub	x8, x1, #1
	and	x8, x8, x6			/* the position */
	add	x7, x8, x4
	cmp	x7, x1
	b.hi	.Lappend_unavailable
	add	x17, x5, x8
	add	x17, x17, #RSEQ_OPS_BUFFER_DATA
	str	x2, [x17], #8			/* the header: the length, kind 0 */
	add	x6, x3, x2			/* the ends, of what is read and of what is written */
	add	x7, x17, x2
	cmp	x2, #32
	b.hs	.Lappend_32
	tbz	w2, #4, .Lappend_8
	ldr	q0, [x3]
	ldr	q1, [x6, #-16]
	str	q0, [x17]
	str	q1, [x7, #-16]
	b	.Lappend_commit
.Lappend_8:
	tbz	w2, #3, .Lappend_4
	ldr	x8, [x3]
	ldr	x15, [x6, #-8]
	str	x8, [x17]
	str	x15, [x7, #-8]
	b	.Lappend_commit
.Lappend_4:
	tbz	w2, #2, .Lappend_1
	ldr	w8, [x3]
	ldr	w15, [x6, #-4]
	str	w8, [x17]
	str	w15, [x7, #-4]
	b	.Lappend_commit
.Lappend_1:
	cbz	w2, .Lappend_commit
	lsr	w16, w2, #1			/* the second of two and three */
	ldrb	w8, [x3]
	ldrb	w15, [x3, x16]
	ldrb	w9, [x6, #-1]
	strb	w8, [x17]
	strb	w15, [x17, x16]
	strb	w9, [x7, #-1]
	b	.Lappend_commit
.Lappend_32:
	sub	x8, x2, #32
	mov	x16, #0
	cbz	x8, .Lappend_last
.Lappend_next:
	add	x15, x3, x16
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
	stlr	x12, [x5]			/* commit: RSEQ_OPS_BUFFER_TAIL is 0 */
.Lappend_committed:
	mov	x0, #RSEQ_OPS_COMMITTED
	ret
.Lappend_full:
	mov	x0, #RSEQ_OPS_FULL
	ret
.Lappend_unavailable:
	mov	x0, #RSEQ_OPS_UNAVAILABLE
	ret
	ABORT append
	ret
	END append

/*
 * rseq_ops_watch(x0 word, x1 looks, x2 area) -> status
 *
 * In the section: looks, and no commit. An abort is an answer: there is no restart.
 */
	.p2align 6
	.globl	rseq_ops_watch
	.protected	rseq_ops_watch
	.type	rseq_ops_watch, %function
rseq_ops_watch:
	.cfi_startproc
	BRANCH_TARGET
	mrs	x13, tpidr_el0
	add	x13, x13, x2
	ARM watch
	ldr	x9, [x0]
	cbnz	x9, .Lwatch_elsewhere
.Lwatch_next:
	ldr	x9, [x0]
	cbnz	x9, .Lwatch_seen
	subs	x1, x1, #1
	b.ne	.Lwatch_next
.Lwatch_committed:
	mov	x0, #RSEQ_OPS_COMMITTED
	ret
.Lwatch_elsewhere:
	mov	x0, #RSEQ_OPS_ELSEWHERE
	ret
.Lwatch_seen:
	mov	x0, #RSEQ_OPS_SEEN
	ret
	.inst	0xd428bc00		/* the signature */
.Lwatch_abort:
	mov	x0, #RSEQ_OPS_STOPPED
	ret
	END watch

#include "bti_aarch64.h"

	.section .note.GNU-stack, "", %progbits
