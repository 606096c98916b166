/*
 * bti_aarch64.h: the note that says that a file of assembly has its branch targets, where the C compiler gives it to its own files. Included at
 * the end of each: the linker drops it from the whole library where one file lacks it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifdef __ARM_FEATURE_BTI_DEFAULT
	.section .note.gnu.property, "a", %note
	.p2align 3
	.word	4, 16, 5			/* bytes of the name, bytes of what follows it, NT_GNU_PROPERTY_TYPE_0 */
	.asciz	"GNU"
	.word	0xc0000000, 4, 1, 0		/* GNU_PROPERTY_AARCH64_FEATURE_1_AND: BTI */
#endif
