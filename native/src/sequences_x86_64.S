/*
 * sequences_x86_64.S: the restartable sequences, x86-64. What each takes and answers: sequences.h.
 *
 * Calling convention: that of code that HotSpot compiled (assembler_x86.hpp, j_rarg0 .. 5). Integers come in rsi, rdx, rcx, r8, r9, rdi: C's moved
 * on by one, so that a native method's arguments make room for JNIEnv. The answer is in rax. HotSpot keeps r15 (the thread) and r12 (the heap's
 * base) to itself, and may have left something in rbp; these, and rbx, r13 and r14, come back as they were. C comes by rseq_sequence_enter.
 *
 * How to read a sequence. Its critical section lies between the labels _start and _committed; its descriptor (struct rseq_cs) names it. The
 * store of the descriptor's address to the area's rseq_cs, at fs:8(area), arms it, and is the last instruction before _start: a thread that
 * is interrupted before that store has nothing armed and nothing done, after it, it is in the section. The instruction before _committed
 * is the commit, and the only one in the section that changes what others rely on. If the thread is preempted, migrated or gets a signal
 * with its instruction pointer in the section (kernel/rseq.c, rseq_ip_fixup()), the kernel clears rseq_cs and continues it at _abort, which
 * answers RESTARTED: the caller tries again, if it wants to. So all that leads to the commit stands between the two labels. What is behind them may
 * be jumped to, and never back.
 *
 * Each sequence is a macro, because most are made twice: by cpu_id, and by mm_cid, whose name ends in _by_id. Both look at cpu_id: it is negative,
 * hence large, where the thread is not registered, and mm_cid is not.
 *
 * In front of _abort stand the four bytes that rseq(2) was given as signature. They are the operand of a ud1, so that a disassembler stays
 * in step and a jump there traps; nothing falls into it.
 *
 * rseq_cs must not outlive the code it names: the library is opened RTLD_NODELETE, because a section leaves rseq_cs standing, for the
 * kernel to clear when it next looks.
 *
 * The sequences have a frame, as the stubs of the JDK have: without one, a profiler that stops a thread finds no caller, and drops the sample.
 *
 * An abort handler is no target of an indirect branch; the kernel's return to it needs no endbr64. The functions are: the JVM calls
 * them by address. Shadow stacks are at ease: every path is call and ret.
 *
 * Order. Stores are seen in the order of the program, loads are made in it.
 *
 * RSEQ_BROKEN leaves the store that arms a section out. Interrupted anywhere, the thread then goes on after the point where it was,
 * to the commit, with what it had read. For tests that show that they would notice.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sequences.h"

#ifdef __CET__
#include <cet.h> /* the note that says that this file has its endbr64; only where the C compiler gives it to its own files */
#else
#define _CET_ENDBR
#endif

/* ---- state: written once. Aborts have a cache line of their own, so that counting one disturbs no reader. -------------------------------- */

	.macro	STATE name, size
	.globl	rseq_sequences_\name
	.hidden	rseq_sequences_\name
	.type	rseq_sequences_\name, @object
	.size	rseq_sequences_\name, \size
rseq_sequences_\name:
	.zero	8
	.endm

	.bss
	.p2align 6
	STATE	area, 8
	STATE	base, 8
	STATE	cpus, 4
	.p2align 6
	STATE	aborts, 8
	.p2align 6

/* ---- what all sequences have alike ----------------------------------------------------------------------------------------------------- */

	.macro	FUNCTION name
	.text
	.p2align 6
	.globl	rseq_sequence_\name
	.protected	rseq_sequence_\name	/* sequences.h says why it is not hidden */
	.type	rseq_sequence_\name, @function
rseq_sequence_\name:
	.cfi_startproc
	_CET_ENDBR
	.endm

	.macro	END_FUNCTION name
	.cfi_endproc
	.size	rseq_sequence_\name, . - rseq_sequence_\name
	.endm

	.macro	SEQUENCE name		/* struct rseq_cs: version 0, flags 0, start, length up to the end of the commit, abort; then the function */
	.section .data.rel.ro, "aw", @progbits
	.p2align 5
