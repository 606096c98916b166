/*
 * commits_jni.c: the native methods of java.lang.$RseqCommits, and nothing else. Those that end in 0 open, allocate and fence. Those that
 * end in 1 are sequences for JDK 17, in two forms: a JNI one, here, and a critical one without JNIEnv and jclass, which is the sequence
 * itself (its names are in ops_x86_64.S and ops_aarch64.S).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <jni.h>
#include <pthread.h>
#include <string.h>

#include "hook_jni.h"
#include "ops.h"
#include "percpu_memory.h"
#include "registration.h"
#include "vmstructs.h"

#define COMMITS(name) JNIEXPORT JNICALL Java_java_lang__00024RseqCommits_##name
#define CRITICAL(name) JNIEXPORT JNICALL JavaCritical_java_lang__00024RseqCommits_##name

_Static_assert(sizeof(jlong) == sizeof(int64_t), "what Java passes is what a sequence takes");

static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;
static char reason[320];

/* ---- memory and fence ------------------------------------------------------------------------------------------------------------- */

/* Makes what the sequences need. Returns the address of region 0; 0, with a reason, where sequences are not to be had. */
jlong COMMITS(open0)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    pthread_mutex_lock(&opening);
    reason[0] = '\0';
    bool opened = rseq_ops_open(registration_ownership(), hook_possible_cpus(), reason, sizeof reason);
    pthread_mutex_unlock(&opening);
    return opened ? (jlong)(uintptr_t)percpu_memory_base() : 0;
}

/* Why open0 returned 0; empty when it did not. */
jstring COMMITS(reason0)(JNIEnv *env, jclass hook) {
    (void)hook;
    char text[sizeof reason];
    pthread_mutex_lock(&opening);
    memcpy(text, reason, sizeof text);
    pthread_mutex_unlock(&opening);
    return (*env)->NewStringUTF(env, text);
}

/* The address of a sequence, for a linker; 0 for a number that is none's. */
jlong COMMITS(function0)(JNIEnv *env, jclass hook, jint which) {
    (void)env;
    (void)hook;
    switch (which) {
        case 0: return (jlong)(uintptr_t)&rseq_ops_add;
        case 1: return (jlong)(uintptr_t)&rseq_ops_compare_and_store;
        case 2: return (jlong)(uintptr_t)&rseq_ops_push;
        case 3: return (jlong)(uintptr_t)&rseq_ops_pop;
        case 4: return (jlong)(uintptr_t)&rseq_ops_push_batch;
        case 5: return (jlong)(uintptr_t)&rseq_ops_pop_batch;
        case 6: return (jlong)(uintptr_t)&rseq_ops_reserve;
        default: return 0;
    }
}

/* An offset; -1 when the regions are full. */
jlong COMMITS(allocate0)(JNIEnv *env, jclass hook, jlong bytes) {
    (void)env;
    (void)hook;
    return percpu_memory_allocate(bytes);
}

/* What is no allocation, or no longer one, is left alone. */
void COMMITS(free0)(JNIEnv *env, jclass hook, jlong offset, jlong bytes) {
    (void)env;
    (void)hook;
    percpu_memory_free(offset, bytes);
}

jboolean COMMITS(fence0)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    return rseq_ops_fence() ? JNI_TRUE : JNI_FALSE;
}

jlong COMMITS(allocated0)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    return percpu_memory_totals().allocated;
}

jlong COMMITS(restarts0)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    return (jlong)__atomic_load_n(&rseq_ops_aborts, __ATOMIC_RELAXED);
}

/* ---- JDK 17's critical natives ---------------------------------------------------------------------------------------------------- */

/*
 * Switches -XX:CriticalJNINatives, which is read when a call to a native method is compiled. Returns what it was. Where this JVM has no
 * such flag (18 and later) nothing is changed, and the answer is false.
 */
jboolean COMMITS(criticalFlag0)(JNIEnv *env, jclass hook, jboolean on) {
    (void)hook;
    volatile uint8_t *flag = vmstructs_bool_flag(env, "CriticalJNINatives");
    if (flag == NULL) return JNI_FALSE;
    return __atomic_exchange_n(flag, on == JNI_TRUE, __ATOMIC_SEQ_CST) != 0 ? JNI_TRUE : JNI_FALSE;
}

/* Which of the two the JVM linked: 0 the JNI form, 1 the critical one. */
jlong COMMITS(critical1)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    return 0;
}

jlong CRITICAL(critical1)(void) {
    return 1;
}

jlong COMMITS(add1)(JNIEnv *env, jclass hook, jlong offset, jlong delta, jlong field) {
    (void)env;
    (void)hook;
    return rseq_ops_add(offset, delta, field);
}

jlong COMMITS(compareAndStore1)(JNIEnv *env, jclass hook, jlong offset, jlong index, jlong expected, jlong value, jlong field) {
    (void)env;
    (void)hook;
    return rseq_ops_compare_and_store(offset, index, expected, value, field);
}

jlong COMMITS(push1)(JNIEnv *env, jclass hook, jlong offset, jlong capacity, jlong value, jlong field) {
    (void)env;
    (void)hook;
    return rseq_ops_push(offset, capacity, value, field);
}

jlong COMMITS(pop1)(JNIEnv *env, jclass hook, jlong offset, jlong capacity, jlong field) {
    (void)env;
    (void)hook;
    return rseq_ops_pop(offset, capacity, field);
}

jlong COMMITS(pushBatch1)(JNIEnv *env, jclass hook, jlong offset, jlong capacity, jlong shared, jlong count, jlong field) {
    (void)env;
    (void)hook;
    return rseq_ops_push_batch(offset, capacity, shared, count, field);
}

jlong COMMITS(popBatch1)(JNIEnv *env, jclass hook, jlong offset, jlong capacity, jlong shared, jlong count, jlong field) {
    (void)env;
    (void)hook;
    return rseq_ops_pop_batch(offset, capacity, shared, count, field);
}

jlong COMMITS(reserve1)(JNIEnv *env, jclass hook, jlong offset, jlong capacity, jlong length, jlong field) {
    (void)env;
    (void)hook;
    return rseq_ops_reserve(offset, capacity, length, field);
}
