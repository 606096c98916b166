/*
 * ops_x86_64.S: the restartable sequences, x86-64. What each takes and answers: ops.h.
 *
 * How to read one. Its critical section lies between the labels _start and _committed; its descriptor (struct rseq_cs) names it. The
 * store of the descriptor's address to the area's rseq_cs, at fs:8(area), arms it, and is the last instruction before _start: a thread that
 * is interrupted before that store has nothing armed and nothing done, after it, it is in the section. The instruction before _committed
 * is the commit, and the only one in the section that changes what others rely on. If the thread is preempted, migrated or gets a signal
 * with its instruction pointer in the section (kernel/rseq.c, rseq_ip_fixup()), the kernel clears rseq_cs and continues it at _abort with
 * all other registers as they were. So a section never changes the registers that a restart needs; those are listed at each.
 *
 * In front of _abort stand the four bytes that rseq(2) was given as signature. They are the operand of a ud1, so that a disassembler stays
 * in step and a jump there traps; nothing falls into it.
 *
 * rseq_cs must not outlive the code it names: the library is opened RTLD_NODELETE, because a section leaves rseq_cs standing, for the
 * kernel to clear when it next looks.
 *
 * An abort handler is no target of an indirect branch; the kernel's return to it needs no endbr64. The functions are: FFM and the JVM call
 * them by address. Shadow stacks are at ease: every path is call and ret.
 *
 * RSEQ_OPS_BROKEN leaves the store that arms a section out. Interrupted anywhere, the thread then goes on after the point where it was,
 * to the commit, with what it had read. For tests that show that they would notice.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sequence_x86_64.h"

/* ---- what all sequences have alike ----------------------------------------------------------------------------------------------------- */

	.macro	ABORT name		/* r11: restarts left. Falls through when there is none, with the status in eax */
	SIGNATURE
.L\name\()_abort:
	lock incq rseq_ops_aborts(%rip)
	dec	%r11d
	jns	.L\name\()_begin
	mov	$RSEQ_OPS_STOPPED, %eax
	.endm

	.macro	SAVE
	push	%rbx
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbx, 0
	push	%r12
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r12, 0
	.endm

	.macro	RESTORE_AND_RETURN
	.cfi_remember_state
	pop	%r12
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r12
	pop	%rbx
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbx
	ret
	.cfi_restore_state
	.endm

/* ---- state: read by every sequence, written once. Aborts have a cache line of their own, so that counting one disturbs no reader. ---- */

	.bss
	.globl	rseq_ops_area, rseq_ops_base, rseq_ops_cpus, rseq_ops_aborts
	.hidden	rseq_ops_area, rseq_ops_base, rseq_ops_cpus, rseq_ops_aborts
	.p2align 6
	.type	rseq_ops_area, @object
	.size	rseq_ops_area, 8
rseq_ops_area:
	.zero	8
	.type	rseq_ops_base, @object
	.size	rseq_ops_base, 8
rseq_ops_base:
	.zero	8
	.type	rseq_ops_cpus, @object
	.size	rseq_ops_cpus, 4
rseq_ops_cpus:
	.zero	4
	.p2align 6
	.type	rseq_ops_aborts, @object
	.size	rseq_ops_aborts, 8
rseq_ops_aborts:
	.zero	8
	.p2align 6

/* ---- descriptors, 32 bytes each, aligned so ------------------------------------------------------------------------------------------ */

	.section .data.rel.ro, "aw", @progbits
	.p2align 5
	DESCRIPTOR add
	DESCRIPTOR cas
	DESCRIPTOR push
	DESCRIPTOR pop
	DESCRIPTOR take
	DESCRIPTOR push_batch
	DESCRIPTOR pop_batch
	DESCRIPTOR reserve
	DESCRIPTOR watch

	.text

/*
 * rseq_ops_add(rdi offset, rsi delta, rdx field) -> status
 *
 * For a restart: rdi (base + offset), rsi, rdx, r8 (cpus), r9 (area), r11 (restarts left).
 * In the section: the two reads of the area, the checks, the address; then the commit, one add to memory. An abort before it: nothing was
 * written. The add itself is one instruction, and is interrupted before it or after it, never in it.
 */
	SEQUENCE add
	mov	rseq_ops_cpus(%rip), %r8d	/* first: not 0 says that the other two are there */
	mov	rseq_ops_area(%rip), %r9
	add	rseq_ops_base(%rip), %rdi
	mov	$RSEQ_OPS_RESTARTS, %r11d
	test	%r8d, %r8d
	jz	.Ladd_unavailable
