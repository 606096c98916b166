/*
 * memory_jni.c: the native methods of java.lang.$RseqMemory, and nothing else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <jni.h>

#include "closable_cells.h"
#include "percpu_memory.h"

#define MEMORY(name) JNIEXPORT JNICALL Java_java_lang__00024RseqMemory_##name

/* An offset; -1 when the regions are full. */
jlong MEMORY(allocate0)(JNIEnv *env, jclass hook, jlong bytes) {
    (void)env;
    (void)hook;
    return percpu_memory_allocate(bytes);
}

/* What is no allocation, or no longer one, is left alone. */
void MEMORY(free0)(JNIEnv *env, jclass hook, jlong offset, jlong bytes) {
    (void)env;
    (void)hook;
    percpu_memory_free(offset, bytes);
}

/* Bytes allocated per region. */
jlong MEMORY(allocated0)(JNIEnv *env, jclass hook) {
    (void)env;
    (void)hook;
    return percpu_memory_totals().allocated;
}

/* The bits of the sum that the closable cells of all CPUs held: they hold 0 then. */
jlong MEMORY(takeDoubles0)(JNIEnv *env, jclass hook, jlong offset) {
    (void)env;
    (void)hook;
    return closable_cells_take(offset, closable_cells_sum);
}

/* The highest that they held, unsigned. */
jlong MEMORY(takeMax0)(JNIEnv *env, jclass hook, jlong offset) {
    (void)env;
    (void)hook;
    return closable_cells_take(offset, closable_cells_max);
}