.L\name\()_descriptor:
	.long	0, 0
	.quad	.L\name\()_start, .L\name\()_committed - .L\name\()_start, .L\name\()_abort
	FUNCTION \name
	push	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov	%rsp, %rbp
	.endm

	.macro	RETURN
	.cfi_remember_state
	pop	%rbp
	.cfi_def_cfa_offset 8
	.cfi_restore %rbp
	ret
	.cfi_restore_state
	.endm

	.macro	ARM name, area		/* changes rax */
	lea	.L\name\()_descriptor(%rip), %rax
#ifndef RSEQ_BROKEN
	mov	%rax, %fs:8(\area)
#endif
.L\name\()_start:
	.endm

	.macro	BEGIN name, by, area, cpus, index	/* arms, and loads the index, 32 bits, into a register whose upper half becomes 0. Changes rax */
	ARM	\name, \area
	mov	%fs:CPU_ID(\area), \index
	cmp	\cpus, \index
	jae	.L\name\()_unavailable
	.if	\by != CPU_ID
	mov	%fs:\by(\area), \index
	cmp	\cpus, \index
	jae	.L\name\()_unavailable
	.endif
	.endm

	.macro	ANSWER name, label, status
.L\name\()_\label:
	mov	$\status, %eax
	jmp	.L\name\()_answer
	.endm

	.macro	ABORT name		/* changes flags, as an interrupt must not, and eax */
	.byte	0x0f, 0xb9, 0x3d	/* ud1 signature(%rip), %edi */
	.long	0x53053053
.L\name\()_abort:
	lock incq rseq_sequences_aborts(%rip)
	mov	$SEQUENCE_RESTARTED, %eax
	.endm

	.macro	END name		/* what every sequence may answer */
	ANSWER	\name, unavailable, SEQUENCE_UNAVAILABLE
	ABORT	\name
.L\name\()_answer:
	bts	$63, %rax		/* a status: SEQUENCE_STATUS + its number */
	RETURN
	END_FUNCTION \name
	.endm

/* ---- the sequences ----------------------------------------------------------------------------------------------------------------- */

/*
 * add(rsi offset, rdx delta, rcx area, r8 cpus) -> COMMITTED
 *
 * In the section: the read of the area, the check, the address; then the commit, one add to memory. That is one instruction, and is interrupted
 * before it or after it, never in it.
 */
	.macro	ADD_SEQUENCE name, by
	SEQUENCE \name
	BEGIN	\name, \by, %rcx, %r8d, %eax
	shl	$SEQUENCE_SHIFT, %rax
	add	rseq_sequences_base(%rip), %rax
	add	%rdx, (%rsi,%rax)		/* commit */
.L\name\()_committed:
	xor	%eax, %eax
	RETURN
	END	\name
	.endm

	ADD_SEQUENCE add, CPU_ID
	ADD_SEQUENCE add_by_id, MM_CID

/*
 * add_double(rsi offset, rdx delta, rcx area, r8 cpus) -> COMMITTED
 *
 * In the section: the read of the area, the check, the address, 'closed', the cell and the sum; then the commit, one store.
 */
	.macro	ADD_DOUBLE_SEQUENCE name, by
	SEQUENCE \name
	movq	%rdx, %xmm0
	BEGIN	\name, \by, %rcx, %r8d, %eax
	shl	$SEQUENCE_SHIFT, %rax
	add	rseq_sequences_base(%rip), %rax
	cmpq	$0, CLOSABLE_CLOSED(%rsi,%rax)	/* before the cell: who opens again wrote that first */
	jne	.L\name\()_closed
	addsd	(%rsi,%rax), %xmm0
	movsd	%xmm0, (%rsi,%rax)		/* commit: CLOSABLE_CELL is 0 */
.L\name\()_committed:
	xor	%eax, %eax
	RETURN
	ANSWER	\name, closed, SEQUENCE_CLOSED
	END	\name
	.endm

	ADD_DOUBLE_SEQUENCE add_double, CPU_ID
	ADD_DOUBLE_SEQUENCE add_double_by_id, MM_CID

/*
 * max(rsi offset, rdx value, rcx area, r8 cpus) -> COMMITTED
 *
 * In the section: the read of the area, the check, the address, 'closed', the comparison; then the commit, one store, where the value is above the
 * cell's.
 */
	.macro	MAX_SEQUENCE name, by
	SEQUENCE \name
	BEGIN	\name, \by, %rcx, %r8d, %eax
	shl	$SEQUENCE_SHIFT, %rax
	add	rseq_sequences_base(%rip), %rax
	cmpq	$0, CLOSABLE_CLOSED(%rsi,%rax)	/* before the cell: who opens again wrote that first */
	jne	.L\name\()_closed
	cmp	%rdx, (%rsi,%rax)
	jae	.L\name\()_committed
	mov	%rdx, (%rsi,%rax)		/* commit: CLOSABLE_CELL is 0 */
