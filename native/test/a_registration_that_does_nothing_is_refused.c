/*
 * A filter that comes while the process runs answers 0 to rseq(2) and does nothing: a thread that starts then is refused, no sequence commits
 * on it, and what it asked for is not counted. A thread that was registered before goes on.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>

#include "../include/rseq_agent.h"
#include "../src/kernel.h"
#include "../src/ledger.h"
#include "enter.h"
#include "../src/percpu_memory.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

static int64_t cell;

static void answer_0(void) {
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, RSEQ_SYSCALL, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof program / sizeof *program, .filter = program};
    CHECK_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) != 0) SKIP("no seccomp filters here: %s", strerror(errno));
}

static void *starts_later(void *unused) {
    struct thread_identity identity = {0};
    int expected = world_glibc_registers() ? ENODEV : ENOSYS;
    CHECK_EQ(registration_thread_started(&identity), expected);
    CHECK(registration_ensure(&identity) == NULL);
    CHECK_EQ(rseq_agent_register_current_thread(), expected);
    CHECK_EQ(sequence_add(cell, 1, offsetof(struct rseq_area, cpu_id)), ANSWER_UNAVAILABLE);
    CHECK_EQ(rseq_agent_unregister_current_thread(), EINVAL);
    registration_thread_ended(&identity);
    return unused;
}

int main(void) {
    world_check();
    if (world_glibc_registers()) world_glibc_owns();
    else world_agent_owns(true);
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    char reason[320] = "";
    CHECK(rseq_sequences_open(registration_ownership(), kernel_possible_cpus(1), PERCPU_SHIFT, reason, sizeof reason));
    cell = percpu_memory_allocate(8);
    CHECK(cell > 0);
    uint64_t calls = ledger_totals.kernel_registrations;
    answer_0();
    world_in_thread(starts_later, NULL);
    CHECK_EQ(ledger_totals.refused, 1);
    CHECK_EQ(ledger_totals.kernel_registrations, calls);
    CHECK_EQ(sequence_add(cell, 1, offsetof(struct rseq_area, cpu_id)), ANSWER_COMMITTED);
    return 0;
}
