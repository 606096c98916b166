/*
 * direct_aarch64.S: the sequences as code that HotSpot compiled calls them (direct.h), aarch64: as in C, with the arguments moved.
 *
 * HotSpot's compiled code passes integers in x1 .. x7, x0 (assembler_aarch64.hpp: j_rarg0 .. 7, C's moved on by one, so that a native
 * method's arguments make room for JNIEnv), and wants the answer in x0. It keeps x28 (the thread) and x27 (the heap's base) to itself; nothing
 * here or in ops_aarch64.S changes them, nor x19 .. x26.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#ifdef __ARM_FEATURE_BTI_DEFAULT
#define BRANCH_TARGET hint #38 /* bti jc: the JVM comes by a branch through whatever register it likes */
#else
#define BRANCH_TARGET
#endif

	.macro	ENTRY name
	.p2align 6
	.globl	rseq_direct_\name
	.protected	rseq_direct_\name	/* ops.h says why it is not hidden */
	.type	rseq_direct_\name, %function
rseq_direct_\name:
	.cfi_startproc
	BRANCH_TARGET
	.endm

	.macro	END name
	.cfi_endproc
	.size	rseq_direct_\name, . - rseq_direct_\name
	.endm

	.macro	TO_C count		/* moves that many arguments to where C has them */
	mov	x0, x1
	mov	x1, x2
	.if	\count >= 3
	mov	x2, x3
	.endif
	.if	\count >= 4
	mov	x3, x4
	.endif
	.if	\count >= 5
	mov	x4, x5
	.endif
	.endm

	.macro	CALL_AND_RETURN to	/* with a frame, which profilers follow: without one they find no caller, and drop the sample */
	stp	x29, x30, [sp, #-16]!
	.cfi_def_cfa_offset 16
	.cfi_offset x29, -16
	.cfi_offset x30, -8
	mov	x29, sp
	bl	rseq_ops_\to
	ldp	x29, x30, [sp], #16
	.cfi_restore x29
	.cfi_restore x30
	.cfi_def_cfa_offset 0
	ret
	.endm

	.macro	PASS_ON name, to, count
	ENTRY	\name
	TO_C	\count
	CALL_AND_RETURN \to
	END	\name
	.endm

	.macro	PASS_ON_BY_CPU name, count, last	/* last: where C wants the field. What else comes (direct.h) is not needed */
	ENTRY	\name
	TO_C	\count
	mov	\last, #4		/* cpu_id */
	CALL_AND_RETURN \name
	END	\name
	.endm

	.text

	PASS_ON_BY_CPU add, 2, x2
	PASS_ON_BY_CPU push, 3, x3
	PASS_ON_BY_CPU pop, 2, x2
	PASS_ON_BY_CPU take, 2, x2
	PASS_ON_BY_CPU reserve, 3, x3
	PASS_ON	add_by, add, 3
	PASS_ON	push_by, push, 4
	PASS_ON	pop_by, pop, 3
	PASS_ON	take_by, take, 3
	PASS_ON	compare_and_store, compare_and_store, 5
	PASS_ON	push_batch, push_batch, 5
	PASS_ON	pop_batch, pop_batch, 5
	PASS_ON	reserve_by, reserve, 4
	PASS_ON	append, append, 5

/* rseq_direct_probe(x1 a, x2 b, x3 c, x4 d, x5 e) -> a + 2b + 4c + 8d + 16e */
	ENTRY	probe
	add	x0, x4, x5, lsl #1
	add	x0, x3, x0, lsl #1
	add	x0, x2, x0, lsl #1
	add	x0, x1, x0, lsl #1
	ret
	END	probe

#include "bti_aarch64.h"

	.section .note.GNU-stack, "", %progbits