.L\name\()_committed:
	xor	%eax, %eax
	RETURN
	ANSWER	\name, closed, SEQUENCE_CLOSED
	END	\name
	.endm

	MAX_SEQUENCE max, CPU_ID
	MAX_SEQUENCE max_by_id, MM_CID

/*
 * count(rsi offset, rdx delta, rcx area, r8 cpus) -> COMMITTED
 *
 * In the section: the read of the area, the check, the closed word of the shared region, the address; then the commit, one add to memory. What a thread
 * reads after it is not older than that look: loads are made in order.
 */
	.macro	COUNT_SEQUENCE name, by
	SEQUENCE \name
	BEGIN	\name, \by, %rcx, %r8d, %eax
	add	rseq_sequences_base(%rip), %rsi
	shl	$SEQUENCE_SHIFT, %r8		/* the shared region */
	cmpq	$0, COUNT_CLOSED(%rsi,%r8)
	jne	.L\name\()_closed
	shl	$SEQUENCE_SHIFT, %rax
	add	%rdx, (%rsi,%rax)		/* commit */
.L\name\()_committed:
	xor	%eax, %eax
	RETURN
	ANSWER	\name, closed, SEQUENCE_CLOSED
	END	\name
	.endm

	COUNT_SEQUENCE count, CPU_ID
	COUNT_SEQUENCE count_by_id, MM_CID

/*
 * push(rsi offset, rdx capacity, rcx value, r8 area, r9 cpus) -> COMMITTED
 *
 * In the section: the read of the area, the check, 'closed', the count, and a store of the value above the top, where nobody looks; then the
 * commit, the store of the count. An abort before it leaves at most a value above the top. A count that is not one of this stack (memory was
 * overwritten) is compared unsigned, and is FULL.
 */
	.macro	PUSH_SEQUENCE name, by
	SEQUENCE \name
	BEGIN	\name, \by, %r8, %r9d, %r10d
	shl	$SEQUENCE_SHIFT, %r10
	add	rseq_sequences_base(%rip), %r10
	cmpq	$0, STACK_CLOSED(%rsi,%r10)	/* before the count: who opens again wrote that first */
	jne	.L\name\()_closed
	mov	STACK_COUNT(%rsi,%r10), %rax
	cmp	%rdx, %rax
	jae	.L\name\()_full
	add	%rsi, %r10			/* the stack */
	mov	%rcx, STACK_VALUES(%r10,%rax,8)
	inc	%rax
	mov	%rax, STACK_COUNT(%r10)		/* commit */
.L\name\()_committed:
	xor	%eax, %eax
	RETURN
	ANSWER	\name, full, SEQUENCE_FULL
	ANSWER	\name, closed, SEQUENCE_CLOSED
	END	\name
	.endm

	PUSH_SEQUENCE push, CPU_ID
	PUSH_SEQUENCE push_by_id, MM_CID

/*
 * pop(rsi offset, rdx capacity, rcx area, r8 cpus) -> the value
 *
 * In the section: the read of the area, the check, 'closed', the count, the value; then the commit, the store of the count. Count - 1 is
 * compared unsigned: none, and a count that is not one of this stack, are EMPTY.
 */
	.macro	POP_SEQUENCE name, by
	SEQUENCE \name
	BEGIN	\name, \by, %rcx, %r8d, %r10d
	shl	$SEQUENCE_SHIFT, %r10
	add	rseq_sequences_base(%rip), %r10
	cmpq	$0, STACK_CLOSED(%rsi,%r10)	/* before the count: who opens again wrote that first */
	jne	.L\name\()_closed
	mov	STACK_COUNT(%rsi,%r10), %r8
	dec	%r8
	cmp	%rdx, %r8
	jae	.L\name\()_empty
	add	%rsi, %r10			/* the stack */
	mov	STACK_VALUES(%r10,%r8,8), %rax
	mov	%r8, STACK_COUNT(%r10)		/* commit */
