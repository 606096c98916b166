/*
 * counting.c: a library of the protocol of 2018, loaded late: it counts the threads that call it in and out of __rseq_abi, the agent's where
 * the agent shows one, else its own, which the kernel refuses beside glibc's.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <jni.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __aarch64__
#define RSEQ_SYSCALL 293
#define RSEQ_SIGNATURE 0xd428bc00
#else
#define RSEQ_SYSCALL 334
#define RSEQ_SIGNATURE 0x53053053
#endif
#define MODEL __attribute__((tls_model("initial-exec"), visibility("default")))

enum { LENGTH = 32, UNREGISTER = 1 };

struct area {
    uint32_t cpu_id_start, cpu_id;
    uint64_t rseq_cs;
    uint32_t flags, padding[3];
};

MODEL __thread struct area __rseq_abi __attribute__((aligned(32))) = {.cpu_id = UINT32_MAX};
MODEL __thread uint32_t __rseq_refcount;

static int count_in(void) {
    if (__rseq_refcount++ > 0) return 0;
    if (syscall(RSEQ_SYSCALL, &__rseq_abi, LENGTH, 0, RSEQ_SIGNATURE) == 0) return 0;
    __rseq_refcount--;
    return -1;
}

static void count_out(void) {
    if (--__rseq_refcount == 0) syscall(RSEQ_SYSCALL, &__rseq_abi, LENGTH, UNREGISTER, RSEQ_SIGNATURE);
}

static int count_in_and_out(void) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int counted = count_in() == 0;
    if (counted) count_out();
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return counted;
}

__attribute__((constructor)) static void loaded(void) {
    count_in_and_out();
}

JNIEXPORT jboolean JNICALL Java_io_rseq_agent_it_programs_Hostility_countAsOfOld(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    return count_in_and_out() ? JNI_TRUE : JNI_FALSE;
}
