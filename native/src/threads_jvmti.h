/*
 * threads_jvmti.h: the JVM's own word that a thread begins or ends, spoken on that thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_THREADS_JVMTI_H
#define RSEQ_JVM_THREADS_JVMTI_H

#include <jni.h>
#include <stdbool.h>

#include "registration.h"

enum { THREAD_NAME_BYTES = JOURNAL_NAME_BYTES };

/* Gets the JVMTI environment and the ids that identities are read with. False when this JVM has no JVMTI. */
bool threads_open(JavaVM *vm, JNIEnv *env);

/* Counts threads in at their start where others register them, and out at their end. False when the JVM refuses the events. */
bool threads_watch(void);

/* What the JVM knows of a java.lang.Thread: its id, and, while the journal is verbose, its name, copied into 'buffer'. */
struct thread_identity threads_identity(JNIEnv *env, jobject thread, char buffer[THREAD_NAME_BYTES]);

#endif
