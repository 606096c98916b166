/*
 * hook_jni.h: what the natives of $Rseq know that those of $RseqOpening ask.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_HOOK_JNI_H
#define RSEQ_JVM_HOOK_JNI_H

/* Cpus.count(), as start0 gave it to the hook; 0 before that. */
int hook_possible_cpus(void);

#endif
