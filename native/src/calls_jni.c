/*
 * calls_jni.c: the native methods of java.lang.$RseqCalls, and nothing else. Those that end in 1 are sequences for JDK 17, in two forms: a
 * JNI one, here, and a critical one without JNIEnv and jclass, which is the sequence itself (its names are in ops_x86_64.S and
 * ops_aarch64.S).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <jni.h>

#include "direct.h"
#include "ops.h"
#include "vmstructs.h"

#define CALLS(name) JNIEXPORT JNICALL Java_java_lang__00024RseqCalls_##name
#define CRITICAL(name) JNIEXPORT JNICALL JavaCritical_java_lang__00024RseqCalls_##name

_Static_assert(sizeof(jlong) == sizeof(int64_t), "what Java passes is what a sequence takes");

/* ---- addresses -------------------------------------------------------------------------------------------------------------------- */

/* By the numbers of $RseqCalls: for compiled Java code, and for C. */
static const struct {
    void (*direct)(void);
    void (*function)(void);
} sequences[] = {
    {rseq_direct_add, NULL},
    {rseq_direct_push, NULL},
    {rseq_direct_pop, NULL},
    {rseq_direct_reserve, NULL},
    {rseq_direct_add_by, (void (*)(void))rseq_ops_add},
    {rseq_direct_push_by, (void (*)(void))rseq_ops_push},
    {rseq_direct_pop_by, (void (*)(void))rseq_ops_pop},
    {rseq_direct_reserve_by, (void (*)(void))rseq_ops_reserve},
    {rseq_direct_compare_and_store, (void (*)(void))rseq_ops_compare_and_store},
    {rseq_direct_push_batch, (void (*)(void))rseq_ops_push_batch},
    {rseq_direct_pop_batch, (void (*)(void))rseq_ops_pop_batch},
    {rseq_direct_probe, NULL},
};

/* The address of a sequence; 0 for a number that is none's. */
jlong CALLS(address0)(JNIEnv *env, jclass hook, jint number, jboolean direct) {
    (void)env;
    (void)hook;
    if (number < 0 || (size_t)number >= sizeof sequences / sizeof sequences[0]) return 0;
    return (jlong)(uintptr_t)(direct == JNI_TRUE ? sequences[number].direct : sequences[number].function);
}

/* What rseq_direct_probe answers, if its arguments arrive. */
jlong CALLS(probe0)(JNIEnv *env, jclass hook, jlong a, jlong b, jlong c, jlong d, jlong e) {
    (void)env;
    (void)hook;
    return a + 2 * b + 4 * c + 8 * d + 16 * e;
}

/* ---- JDK 17's critical natives ---------------------------------------------------------------------------------------------------- */

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

jlong CALLS(add1)(JNIEnv *env, jclass hook, jlong offset, jlong delta, jlong field) {
    (void)env;
    (void)hook;
    return rseq_ops_add(offset, delta, field);
}

jlong CALLS(compareAndStore1)(JNIEnv *env, jclass hook, jlong offset, jlong index, jlong expected, jlong value, jlong field) {
    (void)env;
    (void)hook;
    return rseq_ops_compare_and_store(offset, index, expected, value, field);
}

jlong CALLS(push1)(JNIEnv *env, jclass hook, jlong offset, jlong capacity, jlong value, jlong field) {
    (void)env;
    (void)hook;
    return rseq_ops_push(offset, capacity, value, field);
}

jlong CALLS(pop1)(JNIEnv *env, jclass hook, jlong offset, jlong capacity, jlong field) {
    (void)env;
    (void)hook;
    return rseq_ops_pop(offset, capacity, field);
}

jlong CALLS(pushBatch1)(JNIEnv *env, jclass hook, jlong offset, jlong capacity, jlong shared, jlong count, jlong field) {
    (void)env;
    (void)hook;
    return rseq_ops_push_batch(offset, capacity, shared, count, field);
}

jlong CALLS(popBatch1)(JNIEnv *env, jclass hook, jlong offset, jlong capacity, jlong shared, jlong count, jlong field) {
    (void)env;
    (void)hook;
    return rseq_ops_pop_batch(offset, capacity, shared, count, field);
}

jlong CALLS(reserve1)(JNIEnv *env, jclass hook, jlong offset, jlong capacity, jlong length, jlong field) {
    (void)env;
    (void)hook;
    return rseq_ops_reserve(offset, capacity, length, field);
}
