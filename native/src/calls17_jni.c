/*
 * calls17_jni.c: the native methods of java.lang.$RseqCalls17, and nothing else. Those that end in 1 run a sequence, in two forms: a JNI one,
 * and a critical one without JNIEnv and jclass, which HotSpot 17 calls without thread-state transition where it has made its wrapper so.
 *
 * Their first argument is the address that C2 would enter itself (direct.h). Here it does no more than say which sequence is meant: what is
 * not one of those addresses is answered that nothing is to be had, and is never called.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <jni.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "direct.h"
#include "ops.h"
#include "vmstructs.h"

#define CALLS(name) JNIEXPORT JNICALL Java_java_lang__00024RseqCalls17_##name
#define CRITICAL_FORM(name) JavaCritical_java_lang__00024RseqCalls17_##name
#if defined(__x86_64__)
#define CRITICAL(name) JNIEXPORT JNICALL CRITICAL_FORM(name)
#else /* HotSpot 17 has critical natives on x86 alone: on aarch64 it aborts where it finds one and the flag on. So there is none to be found */
#define CRITICAL(name) RSEQ_OPS_HIDDEN CRITICAL_FORM(name)
#endif

_Static_assert(sizeof(jlong) == sizeof(int64_t), "what Java passes is what a sequence takes");

/*
 * Switches -XX:CriticalJNINatives, which is read when a call to a native method is compiled. Returns what it was. Where this JVM has no
 * such flag (18 and later) nothing is changed, and the answer is false.
 */
jboolean CALLS(criticalFlag0)(JNIEnv *env, jclass hook, jboolean on) {
    (void)hook;
    volatile uint8_t *flag = vmstructs_bool_flag(env, "CriticalJNINatives");
    if (flag == NULL) return JNI_FALSE;
    return __atomic_exchange_n(flag, on == JNI_TRUE, __ATOMIC_SEQ_CST) != 0 ? JNI_TRUE : JNI_FALSE;
}

/* Which of the two the JVM linked: 0 the JNI form, 1 the critical one. */
jlong CALLS(critical1)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    return 0;
}

jlong CRITICAL(critical1)(void) {
    return 1;
}

/* ---- sequences, by how many numbers they take ------------------------------------------------------------------------------------- */

#define FIELD_CPU 4
#define NONE (RSEQ_OPS_STATUS + RSEQ_OPS_UNAVAILABLE)

static bool means(jlong address, void (*direct)(void)) {
    return (uint64_t)address == (uintptr_t)direct;
}

jlong CRITICAL(three1)(jlong address, jlong a, jlong b, jlong c) {
    if (means(address, rseq_direct_add_by)) return rseq_ops_add(a, b, c);
    if (means(address, rseq_direct_pop_by)) return rseq_ops_pop(a, b, c);
    if (means(address, rseq_direct_take_by)) return rseq_ops_take(a, b, c);
    return NONE;
}

jlong CRITICAL(four1)(jlong address, jlong a, jlong b, jlong c, jlong d) {
    if (means(address, rseq_direct_add)) return rseq_ops_add(a, b, FIELD_CPU);
    if (means(address, rseq_direct_pop)) return rseq_ops_pop(a, b, FIELD_CPU);
    if (means(address, rseq_direct_take)) return rseq_ops_take(a, b, FIELD_CPU);
    if (means(address, rseq_direct_push_by)) return rseq_ops_push(a, b, c, d);
    if (means(address, rseq_direct_reserve_by)) return rseq_ops_reserve(a, b, c, d);
    return NONE;
}

jlong CRITICAL(five1)(jlong address, jlong a, jlong b, jlong c, jlong d, jlong e) {
    if (means(address, rseq_direct_push)) return rseq_ops_push(a, b, c, FIELD_CPU);
    if (means(address, rseq_direct_reserve)) return rseq_ops_reserve(a, b, c, FIELD_CPU);
    if (means(address, rseq_direct_compare_and_store)) return rseq_ops_compare_and_store(a, b, c, d, e);
    if (means(address, rseq_direct_push_batch)) return rseq_ops_push_batch(a, b, c, d, e);
    if (means(address, rseq_direct_pop_batch)) return rseq_ops_pop_batch(a, b, c, d, e);
    return NONE;
}

jlong CALLS(three1)(JNIEnv *env, jclass hook, jlong address, jlong a, jlong b, jlong c) {
    (void)env;
    (void)hook;
    return CRITICAL_FORM(three1)(address, a, b, c);
}

jlong CALLS(four1)(JNIEnv *env, jclass hook, jlong address, jlong a, jlong b, jlong c, jlong d) {
    (void)env;
    (void)hook;
    return CRITICAL_FORM(four1)(address, a, b, c, d);
}

jlong CALLS(five1)(JNIEnv *env, jclass hook, jlong address, jlong a, jlong b, jlong c, jlong d, jlong e) {
    (void)env;
    (void)hook;
    return CRITICAL_FORM(five1)(address, a, b, c, d, e);
}