.Ladd_begin:
	ARM add
	mov	%fs:4(%r9), %eax		/* cpu_id; negative, hence large, where the thread is not registered */
	mov	%fs:(%r9,%rdx), %ecx
	cmp	%r8d, %eax
	jae	.Ladd_unavailable
	cmp	%r8d, %ecx
	jae	.Ladd_unavailable
	shl	$RSEQ_OPS_SHIFT, %rcx
	add	%rsi, (%rdi,%rcx)		/* commit */
.Ladd_committed:
	xor	%eax, %eax
	ret
.Ladd_unavailable:
	mov	$RSEQ_OPS_UNAVAILABLE, %eax
	ret
	ABORT add
	ret
	END add

/*
 * rseq_ops_compare_and_store(rdi offset, rsi index, rdx expected, rcx value, r8 field) -> status
 *
 * For a restart: rdi (base + offset), rsi, rdx, rcx, r8, r9 (area), r11 (restarts left).
 * In the section: the reads of the area, the checks, the comparison of index and cell; then the commit, one store of 8 bytes. An abort
 * before it: nothing was written. Nobody else writes the cell between comparison and store: on this CPU (or with this concurrency id) only
 * who preempts this thread could.
 */
	SEQUENCE compare_and_store
	mov	rseq_ops_cpus(%rip), %eax
	mov	rseq_ops_area(%rip), %r9
	add	rseq_ops_base(%rip), %rdi
	mov	$RSEQ_OPS_RESTARTS, %r11d
	test	%eax, %eax
	jz	.Lcas_unavailable
.Lcas_begin:
	ARM cas
	mov	%fs:4(%r9), %eax		/* cpu_id */
	mov	%fs:(%r9,%r8), %r10d
	cmp	rseq_ops_cpus(%rip), %eax
	jae	.Lcas_unavailable
	cmp	rseq_ops_cpus(%rip), %r10d
	jae	.Lcas_unavailable
	cmp	%rsi, %r10			/* the upper half of r10 is 0: an index that is no index is elsewhere */
	jne	.Lcas_elsewhere
	shl	$RSEQ_OPS_SHIFT, %r10
	cmp	%rdx, (%rdi,%r10)
	jne	.Lcas_elsewhere
	mov	%rcx, (%rdi,%r10)		/* commit */
.Lcas_committed:
	xor	%eax, %eax
	ret
.Lcas_elsewhere:
	mov	$RSEQ_OPS_ELSEWHERE, %eax
	ret
.Lcas_unavailable:
	mov	$RSEQ_OPS_UNAVAILABLE, %eax
	ret
	ABORT cas
	ret
	END compare_and_store

/*
 * rseq_ops_push(rdi offset, rsi capacity, rdx value, rcx field) -> status
 *
 * For a restart: rdi (base + offset), rsi, rdx, rcx, r8 (cpus), r9 (area), r11 (restarts left).
 * In the section: the reads of the area, the checks, 'closed', the count, and a store of the value above the top, where nobody looks; then
 * the commit, the store of the count. An abort before it leaves at most a value above the top. A count that is not one of this stack
 * (memory was overwritten) is compared unsigned, and is FULL.
 */
	SEQUENCE push
	mov	rseq_ops_cpus(%rip), %r8d
	mov	rseq_ops_area(%rip), %r9
	add	rseq_ops_base(%rip), %rdi
	mov	$RSEQ_OPS_RESTARTS, %r11d
	test	%r8d, %r8d
	jz	.Lpush_unavailable
.Lpush_begin:
	ARM push
	mov	%fs:4(%r9), %eax		/* cpu_id */
	mov	%fs:(%r9,%rcx), %r10d
	cmp	%r8d, %eax
	jae	.Lpush_unavailable
	cmp	%r8d, %r10d
	jae	.Lpush_unavailable
	shl	$RSEQ_OPS_SHIFT, %r10
	add	%rdi, %r10			/* the stack */
	cmpq	$0, RSEQ_OPS_STACK_CLOSED(%r10)	/* before the count: who opens again wrote that first */
	jne	.Lpush_closed
	mov	RSEQ_OPS_STACK_COUNT(%r10), %rax
	cmp	%rsi, %rax
	jae	.Lpush_full
	mov	%rdx, RSEQ_OPS_STACK_VALUES(%r10,%rax,8)
	inc	%rax
	mov	%rax, RSEQ_OPS_STACK_COUNT(%r10)	/* commit */
