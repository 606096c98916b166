/*
 * opening_jni.c: the native methods of java.lang.$RseqOpening, and nothing else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <jni.h>
#include <pthread.h>
#include <string.h>

#include "rseq_jni.h"
#include "percpu_memory.h"
#include "registration.h"
#include "sequences.h"
#include "trial.h"

#define OPENING(name) JNIEXPORT JNICALL Java_java_lang__00024RseqOpening_##name

static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;
static char reason[320];

/* What native.path names may be of another version than the jar. */
jint OPENING(layout0)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    return SEQUENCE_LAYOUT;
}

/* Makes what the sequences need, regions of 2^shift bytes among it. Returns the address of region 0; 0, with a reason, where there are no sequences. */
jlong OPENING(open0)(JNIEnv *env, jclass hook, jint shift) {
    (void)env;
    (void)hook;
    pthread_mutex_lock(&opening);
    reason[0] = '\0';
    bool opened = rseq_sequences_open(registration_ownership(), rseq_possible_cpus(), shift, reason, sizeof reason);
    pthread_mutex_unlock(&opening);
    return opened ? (jlong)(uintptr_t)percpu_memory_base() : 0;
}

/* Why open0 returned 0; empty when it did not. */
jstring OPENING(reason0)(JNIEnv *env, jclass hook) {
    (void)hook;
    char text[sizeof reason];
    pthread_mutex_lock(&opening);
    memcpy(text, reason, sizeof text);
    pthread_mutex_unlock(&opening);
    return (*env)->NewStringUTF(env, text);
}

/* Why the sequences answer the calling thread UNAVAILABLE. */
jstring OPENING(unavailable0)(JNIEnv *env, jclass hook) {
    (void)hook;
    char text[sizeof reason];
    rseq_sequences_unavailable(text, sizeof text);
    return (*env)->NewStringUTF(env, text);
}

/* Whether two threads that run at once have different concurrency ids here: enum verdict. */
jint OPENING(concurrencyIds0)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    return trial_of_index(registration_ownership(), offsetof(struct rseq_area, mm_cid));
}

jboolean OPENING(fence0)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    return rseq_sequences_fence() ? JNI_TRUE : JNI_FALSE;
}

jboolean OPENING(fenceAgain0)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    return rseq_sequences_fence_again() ? JNI_TRUE : JNI_FALSE;
}

jboolean OPENING(fenceIsRefused0)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    return rseq_sequences_fence_is_refused() ? JNI_TRUE : JNI_FALSE;
}

jlong OPENING(restarts0)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    return (jlong)__atomic_load_n(&rseq_sequences_aborts, __ATOMIC_RELAXED);
}
