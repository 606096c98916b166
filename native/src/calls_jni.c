/*
 * calls_jni.c: the native methods of java.lang.$RseqCalls, in both of its forms, and nothing else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <jni.h>
#include <stdbool.h>

#include "sequences.h"

#define CALLS(name) JNIEXPORT JNICALL Java_java_lang__00024RseqCalls_##name

enum { NAME_LENGTH = 64 };

_Static_assert(sizeof(jlong) == sizeof(int64_t), "what Java passes is what a sequence takes");

/* The address of a sequence, or of probe or enter; 0 where there is none of that name. */
jlong CALLS(address0)(JNIEnv *env, jclass hook, jstring name) {
    (void)hook;
    char text[NAME_LENGTH];
    jsize length = (*env)->GetStringUTFLength(env, name);
    if (length >= NAME_LENGTH) return 0;
    (*env)->GetStringUTFRegion(env, name, 0, (*env)->GetStringLength(env, name), text);
    text[length] = '\0';
    return (jlong)(uintptr_t)rseq_sequences_find(text);
}

/* What sequences take last, for good once rseq_sequences_open() has succeeded. */
jlong CALLS(area0)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    return rseq_sequences_area;
}

jlong CALLS(cpus0)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    return rseq_sequences_cpus;
}

/* ---- on 17: enters a sequence with four to six arguments, where the caller is interpreted, or compiled by C1 --------------------------- */

/* What is no sequence's address is never entered. */
static bool is_sequence(jlong address) {
#define IS_IT(name) if ((uint64_t)address == (uintptr_t)rseq_sequence_##name) return true;
    SEQUENCES(IS_IT)
    return false;
}

static jlong enter(jlong address, jlong a, jlong b, jlong c, jlong d, jlong e, jlong f) {
    if (rseq_sequences_cpus == 0 || !is_sequence(address)) return SEQUENCE_STATUS + SEQUENCE_UNAVAILABLE;
    return rseq_sequence_enter((sequence *)(uintptr_t)address, a, b, c, d, e, f);
}

jlong CALLS(four0)(JNIEnv *env, jclass hook, jlong address, jlong a, jlong b, jlong c, jlong d) {
    (void)env;
    (void)hook;
    return enter(address, a, b, c, d, 0, 0);
}

jlong CALLS(five0)(JNIEnv *env, jclass hook, jlong address, jlong a, jlong b, jlong c, jlong d, jlong e) {
    (void)env;
    (void)hook;
    return enter(address, a, b, c, d, e, 0);
}

jlong CALLS(six0)(JNIEnv *env, jclass hook, jlong address, jlong a, jlong b, jlong c, jlong d, jlong e, jlong f) {
    (void)env;
    (void)hook;
    return enter(address, a, b, c, d, e, f);
}