.Lpush_committed:
	xor	%eax, %eax
	ret
.Lpush_full:
	mov	$RSEQ_OPS_FULL, %eax
	ret
.Lpush_closed:
	mov	$RSEQ_OPS_CLOSED, %eax
	ret
.Lpush_unavailable:
	mov	$RSEQ_OPS_UNAVAILABLE, %eax
	ret
	ABORT push
	ret
	END push

/*
 * rseq_ops_pop(rdi offset, rsi capacity, rdx field) -> the value, or MIN + status
 *
 * For a restart: rdi (base + offset), rsi, rdx, r8 (cpus), r9 (area), r11 (restarts left).
 * In the section: the reads of the area, the checks, 'closed', the count, the value; then the commit, the store of the count. An abort
 * before it: nothing was written. Count - 1 is compared unsigned: none, and a count that is not one of this stack, are EMPTY.
 */
	SEQUENCE pop
	mov	rseq_ops_cpus(%rip), %r8d
	mov	rseq_ops_area(%rip), %r9
	add	rseq_ops_base(%rip), %rdi
	mov	$RSEQ_OPS_RESTARTS, %r11d
	test	%r8d, %r8d
	jz	.Lpop_unavailable
.Lpop_begin:
	ARM pop
	mov	%fs:4(%r9), %eax		/* cpu_id */
	mov	%fs:(%r9,%rdx), %r10d
	cmp	%r8d, %eax
	jae	.Lpop_unavailable
	cmp	%r8d, %r10d
	jae	.Lpop_unavailable
	shl	$RSEQ_OPS_SHIFT, %r10
	add	%rdi, %r10			/* the stack */
	cmpq	$0, RSEQ_OPS_STACK_CLOSED(%r10)	/* before the count: who opens again wrote that first */
	jne	.Lpop_closed
	mov	RSEQ_OPS_STACK_COUNT(%r10), %rcx
	dec	%rcx
	cmp	%rsi, %rcx
	jae	.Lpop_empty
	mov	RSEQ_OPS_STACK_VALUES(%r10,%rcx,8), %rax
	mov	%rcx, RSEQ_OPS_STACK_COUNT(%r10)	/* commit */
.Lpop_committed:
	ret
.Lpop_empty:
	mov	$RSEQ_OPS_EMPTY, %eax
	jmp	.Lpop_none
.Lpop_closed:
	mov	$RSEQ_OPS_CLOSED, %eax
	jmp	.Lpop_none
.Lpop_unavailable:
	mov	$RSEQ_OPS_UNAVAILABLE, %eax
.Lpop_none:
	bts	$63, %rax			/* MIN + status */
	ret
	ABORT pop
	jmp	.Lpop_none
	END pop

/*
 * rseq_ops_take(rdi offset, rsi places, rdx field) -> (index << 5) | place, or MIN + status
 *
 * For a restart: rdi (base + offset), rsi, rdx, r8 (cpus), r9 (area), r11 (restarts left).
 * In the section: the reads of the area, the checks, 'closed', the places, one by one and then by eights; then the commit, the store of one
 * byte. An abort before it: nothing was written. That place is not empty, so nobody but a taker on this CPU may write it; the others of
 * the eight may be filled meanwhile, from any CPU, which the store of one byte leaves alone. One by one first, because eight can't be loaded
 * before a byte that was stored just now has left the store buffer.
 */
	SEQUENCE take
	mov	rseq_ops_cpus(%rip), %r8d
	mov	rseq_ops_area(%rip), %r9
	add	rseq_ops_base(%rip), %rdi
	mov	$RSEQ_OPS_RESTARTS, %r11d
	test	%r8d, %r8d
	jz	.Ltake_unavailable
