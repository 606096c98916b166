/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <jni.h>
#include <sched.h>

/* The peer of io.rseq.benchmarks.peer.JniLibc: what a plain native method costs. */
JNIEXPORT jint JNICALL Java_io_rseq_benchmarks_peer_JniLibc_sched_1getcpu(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    return sched_getcpu();
}
