/*
 * rseq_configuration.c: what the kernel holds for threads of another process: rseq_configuration TID...
 * prints "tid=TID address=0x.. length=N signature=0x.. flags=N" each. Exit code 77: it may not be asked here.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/wait.h>

enum { SKIPPED = 77, REQUEST_RSEQ_CONFIGURATION = 0x420f, REQUEST_SEIZE = 0x4206, REQUEST_INTERRUPT = 0x4207 };

/* include/uapi/linux/ptrace.h, Linux 5.13 */
struct configuration {
    uint64_t address;
    uint32_t length;
    uint32_t signature;
    uint32_t flags;
    uint32_t padding;
};

static int failed(const char *what, pid_t thread) {
    fprintf(stderr, "%s of thread %d: %s\n", what, (int)thread, strerror(errno));
    return errno == EPERM || errno == EACCES || errno == EIO || errno == EINVAL || errno == ENOSYS ? SKIPPED : 1;
}

int main(int count, char **words) {
    for (int i = 1; i < count; i++) {
        pid_t thread = (pid_t)atoi(words[i]);
        struct configuration held;
        memset(&held, 0, sizeof held);
        if (ptrace(REQUEST_SEIZE, thread, NULL, NULL) != 0) return failed("PTRACE_SEIZE", thread);
        if (ptrace(REQUEST_INTERRUPT, thread, NULL, NULL) != 0) return failed("PTRACE_INTERRUPT", thread);
        if (waitpid(thread, NULL, __WALL) != thread) return failed("waitpid", thread);
        if (ptrace(REQUEST_RSEQ_CONFIGURATION, thread, (void *)sizeof held, &held) != (long)sizeof held)
            return failed("PTRACE_GET_RSEQ_CONFIGURATION", thread);
        if (ptrace(PTRACE_DETACH, thread, NULL, NULL) != 0) return failed("PTRACE_DETACH", thread);
        printf("tid=%d address=0x%llx length=%u signature=0x%x flags=%u\n", (int)thread, (unsigned long long)held.address,
               held.length, held.signature, held.flags);
    }
    return 0;
}