.L\name\()_committed:
	RETURN
	ANSWER	\name, empty, SEQUENCE_EMPTY
	ANSWER	\name, closed, SEQUENCE_CLOSED
	END	\name
	.endm

	POP_SEQUENCE pop, CPU_ID
	POP_SEQUENCE pop_by_id, MM_CID

/*
 * take(rsi offset, rdx count, rcx area, r8 cpus) -> (index << 32) | place
 *
 * In the section: the read of the area, the check, 'closed', the first eight places, one by one, then the others by eights; then the commit, the
 * store of one byte. That place is not empty, so nobody but a taker on this CPU may write it; the others of the eight may be filled meanwhile,
 * from any CPU, which the store of one byte leaves alone. One by one first, because eight can't be loaded before a byte that was stored just now
 * has left the store buffer; and which place it is, is known there by the branches that were taken, so that nothing waits for what was loaded.
 */
	.macro	TAKE_SEQUENCE name, by
	SEQUENCE \name
	BEGIN	\name, \by, %rcx, %r8d, %r11d
	mov	%r11, %r10
	shl	$SEQUENCE_SHIFT, %r10
	add	rseq_sequences_base(%rip), %r10
	add	%rsi, %r10			/* the row */
	cmpq	$0, ROW_CLOSED(%r10)		/* before the places: who opens again wrote those first */
	jne	.L\name\()_closed
	xor	%eax, %eax
.L\name\()_look:
	cmpb	$0, ROW_PLACES(%r10,%rax)
	jne	.L\name\()_here
	inc	%eax
	cmp	$8, %eax
	jb	.L\name\()_look
.L\name\()_look_on:
	cmp	%rdx, %rax
	jae	.L\name\()_empty
	mov	ROW_PLACES(%r10,%rax), %rcx
	add	$8, %rax
	test	%rcx, %rcx
	jz	.L\name\()_look_on
	bsf	%rcx, %rcx
	shr	$3, %ecx
	lea	-8(%rax,%rcx), %rax
.L\name\()_here:
	movb	$0, ROW_PLACES(%r10,%rax)	/* commit */
.L\name\()_committed:
	shl	$32, %r11
	or	%r11, %rax
	RETURN
	ANSWER	\name, empty, SEQUENCE_EMPTY
	ANSWER	\name, closed, SEQUENCE_CLOSED
	END	\name
	.endm

	TAKE_SEQUENCE take, CPU_ID
	TAKE_SEQUENCE take_by_id, MM_CID

/*
 * push_batch(rsi offset, rdx capacity, rcx shared, r8 count, r9 area, rdi cpus) -> how many
 *
 * In the section: the read of the area, the check, 'closed', the count, and copies above the top, where nobody looks; then the commit, the store
 * of the count. An abort before it leaves at most values above the top.
 */
	.macro	PUSH_BATCH_SEQUENCE name, by
	SEQUENCE \name
	BEGIN	\name, \by, %r9, %edi, %r10d
	mov	rseq_sequences_base(%rip), %r11
	shl	$SEQUENCE_SHIFT, %rdi
	add	%r11, %rdi			/* the shared region */
	add	%rcx, %rdi
	shl	$SEQUENCE_SHIFT, %r10
	add	%r11, %r10
	add	%rsi, %r10			/* the stack */
	cmpq	$0, STACK_CLOSED(%r10)		/* before the count: who opens again wrote that first */
	jne	.L\name\()_closed
	mov	STACK_COUNT(%r10), %rax
	sub	%rax, %rdx			/* room */
	jbe	.L\name\()_nothing
	test	%r8, %r8
	jle	.L\name\()_nothing
	cmp	%r8, %rdx
	cmova	%r8, %rdx			/* how many: at least 1 */
	lea	STACK_VALUES(%r10,%rax,8), %rsi
	xor	%ecx, %ecx
.L\name\()_copy:
	mov	(%rdi,%rcx,8), %r9
	mov	%r9, (%rsi,%rcx,8)
	inc	%rcx
	cmp	%rdx, %rcx
	jb	.L\name\()_copy
	add	%rdx, %rax
	mov	%rax, STACK_COUNT(%r10)		/* commit */
.L\name\()_committed:
	mov	%rdx, %rax
	RETURN
.L\name\()_nothing:
	xor	%eax, %eax
	RETURN
	ANSWER	\name, closed, SEQUENCE_CLOSED
	END	\name
	.endm

	PUSH_BATCH_SEQUENCE push_batch, CPU_ID
	PUSH_BATCH_SEQUENCE push_batch_by_id, MM_CID

