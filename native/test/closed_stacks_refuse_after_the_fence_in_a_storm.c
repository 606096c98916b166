/*
 * While sixteen threads push and pop, one closes the stacks of all CPUs, fences, and from then on has them to itself: nobody's push or pop
 * that began before commits any more. It takes all values out, checks them, puts them back and opens again. 'refused': the same where a filter
 * refuses membarrier(2) from the opening on, so that the thread runs on each CPU instead; and may run where it might before.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "enter.h"
#include "check.h"
#include "storm.h"

enum { VALUES = 32, CAPACITY = 64, REGIONS_MAX = 1024 };

static int64_t stack;
static _Atomic int64_t refusals;
static int drains;

static void pop_and_push(int number) {
    (void)number;
    int64_t value = -1;
    while (storm_goes_on() || value >= 0) {
        if (value < 0) {
            int64_t popped = sequence_pop(stack, CAPACITY, CPU_ID);
            if (popped >= 0) value = popped;
            if (popped == ANSWER_CLOSED) refusals++;
        } else {
            int64_t status = sequence_push(stack, CAPACITY, value, CPU_ID);
            if (status == ANSWER_COMMITTED) value = -1;
            else if (status == ANSWER_CLOSED) refusals++;
            else CHECK_EQ(status, ANSWER_RESTARTED);
        }
    }
}

static void close_all(int64_t closed) {
    for (int cpu = 0; cpu < storm_cpus(); cpu++) atomic_store(storm_word(cpu, stack + STACK_CLOSED), closed);
}

/* What the owner of closed stacks does: it must find the stacks again as it left them. */
static void drain(void) {
    static int64_t counts[REGIONS_MAX];
    close_all(1);
    CHECK(rseq_sequences_fence_again());
    int seen[VALUES] = {0};
    for (int cpu = 0; cpu < storm_cpus(); cpu++) {
        _Atomic int64_t *count = storm_word(cpu, stack + STACK_COUNT);
        counts[cpu] = *count;
        CHECK(counts[cpu] >= 0 && counts[cpu] <= VALUES);
        for (int i = 0; i < counts[cpu]; i++) {
            int64_t value = *storm_word(cpu, stack + STACK_VALUES + 8 * i);
            CHECK(value >= 0 && value < VALUES);
            CHECK_EQ(seen[value]++, 0);
        }
        *count = -cpu - 1; /* no count of a stack */
    }
    usleep(300);
    for (int cpu = 0; cpu < storm_cpus(); cpu++) {
        _Atomic int64_t *count = storm_word(cpu, stack + STACK_COUNT);
        CHECK_EQ(*count, -cpu - 1);
        *count = counts[cpu];
    }
    close_all(0);
    drains++;
    usleep(300);
}

static void refuse(unsigned call) {
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof program / sizeof *program, .filter = program};
    CHECK_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) != 0) SKIP("no seccomp filters here: %s", strerror(errno));
}

int main(int count, char **arguments) {
    (void)arguments;
    bool refused = count > 1;
    storm_open();
    if (!rseq_sequences_fence()) SKIP("this kernel has no membarrier for rseq (before 5.10)");
    cpu_set_t before, after;
    CHECK_EQ(sched_getaffinity(0, sizeof before, &before), 0);
    if (refused) {
        refuse(SYS_membarrier);
        CHECK(!rseq_sequences_fence());
        CHECK(!rseq_sequences_fence_is_refused());
    }
    if (storm_cpus() > REGIONS_MAX) SKIP("more than %d possible CPUs", REGIONS_MAX);
    stack = storm_allocate(STACK_BYTES(CAPACITY));
    for (int i = 0; i < VALUES; i++) CHECK_EQ(sequence_push(stack, CAPACITY, i, CPU_ID), ANSWER_COMMITTED);
    storm_run(1000, pop_and_push, drain);
    int seen[VALUES] = {0};
    for (int cpu = 0; cpu < storm_cpus(); cpu++) {
        for (int i = 0; i < *storm_word(cpu, stack + STACK_COUNT); i++)
            seen[*storm_word(cpu, stack + STACK_VALUES + 8 * i)]++;
    }
    for (int i = 0; i < VALUES; i++) CHECK_EQ(seen[i], 1);
    CHECK(drains > 0);
    CHECK_EQ(rseq_sequences_fence_is_refused(), refused);
    CHECK_EQ(sched_getaffinity(0, sizeof after, &after), 0);
    CHECK(CPU_EQUAL(&before, &after));
    if (refused) {
        refuse(SYS_sched_setaffinity);
        CHECK(!rseq_sequences_fence_again());
    }
    CHECK(refusals > 0);
    CHECK(rseq_sequences_aborts > 0);
    return 0;
}
