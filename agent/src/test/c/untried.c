/*
 * A kernel that tells no thread its own resource usage, and lets no thread choose its CPU: no trial shows anything there. Preloaded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

__attribute__((visibility("default"))) int getrusage(__rusage_who_t who, struct rusage *usage) {
    if (who != RUSAGE_THREAD) return (int)syscall(SYS_getrusage, who, usage);
    errno = EPERM;
    return -1;
}

__attribute__((visibility("default"))) int sched_setaffinity(pid_t thread, size_t size, const cpu_set_t *set) {
    (void)thread;
    (void)size;
    (void)set;
    errno = EPERM;
    return -1;
}