/*
 * pop_batch(rsi offset, rdx capacity, rcx shared, r8 count, r9 area, rdi cpus) -> how many
 *
 * In the section: the read of the area, the check, 'closed', the count, and copies of the top values to the shared region, whose part from
 * 'shared' on is the caller's alone; then the commit, the store of the count. An abort before it leaves the stack as it was, and in the shared
 * region values that do not count.
 */
	.macro	POP_BATCH_SEQUENCE name, by
	SEQUENCE \name
	BEGIN	\name, \by, %r9, %edi, %r10d
	mov	rseq_sequences_base(%rip), %r11
	shl	$SEQUENCE_SHIFT, %rdi
	add	%r11, %rdi			/* the shared region */
	add	%rcx, %rdi
	shl	$SEQUENCE_SHIFT, %r10
	add	%r11, %r10
	add	%rsi, %r10			/* the stack */
	cmpq	$0, STACK_CLOSED(%r10)		/* before the count: who opens again wrote that first */
	jne	.L\name\()_closed
	mov	STACK_COUNT(%r10), %rax
	cmp	%rdx, %rax
	ja	.L\name\()_nothing		/* not a count of this stack */
	test	%r8, %r8
	jle	.L\name\()_nothing
	cmp	%rax, %r8
	cmova	%rax, %r8			/* how many */
	test	%r8, %r8
	jz	.L\name\()_nothing
	sub	%r8, %rax
	lea	STACK_VALUES(%r10,%rax,8), %rsi
	xor	%ecx, %ecx
.L\name\()_copy:
	mov	(%rsi,%rcx,8), %r9
	mov	%r9, (%rdi,%rcx,8)
	inc	%rcx
	cmp	%r8, %rcx
	jb	.L\name\()_copy
	mov	%rax, STACK_COUNT(%r10)		/* commit */
.L\name\()_committed:
	mov	%r8, %rax
	RETURN
.L\name\()_nothing:
	xor	%eax, %eax
	RETURN
	ANSWER	\name, closed, SEQUENCE_CLOSED
	END	\name
	.endm

	POP_BATCH_SEQUENCE pop_batch, CPU_ID
	POP_BATCH_SEQUENCE pop_batch_by_id, MM_CID

/*
 * reserve(rsi offset, rdx capacity, rcx length, r8 area, r9 cpus) -> the header's address
 *
 * In the section: the read of the area, the check, tail and head, and headers between tail and head + capacity, where no reader looks and
 * no writer copies; then the commit, the store of the tail. An abort before it leaves at most headers beyond the tail. Who sees the new tail sees
 * the headers, and who sees the head that the reader gave those bytes back.
 */
	.macro	RESERVE_SEQUENCE name, by
	SEQUENCE \name
	BEGIN	\name, \by, %r8, %r9d, %eax
	shl	$SEQUENCE_SHIFT, %rax
	add	rseq_sequences_base(%rip), %rax
	add	%rsi, %rax			/* the buffer */
	lea	15(%rcx), %r8
	and	$-8, %r8			/* header and payload, in whole words */
	cmp	%rdx, %r8
	ja	.L\name\()_full
	mov	BUFFER_TAIL(%rax), %rdi
	lea	-1(%rdx), %r10
	and	%rdi, %r10			/* the position */
	mov	BUFFER_HEAD(%rax), %r9
	add	%rdx, %r9			/* how far the tail may come */
	sub	%r10, %rdx			/* bytes up to the end of the data */
	add	%r8, %rdi			/* the tail behind the record */
	cmp	%r8, %rdx
	jae	.L\name\()_fits
	add	%rdx, %rdi
	cmp	%r9, %rdi
	ja	.L\name\()_full
	sub	$8, %rdx
	bts	$32, %rdx			/* a padding record: its length, and kind 1 in the upper half */
	mov	%rdx, BUFFER_DATA(%rax,%r10)
	xor	%r10d, %r10d
.L\name\()_fits:
	cmp	%r9, %rdi
	ja	.L\name\()_full
	neg	%ecx				/* the header: -length, and the upper half, the kind, is 0 */
	or	$0x80000000, %ecx		/* changes nothing but 0, which would say "complete" */
	mov	%rcx, BUFFER_DATA(%rax,%r10)
	mov	%rdi, BUFFER_TAIL(%rax)		/* commit */
