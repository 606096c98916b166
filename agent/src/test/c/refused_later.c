/*
 * refused_later.c: a sandbox that comes when the process runs, as JNI. later(): every thread's rseq(2) answers EPERM from now on.
 * again(area): a second registration of that area, and that alone, kills the process. fence(both): membarrier(2) answers EPERM; and sched_setaffinity(2), if both.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <jni.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __aarch64__
#define RSEQ_SYSCALL 293
#else
#define RSEQ_SYSCALL 334
#endif

#define NATIVE(name) Java_io_rseq_agent_it_programs_RefusedLater_##name
#define ARGUMENT(n) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) + 8 * (n)) /* its low half */

/* On all threads. 0, or errno. */
static int install(struct sock_filter *program, unsigned short length) {
    struct sock_fprog filter = {.len = length, .filter = program};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter) == 0 ? 0 : errno;
}

JNIEXPORT jint JNICALL NATIVE(later)(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, RSEQ_SYSCALL, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    return install(program, sizeof program / sizeof *program);
}

JNIEXPORT jint JNICALL NATIVE(again)(JNIEnv *env, jclass type, jlong area) {
    (void)env;
    (void)type;
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, RSEQ_SYSCALL, 0, 5),
        ARGUMENT(0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)area, 0, 3),
        ARGUMENT(2),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1), /* flags 0: it registers */
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    return install(program, sizeof program / sizeof *program);
}

JNIEXPORT jint JNICALL NATIVE(fence)(JNIEnv *env, jclass type, jboolean both) {
    (void)env;
    (void)type;
    unsigned second = both ? SYS_sched_setaffinity : SYS_membarrier;
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, second, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    return install(program, sizeof program / sizeof *program);
}

/* The calling thread's: glibc's where that registers, otherwise what a library would bind to. */
JNIEXPORT jlong JNICALL NATIVE(area)(JNIEnv *env, jclass type) {
    (void)env;
    (void)type;
    const unsigned *size = dlsym(RTLD_DEFAULT, "__rseq_size");
    const ptrdiff_t *offset = dlsym(RTLD_DEFAULT, "__rseq_offset");
    if (size != NULL && *size > 0 && offset != NULL) return (jlong)((char *)__builtin_thread_pointer() + *offset);
    return (jlong)dlsym(RTLD_DEFAULT, "__rseq_abi");
}

JNIEXPORT jint JNICALL NATIVE(cpuId)(JNIEnv *env, jclass type, jlong area) {
    (void)env;
    (void)type;
    return *(const volatile jint *)(area + 4);
}

/* What the filter of again() must see. 0, or errno. */
JNIEXPORT jint JNICALL NATIVE(register)(JNIEnv *env, jclass type, jlong area) {
    (void)env;
    (void)type;
    return syscall(RSEQ_SYSCALL, area, 32, 0, 0x53053053) == 0 ? 0 : errno;
}
