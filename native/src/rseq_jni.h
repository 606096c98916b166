/*
 * rseq_jni.h: what the natives of $Rseq know that those of $RseqOpening ask.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_RSEQ_JNI_H
#define RSEQ_JVM_RSEQ_JNI_H

/* Cpus.count(), as start0 gave it to the hook; 0 before that. */
int rseq_possible_cpus(void);

#endif