.L\name\()_committed:
	lea	BUFFER_DATA(%rax,%r10), %rax
	RETURN
	ANSWER	\name, full, SEQUENCE_FULL
	END	\name
	.endm

	RESERVE_SEQUENCE reserve, CPU_ID
	RESERVE_SEQUENCE reserve_by_id, MM_CID

/*
 * tally(rsi offset, rdx buckets, rcx bucket, r8 value, r9 area, rdi cpus) -> COMMITTED
 *
 * In the section: the read of the area, the check, 'closed', the count, by it the state in force; the last value's bucket gets its number, the same
 * each time that this is begun anew; then the other state, where nobody looks; then the commit, the store of the count, which swaps the two. An abort
 * before it leaves at most a state that is not in force.
 */
	.macro	TALLY_SEQUENCE name, by
	SEQUENCE \name
	movq	%r8, %xmm0
	BEGIN	\name, \by, %r9, %edi, %r10d
	shl	$SEQUENCE_SHIFT, %r10
	add	rseq_sequences_base(%rip), %r10
	add	%rsi, %r10			/* the tally */
	cmpq	$0, TALLY_CLOSED(%r10)		/* before the count: who opens again wrote that first */
	jne	.L\name\()_closed
	mov	TALLY_COUNT(%r10), %r11
	mov	%r11d, %eax
	and	$1, %eax
	shl	$6, %eax			/* TALLY_STATE * (count & 1) */
	lea	TALLY_STATES(%r10,%rax), %rsi	/* the state in force */
	xor	$TALLY_STATE, %eax
	lea	TALLY_STATES(%r10,%rax), %rdi	/* the other */
	mov	STATE_BUCKET(%rsi), %r8
	cmp	%rdx, %r8
	jae	.L\name\()_unavailable
	mov	STATE_TIMES(%rsi), %r9
	mov	%r9, TALLY_BUCKETS(%r10,%r8,8)
	mov	TALLY_BUCKETS(%r10,%rcx,8), %r9
	inc	%r9
	mov	%rcx, STATE_BUCKET(%rdi)
	mov	%r9, STATE_TIMES(%rdi)
	movsd	STATE_SUM(%rsi), %xmm1
	addsd	%xmm0, %xmm1
	movsd	%xmm1, STATE_SUM(%rdi)
	movapd	%xmm0, %xmm1
	test	%r11, %r11
	jz	.L\name\()_first			/* the lowest and the highest of none are no values */
	minsd	STATE_MIN(%rsi), %xmm1
	maxsd	STATE_MAX(%rsi), %xmm0
.L\name\()_first:
	movsd	%xmm1, STATE_MIN(%rdi)
	movsd	%xmm0, STATE_MAX(%rdi)
	inc	%r11
	mov	%r11, TALLY_COUNT(%r10)		/* commit */
.L\name\()_committed:
	xor	%eax, %eax
	RETURN
	ANSWER	\name, closed, SEQUENCE_CLOSED
	END	\name
	.endm

	TALLY_SEQUENCE tally, CPU_ID
	TALLY_SEQUENCE tally_by_id, MM_CID

/*
 * append(rsi offset, rdx capacity, rcx length, r8 source, r9 from) -> COMMITTED
 *
 * In the section: the read of the area, the check, tail and head, then header and bytes, between tail and head + capacity, where no reader looks
 * and no writer copies; then the commit, the store of the tail. Who sees the new tail sees the record. Bytes go by 32, 16, 8 or 4 at a time from
 * the first on, and as many once more up to the last, over each other in the middle.
 */
	SEQUENCE append
	mov	rseq_sequences_area(%rip), %r11
	add	%r9, %r8			/* the bytes */
	lea	15(%rcx), %r10
	and	$-8, %r10			/* header and payload, in whole words */
	BEGIN	append, CPU_ID, %r11, rseq_sequences_cpus(%rip), %eax
	shl	$SEQUENCE_SHIFT, %rax
	add	rseq_sequences_base(%rip), %rax
	add	%rsi, %rax			/* the buffer */
	mov	BUFFER_TAIL(%rax), %rdi
	lea	(%rdi,%r10), %r11		/* the tail behind the record */
	mov	%r11, %r9
	sub	BUFFER_HEAD(%rax), %r9
	cmp	%rdx, %r9
	ja	.Lappend_full
	lea	-1(%rdx), %r9
	and	%r9, %rdi			/* the position */
	add	%rdi, %r10
	cmp	%rdx, %r10
	ja	.Lappend_unavailable
	lea	BUFFER_DATA(%rax,%rdi), %rdi
	mov	%rcx, (%rdi)			/* the header: the length, kind 0 */
	mov	%rcx, %r10
	sub	$32, %r10
	jae	.Lappend_32
	cmp	$16, %ecx
	jb	.Lappend_8
	movdqu	(%r8), %xmm0
	movdqu	-16(%r8,%rcx), %xmm1
	movdqu	%xmm0, 8(%rdi)
	movdqu	%xmm1, -8(%rdi,%rcx)
	jmp	.Lappend_commit
