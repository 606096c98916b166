/*
 * calls_jni.c: the native methods of java.lang.$RseqCalls, and nothing else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <jni.h>

#include "direct.h"
#include "ops.h"

#define CALLS(name) JNIEXPORT JNICALL Java_java_lang__00024RseqCalls_##name

_Static_assert(sizeof(jlong) == sizeof(int64_t), "what Java passes is what a sequence takes");

/* By the numbers of $RseqCalls: for compiled Java code, and for C. */
static const struct {
    void (*direct)(void);
    void (*function)(void);
} sequences[] = {
    {rseq_direct_add, NULL},
    {rseq_direct_push, NULL},
    {rseq_direct_pop, NULL},
    {rseq_direct_reserve, NULL},
    {rseq_direct_take, NULL},
    {rseq_direct_add_by, (void (*)(void))rseq_ops_add},
    {rseq_direct_push_by, (void (*)(void))rseq_ops_push},
    {rseq_direct_pop_by, (void (*)(void))rseq_ops_pop},
    {rseq_direct_reserve_by, (void (*)(void))rseq_ops_reserve},
    {rseq_direct_take_by, (void (*)(void))rseq_ops_take},
    {rseq_direct_compare_and_store, (void (*)(void))rseq_ops_compare_and_store},
    {rseq_direct_push_batch, (void (*)(void))rseq_ops_push_batch},
    {rseq_direct_pop_batch, (void (*)(void))rseq_ops_pop_batch},
    {rseq_direct_probe, NULL},
    {rseq_direct_append, NULL},
};

/* The address of a sequence; 0 for a number that is none's. */
jlong CALLS(address0)(JNIEnv *env, jclass hook, jint number, jboolean direct) {
    (void)env;
    (void)hook;
    if (number < 0 || (size_t)number >= sizeof sequences / sizeof sequences[0]) return 0;
    return (jlong)(uintptr_t)(direct == JNI_TRUE ? sequences[number].direct : sequences[number].function);
}

/* What the first five want to be told, for good once rseq_ops_open() has succeeded. */
jlong CALLS(area0)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    return rseq_ops_area;
}

jlong CALLS(cpus0)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    return rseq_ops_cpus;
}

/* What rseq_direct_probe answers, if its arguments arrive. */
jlong CALLS(probe0)(JNIEnv *env, jclass hook, jlong a, jlong b, jlong c, jlong d, jlong e) {
    (void)env;
    (void)hook;
    return a + 2 * b + 4 * c + 8 * d + 16 * e;
}
