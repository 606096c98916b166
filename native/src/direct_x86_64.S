/*
 * direct_x86_64.S: the sequences as code that HotSpot compiled calls them (direct.h), x86-64. How to read a sequence: ops_x86_64.S.
 *
 * HotSpot's compiled code passes integers in rsi, rdx, rcx, r8, r9, rdi (assembler_x86.hpp: j_rarg0 .. 5, C's moved on by one, so that
 * a native method's arguments make room for JNIEnv), and wants the answer in rax. It keeps r15 (the thread) and r12 (the heap's base) to
 * itself, and may have left something in rbp; all three come back as they were.
 *
 * The sequences have a frame here, as the stubs of the JDK have: without one, a profiler that stops a thread finds no caller, and drops the
 * sample. (What goes on in ops_x86_64.S has none any more.)
 *
 * add, push, pop, take and reserve are here a second time, by cpu_id alone, and each but once: what they can't do at once (an abort, a full or
 * closed stack, the end of a buffer's data, a thread without an area) goes on in ops_x86_64.S, from the start, with the arguments where C has them,
 * which no section here changes. Where the area is and how many CPUs there are come as arguments, rseq_ops_area and rseq_ops_cpus: constants in
 * the caller's code, where here they would be loads in front of all else. append is here alone.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sequence_x86_64.h"

	.macro	FRAME
	push	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov	%rsp, %rbp
	.endm

	.macro	END_FRAME
	pop	%rbp
	.cfi_def_cfa_offset 8
	.cfi_restore %rbp
	.endm

	.macro	RETURN
	.cfi_remember_state
	END_FRAME
	ret
	.cfi_restore_state
	.endm

	.macro	HERE name, area, cpus, index, region	/* arms, and leaves in a register (both its names) how far from base this CPU's region begins */
	ARM	\name, \area
	mov	%fs:4(\area), \index		/* cpu_id; negative, hence large, where the thread is not registered */
	cmp	\cpus, \index
	jae	.L\name\()_otherwise
	shl	$RSEQ_OPS_SHIFT, \region
	.endm

	.macro	OTHERWISE name, last	/* last: where Java would have the field */
	SIGNATURE
.L\name\()_abort:
	lock incq rseq_ops_aborts(%rip)
.L\name\()_otherwise:
	END_FRAME
	mov	$4, \last		/* cpu_id */
	.endm

	.macro	TO_C count		/* moves that many arguments to where C has them */
	mov	%rsi, %rdi
	mov	%rdx, %rsi
	.if	\count >= 3
	mov	%rcx, %rdx
	.endif
	.if	\count >= 4
	mov	%r8, %rcx
	.endif
	.if	\count >= 5
	mov	%r9, %r8
	.endif
	.endm

	.macro	PASS_ON name, to, count
	SEQUENCE \name, rseq_direct_
	FRAME
	TO_C	\count
	call	rseq_ops_\to
	END_FRAME
	ret
	END	\name, rseq_direct_
	.endm

	.section .data.rel.ro, "aw", @progbits
	.p2align 5
	DESCRIPTOR add
	DESCRIPTOR push
	DESCRIPTOR pop
	DESCRIPTOR take
	DESCRIPTOR reserve
	DESCRIPTOR append

	.text

/*
 * rseq_direct_add(rsi offset, rdx delta, rcx area, r8 cpus) -> status
 *
 * In the section: the read of the area, the check, the address; then the commit, one add to memory.
 */
	SEQUENCE add, rseq_direct_
	FRAME
	HERE	add, %rcx, %r8d, %eax, %rax
	add	rseq_ops_base(%rip), %rax
	add	%rdx, (%rsi,%rax)		/* commit */
.Ladd_committed:
	xor	%eax, %eax
	RETURN
	OTHERWISE add, %ecx
	TO_C	3
	jmp	rseq_ops_add
	END	add, rseq_direct_