.Lappend_8:
	cmp	$8, %ecx
	jb	.Lappend_4
	mov	(%r8), %r9
	mov	-8(%r8,%rcx), %r10
	mov	%r9, 8(%rdi)
	mov	%r10, (%rdi,%rcx)
	jmp	.Lappend_commit
.Lappend_4:
	cmp	$4, %ecx
	jb	.Lappend_1
	mov	(%r8), %r9d
	mov	-4(%r8,%rcx), %r10d
	mov	%r9d, 8(%rdi)
	mov	%r10d, 4(%rdi,%rcx)
	jmp	.Lappend_commit
.Lappend_1:
	test	%ecx, %ecx
	jz	.Lappend_commit
	movzbl	(%r8), %r9d
	mov	%r9b, 8(%rdi)
	mov	%ecx, %r9d
	shr	%r9d				/* the second of two and three */
	movzbl	(%r8,%r9), %r10d
	mov	%r10b, 8(%rdi,%r9)
	movzbl	-1(%r8,%rcx), %r10d
	mov	%r10b, 7(%rdi,%rcx)
	jmp	.Lappend_commit
.Lappend_32:
	xor	%r9d, %r9d
	test	%r10, %r10
	jz	.Lappend_last
.Lappend_next:
	movdqu	(%r8,%r9), %xmm0
	movdqu	16(%r8,%r9), %xmm1
	movdqu	%xmm0, 8(%rdi,%r9)
	movdqu	%xmm1, 24(%rdi,%r9)
	add	$32, %r9
	cmp	%r10, %r9
	jb	.Lappend_next
.Lappend_last:
	movdqu	(%r8,%r10), %xmm0
	movdqu	16(%r8,%r10), %xmm1
	movdqu	%xmm0, 8(%rdi,%r10)
	movdqu	%xmm1, 24(%rdi,%r10)
.Lappend_commit:
	mov	%r11, BUFFER_TAIL(%rax)		/* commit */
.Lappend_committed:
	xor	%eax, %eax
	RETURN
	ANSWER	append, full, SEQUENCE_FULL
	END	append

/*
 * watch(rsi word, rdx looks, rcx area) -> COMMITTED
 *
 * In the section: looks, and no commit.
 */
	SEQUENCE watch
	ARM	watch, %rcx
	cmpq	$0, (%rsi)
	jne	.Lwatch_elsewhere
.Lwatch_next:
	cmpq	$0, (%rsi)
	jne	.Lwatch_seen
	dec	%rdx
	jnz	.Lwatch_next
.Lwatch_committed:
	xor	%eax, %eax
	RETURN
	ANSWER	watch, elsewhere, SEQUENCE_ELSEWHERE
	ANSWER	watch, seen, SEQUENCE_SEEN
	END	watch

/* ---- no sequences ------------------------------------------------------------------------------------------------------------------ */

/* probe(rsi a, rdx b, rcx c, r8 d, r9 e, rdi f) -> a + 2b + 4c + 8d + 16e + 32f */
	FUNCTION probe
	lea	(%r9,%rdi,2), %rax
	lea	(%r8,%rax,2), %rax
	lea	(%rcx,%rax,2), %rax
	lea	(%rdx,%rax,2), %rax
	lea	(%rsi,%rax,2), %rax
	ret
	END_FUNCTION probe

/* enter(rdi sequence, rsi a, rdx b, rcx c, r8 d, r9 e, on the stack f): C's first argument is the function, and the others lie where it has them. */
	FUNCTION enter
	mov	%rdi, %rax
	mov	8(%rsp), %rdi
	jmp	*%rax
	END_FUNCTION enter

	.section .note.GNU-stack, "", @progbits
