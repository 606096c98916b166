/*
 * sandboxed ENOSYS|EPERM|0|membarrier COMMAND...: runs a command under a seccomp filter that answers rseq(2) with that errno; 0 says that all is well,
 * and nothing is done; 'membarrier': that answers membarrier(2) ENOSYS instead. Exit code 77: no filters here.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __aarch64__
#define RSEQ_SYSCALL 293
#else
#define RSEQ_SYSCALL 334
#endif

int main(int count, char **arguments) {
    if (count < 3) return 2;
    unsigned error = strcmp(arguments[1], "EPERM") == 0 ? EPERM : strcmp(arguments[1], "0") == 0 ? 0 : ENOSYS;
    unsigned refused = strcmp(arguments[1], "membarrier") == 0 ? SYS_membarrier : RSEQ_SYSCALL;
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, refused, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof program / sizeof *program, .filter = program};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) != 0) return 77;
    execvp(arguments[2], arguments + 2);
    return 127;
}