/*
 * rseq_direct_push(rsi offset, rdx capacity, rcx value, r8 area, r9 cpus) -> status
 *
 * In the section: the read of the area, the check, 'closed', the count, and a store of the value above the top, where nobody looks; then the
 * commit, the store of the count.
 */
	SEQUENCE push, rseq_direct_
	FRAME
	HERE	push, %r8, %r9d, %r10d, %r10
	add	rseq_ops_base(%rip), %r10
	cmpq	$0, RSEQ_OPS_STACK_CLOSED(%rsi,%r10)	/* before the count: who opens again wrote that first */
	jne	.Lpush_otherwise
	mov	RSEQ_OPS_STACK_COUNT(%rsi,%r10), %rax
	cmp	%rdx, %rax
	jae	.Lpush_otherwise
	add	%rsi, %r10			/* the stack */
	mov	%rcx, RSEQ_OPS_STACK_VALUES(%r10,%rax,8)
	inc	%rax
	mov	%rax, RSEQ_OPS_STACK_COUNT(%r10)	/* commit */
.Lpush_committed:
	xor	%eax, %eax
	RETURN
	OTHERWISE push, %r8d
	TO_C	4
	jmp	rseq_ops_push
	END	push, rseq_direct_

/*
 * rseq_direct_pop(rsi offset, rdx capacity, rcx area, r8 cpus) -> the value, or MIN + status
 *
 * In the section: the read of the area, the check, 'closed', the count, the value; then the commit, the store of the count. Count - 1 is
 * compared unsigned: none, and a count that is not one of this stack, go on elsewhere.
 */
	SEQUENCE pop, rseq_direct_
	FRAME
	HERE	pop, %rcx, %r8d, %r10d, %r10
	add	rseq_ops_base(%rip), %r10
	cmpq	$0, RSEQ_OPS_STACK_CLOSED(%rsi,%r10)
	jne	.Lpop_otherwise
	mov	RSEQ_OPS_STACK_COUNT(%rsi,%r10), %r8
	dec	%r8
	cmp	%rdx, %r8
	jae	.Lpop_otherwise
	add	%rsi, %r10			/* the stack */
	mov	RSEQ_OPS_STACK_VALUES(%r10,%r8,8), %rax
	mov	%r8, RSEQ_OPS_STACK_COUNT(%r10)	/* commit */
.Lpop_committed:
	RETURN
	OTHERWISE pop, %ecx
	TO_C	3
	jmp	rseq_ops_pop
	END	pop, rseq_direct_

/*
 * rseq_direct_take(rsi offset, rdx places, rcx area, r8 cpus) -> (index << 5) | place, or MIN + status
 *
 * In the section: the read of the area, the check, 'closed', the first eight places, one by one; then the commit, the store of one byte. Where
 * those are empty it goes on elsewhere. Which place it is, is known by the branches that were taken: nothing waits for what was loaded.
 */
	SEQUENCE take, rseq_direct_
	FRAME
	HERE	take, %rcx, %r8d, %r10d, %r10
	mov	%r10, %r11
	add	rseq_ops_base(%rip), %r10
	add	%rsi, %r10			/* the shelf */
	cmpq	$0, RSEQ_OPS_SHELF_CLOSED(%r10)	/* before the places: who opens again wrote those first */
	jne	.Ltake_otherwise
	xor	%eax, %eax
.Ltake_look:
	cmpb	$0, (%r10,%rax)
	jne	.Ltake_here
	inc	%eax
	cmp	$8, %eax
	jb	.Ltake_look
	jmp	.Ltake_otherwise
.Ltake_here:
	movb	$0, (%r10,%rax)			/* commit */
.Ltake_committed:
	shr	$(RSEQ_OPS_SHIFT - RSEQ_OPS_SHELF_SHIFT), %r11
	or	%r11, %rax
	RETURN
	OTHERWISE take, %ecx
	TO_C	3
	jmp	rseq_ops_take
	END	take, rseq_direct_

/*
 * rseq_direct_reserve(rsi offset, rdx capacity, rcx length, r8 area, r9 cpus) -> the header's address, or MIN + status
 *
 * In the section: the read of the area, the check, tail and head, and the header, between tail and head + capacity, where no reader looks and no
 * writer copies; then the commit, the store of the tail. A full buffer is answered here: who finds one may well ask again and again. A record of
 * length 0, and one that does not fit before the end of the data, go on elsewhere.
 */
	SEQUENCE reserve, rseq_direct_
	FRAME
	HERE	reserve, %r8, %r9d, %eax, %rax
	add	rseq_ops_base(%rip), %rax
	add	%rsi, %rax			/* the buffer */
	lea	15(%rcx), %r8
	and	$-8, %r8			/* header and payload, in whole words */
	mov	RSEQ_OPS_BUFFER_TAIL(%rax), %rdi
	lea	(%rdi,%r8), %r11		/* the tail behind the record */
	mov	%r11, %r9
	sub	RSEQ_OPS_BUFFER_HEAD(%rax), %r9
	cmp	%rdx, %r9
	ja	.Lreserve_full
	lea	-1(%rdx), %r9
	and	%r9, %rdi			/* the position */
	add	%rdi, %r8
	cmp	%rdx, %r8
	ja	.Lreserve_otherwise
	mov	%ecx, %r8d
	neg	%r8d				/* the header: -length, kind 0 */
	jz	.Lreserve_otherwise
	mov	%r8, RSEQ_OPS_BUFFER_DATA(%rax,%rdi)
	mov	%r11, RSEQ_OPS_BUFFER_TAIL(%rax)	/* commit */
