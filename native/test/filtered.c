/*
 * filtered ENOSYS|EPERM|0 before|after OWNER REASON: a seccomp filter answers rseq(2) with that errno, set before the program starts (as a
 * sandbox does) or while it runs; 0: it says that all is well, and nothing is done. Then the decision must be OWNER for a reason that contains REASON ("-": any).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "../include/rseq_agent.h"
#include "../src/kernel.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

static void filter_rseq(unsigned error) {
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, RSEQ_SYSCALL, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof program / sizeof *program, .filter = program};
    CHECK_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) != 0) SKIP("no seccomp filters here: %s", strerror(errno));
}

int main(int count, char **arguments) {
    CHECK_EQ(count, 5);
    unsigned error = strcmp(arguments[1], "EPERM") == 0 ? EPERM : strcmp(arguments[1], "0") == 0 ? 0 : ENOSYS;
    if (strcmp(arguments[2], "inside") != 0) {
        world_check();
        filter_rseq(error);
    }
    if (strcmp(arguments[2], "before") == 0) {
        execl("/proc/self/exe", arguments[0], arguments[1], "inside", arguments[3], arguments[4], (char *)NULL);
        CHECK_EQ(errno, 0);
    }
    CHECK_EQ(kernel_is_registered(),
             error == EPERM ? REGISTRATION_FORBIDDEN : error == 0 ? REGISTRATION_PRETENDED : REGISTRATION_NO_KERNEL);
    if (error == 0) error = ENOSYS; /* what is said of it */
    struct ownership_request request = {.forced = OWNER_KINDS};
    struct ownership decision;
    bool needs_own_area;
    ownership_decide(&request, &decision, &needs_own_area);
    CHECK(!needs_own_area);
    CHECK_CONTAINS(owner_name(decision.owner), arguments[3]);
    CHECK_CONTAINS(decision.reason, strcmp(arguments[4], "-") == 0 ? "" : arguments[4]);
    CHECK(registration_open(&decision));
    CHECK_EQ(rseq_agent_register_current_thread(), decision.owner == OWNER_NONE ? (int)error : 0);
    CHECK_EQ(rseq_agent_unregister_current_thread(), decision.owner == OWNER_NONE ? EINVAL : 0);
    if (decision.owner == OWNER_NONE) CHECK_EQ(rseq_agent_register_current_thread(), (int)error);
    CHECK_EQ(ledger_totals.refused, decision.owner == OWNER_NONE ? 1 : 0); /* a thread, however often it asks */
    return 0;
}
