/*
 * vmstructs.h: the way from a java.lang.Thread to its rseq area, by loads alone.
 *
 * Thread.eetop -> JavaThread._osthread -> OSThread._pthread_id == pthread_self(), and from there a constant distance to the area. The
 * offsets come from libjvm's own exported table (src/hotspot/share/runtime/vmStructs.cpp, made for the serviceability agent), and are
 * believed only after the chain was followed here, with checked reads, to the right end.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_VMSTRUCTS_H
#define RSEQ_JVM_VMSTRUCTS_H

#include <jni.h>
#include <stdbool.h>
#include <stdint.h>

struct vm_offsets {
    int64_t osthread;   /* of OSThread* in JavaThread */
    int64_t pthread_id; /* of pthread_t in OSThread */
};

/* Reads the offsets. False, with a reason of at most 'size' bytes, when this JVM exports none. */
bool vmstructs_read(JNIEnv *env, struct vm_offsets *offsets, char *reason, int size);

/* Follows the chain of the calling thread from its JavaThread address. True when it ends at pthread_self(). Never faults. */
bool vmstructs_check(const struct vm_offsets *offsets, int64_t java_thread);

#endif