.Lreserve_committed:
	lea	RSEQ_OPS_BUFFER_DATA(%rax,%rdi), %rax
	RETURN
.Lreserve_full:
	mov	$RSEQ_OPS_FULL, %eax
	bts	$63, %rax			/* MIN + status */
	RETURN
	OTHERWISE reserve, %r8d
	TO_C	4
	jmp	rseq_ops_reserve
	END	reserve, rseq_direct_

/*
 * rseq_direct_append(rsi offset, rdx capacity, rcx length, r8 source, r9 from) -> status
 *
 * In the section: the read of the area, the check, tail and head, then header and bytes, between tail and head + capacity, where no reader looks
 * and no writer copies; then the commit, the store of the tail. Stores are seen in the order of the program: who sees the new tail sees the
 * record. Bytes go by 32, 16, 8 or 4 at a time from the first on, and as many once more up to the last, over each other in the middle.
 */
	SEQUENCE append, rseq_direct_
	FRAME
	mov	rseq_ops_area(%rip), %r11
	add	%r9, %r8			/* the bytes */
	lea	15(%rcx), %r10
	and	$-8, %r10			/* header and payload, in whole words */
	ARM	append, %r11
	mov	%fs:4(%r11), %eax		/* cpu_id; negative, hence large, where the thread is not registered */
	cmp	rseq_ops_cpus(%rip), %eax
	jae	.Lappend_unavailable
	shl	$RSEQ_OPS_SHIFT, %rax
	add	rseq_ops_base(%rip), %rax
	add	%rsi, %rax			/* the buffer */
	mov	RSEQ_OPS_BUFFER_TAIL(%rax), %rdi
	lea	(%rdi,%r10), %r11		/* the tail behind the record */
	mov	%r11, %r9
	sub	RSEQ_OPS_BUFFER_HEAD(%rax), %r9
	cmp	%rdx, %r9
	ja	.Lappend_full
	lea	-1(%rdx), %r9
	and	%r9, %rdi			/* the position */
	add	%rdi, %r10
	cmp	%rdx, %r10
	ja	.Lappend_unavailable
	lea	RSEQ_OPS_BUFFER_DATA(%rax,%rdi), %rdi
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
	mov	%r11, RSEQ_OPS_BUFFER_TAIL(%rax)	/* commit */
.Lappend_committed:
	xor	%eax, %eax
	RETURN
.Lappend_full:
	mov	$RSEQ_OPS_FULL, %eax
	RETURN
.Lappend_unavailable:
	mov	$RSEQ_OPS_UNAVAILABLE, %eax
	RETURN
	SIGNATURE
.Lappend_abort:
	lock incq rseq_ops_aborts(%rip)
	mov	$RSEQ_OPS_STOPPED, %eax
	RETURN
	END	append, rseq_direct_

	PASS_ON	add_by, add, 3
	PASS_ON	push_by, push, 4
	PASS_ON	pop_by, pop, 3
	PASS_ON	take_by, take, 3
	PASS_ON	compare_and_store, compare_and_store, 5
	PASS_ON	push_batch, push_batch, 5
	PASS_ON	pop_batch, pop_batch, 5
	PASS_ON	reserve_by, reserve, 4

/* rseq_direct_probe(rsi a, rdx b, rcx c, r8 d, r9 e) -> a + 2b + 4c + 8d + 16e */
	SEQUENCE probe, rseq_direct_
	lea	(%r8,%r9,2), %rax
	lea	(%rcx,%rax,2), %rax
	lea	(%rdx,%rax,2), %rax
	lea	(%rsi,%rax,2), %rax
	ret
	END	probe, rseq_direct_

	.section .note.GNU-stack, "", @progbits
