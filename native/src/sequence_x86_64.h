/*
 * sequence_x86_64.h: what the assembly of ops_x86_64.S and direct_x86_64.S has alike. How to read a sequence: ops_x86_64.S.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ops.h"

#ifdef __CET__
#include <cet.h> /* the note that says that this file has its endbr64; only where the C compiler gives it to its own files */
#else
#define _CET_ENDBR
#endif

	.macro	DESCRIPTOR name		/* struct rseq_cs: version 0, flags 0, start, length up to the end of the commit, abort */
.L\name\()_descriptor:
	.long	0, 0
	.quad	.L\name\()_start, .L\name\()_committed - .L\name\()_start, .L\name\()_abort
	.endm

	.macro	ARM name, area=%r9	/* changes rax */
	lea	.L\name\()_descriptor(%rip), %rax
#ifndef RSEQ_OPS_BROKEN
	mov	%rax, %fs:8(\area)
#endif
.L\name\()_start:
	.endm

	.macro	SIGNATURE		/* in front of each _abort */
	.byte	0x0f, 0xb9, 0x3d	/* ud1 signature(%rip), %edi */
	.long	0x53053053
	.endm

	.macro	SEQUENCE name, prefix=rseq_ops_
	.p2align 6
	.globl	\prefix\name
	.protected	\prefix\name	/* ops.h says why it is not hidden */
	.type	\prefix\name, @function
\prefix\name:
	.cfi_startproc
	_CET_ENDBR
	.endm

	.macro	END name, prefix=rseq_ops_
	.cfi_endproc
	.size	\prefix\name, . - \prefix\name
	.endm