.Ltake_begin:
	ARM take
	mov	%fs:4(%r9), %eax		/* cpu_id */
	mov	%fs:(%r9,%rdx), %r10d
	cmp	%r8d, %eax
	jae	.Ltake_unavailable
	cmp	%r8d, %r10d
	jae	.Ltake_unavailable
	shl	$RSEQ_OPS_SHIFT, %r10
	add	%rdi, %r10			/* the shelf */
	cmpq	$0, RSEQ_OPS_SHELF_CLOSED(%r10)	/* before the places: who opens again wrote those first */
	jne	.Ltake_closed
	xor	%eax, %eax
.Ltake_look:
	cmpb	$0, (%r10,%rax)
	jne	.Ltake_here
	inc	%eax
	cmp	$8, %eax
	jb	.Ltake_look
.Ltake_look_on:
	cmp	%rsi, %rax
	jae	.Ltake_empty
	mov	(%r10,%rax), %rcx
	add	$8, %eax
	test	%rcx, %rcx
	jz	.Ltake_look_on
	bsf	%rcx, %rcx
	shr	$3, %ecx
	lea	-8(%rax,%rcx), %eax
.Ltake_here:
	movb	$0, (%r10,%rax)			/* commit */
.Ltake_committed:
	sub	%rdi, %r10
	shr	$(RSEQ_OPS_SHIFT - RSEQ_OPS_SHELF_SHIFT), %r10
	or	%r10, %rax
	ret
.Ltake_empty:
	mov	$RSEQ_OPS_EMPTY, %eax
	jmp	.Ltake_none
.Ltake_closed:
	mov	$RSEQ_OPS_CLOSED, %eax
	jmp	.Ltake_none
.Ltake_unavailable:
	mov	$RSEQ_OPS_UNAVAILABLE, %eax
.Ltake_none:
	bts	$63, %rax			/* MIN + status */
	ret
	ABORT take
	jmp	.Ltake_none
	END take

/*
 * rseq_ops_push_batch(rdi offset, rsi capacity, rdx shared, rcx count, r8 field) -> number, or MIN + status
 *
 * For a restart: rdi (base + offset), rsi, rdx (base + cpus regions + shared), rcx, r8, r11 (restarts left). r9, the area, is loaded anew.
 * In the section: the reads of the area, the checks, 'closed', the count, and copies above the top, where nobody looks; then the commit,
 * the store of the count. An abort before it leaves at most values above the top; they are copied again.
 */
	SEQUENCE push_batch
	SAVE
	mov	rseq_ops_cpus(%rip), %eax
	mov	rseq_ops_base(%rip), %r10
	mov	$RSEQ_OPS_RESTARTS, %r11d
	test	%eax, %eax
	jz	.Lpush_batch_unavailable
	shl	$RSEQ_OPS_SHIFT, %rax
	add	%r10, %rax			/* the shared region */
	add	%rax, %rdx
	add	%r10, %rdi
.Lpush_batch_begin:
	mov	rseq_ops_area(%rip), %r9
	ARM push_batch
	mov	%fs:4(%r9), %r10d		/* cpu_id */
	mov	%fs:(%r9,%r8), %eax
	cmp	rseq_ops_cpus(%rip), %r10d
	jae	.Lpush_batch_unavailable
	cmp	rseq_ops_cpus(%rip), %eax
	jae	.Lpush_batch_unavailable
	shl	$RSEQ_OPS_SHIFT, %rax
	add	%rdi, %rax			/* the stack */
	cmpq	$0, RSEQ_OPS_STACK_CLOSED(%rax)	/* before the count: who opens again wrote that first */
	jne	.Lpush_batch_closed
	mov	RSEQ_OPS_STACK_COUNT(%rax), %r10
	mov	%rsi, %r9
	sub	%r10, %r9			/* room */
	jbe	.Lpush_batch_nothing
	test	%rcx, %rcx
	jle	.Lpush_batch_nothing
	cmp	%rcx, %r9
	cmova	%rcx, %r9			/* how many: at least 1 */
	lea	RSEQ_OPS_STACK_VALUES(%rax,%r10,8), %r12
	xor	%ebx, %ebx
.Lpush_batch_copy:
	movq	(%rdx,%rbx,8), %xmm0
	movq	%xmm0, (%r12,%rbx,8)
	inc	%rbx
	cmp	%r9, %rbx
	jb	.Lpush_batch_copy
	add	%r9, %r10
	mov	%r10, RSEQ_OPS_STACK_COUNT(%rax)	/* commit */
.Lpush_batch_committed:
	mov	%r9, %rax
.Lpush_batch_return:
	RESTORE_AND_RETURN
.Lpush_batch_nothing:
	xor	%eax, %eax
	jmp	.Lpush_batch_return
.Lpush_batch_closed:
	mov	$RSEQ_OPS_CLOSED, %eax
	jmp	.Lpush_batch_none
.Lpush_batch_unavailable:
	mov	$RSEQ_OPS_UNAVAILABLE, %eax
.Lpush_batch_none:
	bts	$63, %rax			/* MIN + status */
	jmp	.Lpush_batch_return
	ABORT push_batch
	jmp	.Lpush_batch_none
	END push_batch

/*
 * rseq_ops_pop_batch(rdi offset, rsi capacity, rdx shared, rcx count, r8 field) -> number, or MIN + status
 *
 * For a restart: rdi (base + offset), rsi, rdx (base + cpus regions + shared), rcx, r8, r11 (restarts left). r9, the area, is loaded anew.
 * In the section: the reads of the area, the checks, 'closed', the count, and copies of the top values to the shared region, whose part
 * from 'shared' on is the caller's alone; then the commit, the store of the count. An abort before it leaves the stack as it was, and in
 * the shared region values that do not count; they are copied again, perhaps from another CPU's stack.
 */
	SEQUENCE pop_batch
	SAVE
	mov	rseq_ops_cpus(%rip), %eax
	mov	rseq_ops_base(%rip), %r10
	mov	$RSEQ_OPS_RESTARTS, %r11d
	test	%eax, %eax
	jz	.Lpop_batch_unavailable
	shl	$RSEQ_OPS_SHIFT, %rax
	add	%r10, %rax			/* the shared region */
	add	%rax, %rdx
	add	%r10, %rdi
.Lpop_batch_begin:
	mov	rseq_ops_area(%rip), %r9
	ARM pop_batch
	mov	%fs:4(%r9), %r10d		/* cpu_id */
	mov	%fs:(%r9,%r8), %eax
	cmp	rseq_ops_cpus(%rip), %r10d
	jae	.Lpop_batch_unavailable
	cmp	rseq_ops_cpus(%rip), %eax
	jae	.Lpop_batch_unavailable
	shl	$RSEQ_OPS_SHIFT, %rax
	add	%rdi, %rax			/* the stack */
	cmpq	$0, RSEQ_OPS_STACK_CLOSED(%rax)	/* before the count: who opens again wrote that first */
	jne	.Lpop_batch_closed
	mov	RSEQ_OPS_STACK_COUNT(%rax), %r10
	cmp	%rsi, %r10
	ja	.Lpop_batch_nothing		/* not a count of this stack */
	test	%rcx, %rcx
	jle	.Lpop_batch_nothing
	mov	%r10, %r9
	cmp	%rcx, %r9
	cmova	%rcx, %r9			/* how many */
	test	%r9, %r9
	jz	.Lpop_batch_nothing
	sub	%r9, %r10
	lea	RSEQ_OPS_STACK_VALUES(%rax,%r10,8), %r12
	xor	%ebx, %ebx
.Lpop_batch_copy:
	movq	(%r12,%rbx,8), %xmm0
	movq	%xmm0, (%rdx,%rbx,8)
	inc	%rbx
	cmp	%r9, %rbx
	jb	.Lpop_batch_copy
	mov	%r10, RSEQ_OPS_STACK_COUNT(%rax)	/* commit */
.Lpop_batch_committed:
	mov	%r9, %rax
.Lpop_batch_return:
	RESTORE_AND_RETURN
.Lpop_batch_nothing:
	xor	%eax, %eax
	jmp	.Lpop_batch_return
.Lpop_batch_closed:
	mov	$RSEQ_OPS_CLOSED, %eax
	jmp	.Lpop_batch_none
.Lpop_batch_unavailable:
	mov	$RSEQ_OPS_UNAVAILABLE, %eax
.Lpop_batch_none:
	bts	$63, %rax			/* MIN + status */
	jmp	.Lpop_batch_return
	ABORT pop_batch
	jmp	.Lpop_batch_none
	END pop_batch

/*
 * rseq_ops_reserve(rdi offset, rsi capacity, rdx length, rcx field) -> the header's address, or MIN + status
 *
 * For a restart: rdi (base + offset), rsi, rdx (the header: -length, kind 0), rcx, r10 (bytes of the record), r11 (restarts left). r9, the
 * area, is loaded anew.
 * In the section: the reads of the area, the checks, tail and head, and headers between tail and head + capacity, where no reader looks and
 * no writer copies; then the commit, the store of the tail. An abort before it leaves at most headers beyond the tail. Stores are seen in
 * the order of the program: who sees the new tail sees the headers, and that the reader gave those bytes back.
 */
	SEQUENCE reserve
	SAVE
	mov	rseq_ops_cpus(%rip), %eax
	add	rseq_ops_base(%rip), %rdi
	mov	$RSEQ_OPS_RESTARTS, %r11d
	test	%eax, %eax
	jz	.Lreserve_unavailable
	lea	15(%rdx), %r10
	and	$-8, %r10			/* header and payload, in whole words */
	cmp	%rsi, %r10
	ja	.Lreserve_full
	neg	%edx				/* and the upper half, the kind, is 0 */
	or	$0x80000000, %edx		/* changes nothing but 0, which would say "complete" */
.Lreserve_begin:
	mov	rseq_ops_area(%rip), %r9
	ARM reserve
	mov	%fs:4(%r9), %r8d		/* cpu_id */
	mov	%fs:(%r9,%rcx), %eax
	cmp	rseq_ops_cpus(%rip), %r8d
	jae	.Lreserve_unavailable
	cmp	rseq_ops_cpus(%rip), %eax
	jae	.Lreserve_unavailable
	shl	$RSEQ_OPS_SHIFT, %rax
	add	%rdi, %rax			/* the buffer */
	mov	RSEQ_OPS_BUFFER_TAIL(%rax), %r12
	lea	-1(%rsi), %rbx
	and	%r12, %rbx			/* the position */
	mov	RSEQ_OPS_BUFFER_HEAD(%rax), %r8
	add	%rsi, %r8			/* how far the tail may come */
	mov	%rsi, %r9
	sub	%rbx, %r9			/* bytes up to the end of the data */
	add	%r10, %r12
	cmp	%r10, %r9
	jae	.Lreserve_fits
	add	%r9, %r12
	cmp	%r8, %r12
	ja	.Lreserve_full
	sub	$8, %r9
	bts	$32, %r9			/* a padding record: its length, and kind 1 in the upper half */
	mov	%r9, RSEQ_OPS_BUFFER_DATA(%rax,%rbx)
	xor	%ebx, %ebx
.Lreserve_fits:
	cmp	%r8, %r12
	ja	.Lreserve_full
	mov	%rdx, RSEQ_OPS_BUFFER_DATA(%rax,%rbx)
	mov	%r12, RSEQ_OPS_BUFFER_TAIL(%rax)	/* commit */
.Lreserve_committed:
	lea	RSEQ_OPS_BUFFER_DATA(%rax,%rbx), %rax
.Lreserve_return:
	RESTORE_AND_RETURN
.Lreserve_full:
	mov	$RSEQ_OPS_FULL, %eax
	jmp	.Lreserve_none
.Lreserve_unavailable:
	mov	$RSEQ_OPS_UNAVAILABLE, %eax
.Lreserve_none:
	bts	$63, %rax			/* MIN + status */
	jmp	.Lreserve_return
	ABORT reserve
	jmp	.Lreserve_none
	END reserve

/*
 * rseq_ops_watch(rdi word, rsi looks, rdx area) -> status
 *
 * In the section: looks, and no commit. An abort is an answer: there is no restart.
 */
	SEQUENCE watch
	mov	%rdx, %r9
	ARM watch
	cmpq	$0, (%rdi)
	jne	.Lwatch_elsewhere
.Lwatch_next:
	cmpq	$0, (%rdi)
	jne	.Lwatch_seen
	dec	%rsi
	jnz	.Lwatch_next
.Lwatch_committed:
	xor	%eax, %eax
	ret
.Lwatch_elsewhere:
	mov	$RSEQ_OPS_ELSEWHERE, %eax
	ret
.Lwatch_seen:
	mov	$RSEQ_OPS_SEEN, %eax
	ret
	SIGNATURE
.Lwatch_abort:
	mov	$RSEQ_OPS_STOPPED, %eax
	ret
	END watch

	.section .note.GNU-stack, "", @progbits
