/*
 * By the sequences as they are, the kernel is seen to abort one that is preempted on its CPU, on any CPU that the process may use; by those that
 * arm nothing (built with RSEQ_BROKEN) it is seen not to, as on arm64 from 6.19 on. 'may_not_abort' in the arguments: this kernel is one of
 * those that are tried before the sequences are opened.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <sched.h>

#include "../src/kernel.h"
#include "enter.h"
#include "../src/percpu_memory.h"
#include "../src/registration.h"
#include "../src/trial.h"
#include "check.h"
#include "world.h"

#ifdef RSEQ_BROKEN
#define EXPECTED VERDICT_WRONG
#else
#define EXPECTED VERDICT_RIGHT
#endif

/* A machine that is busy gives two threads no time now and then. */
enum { TRIES = 50 };

static enum verdict verdict(void) {
    enum verdict shown = VERDICT_NONE;
    for (int i = 0; i < TRIES && shown == VERDICT_NONE; i++) shown = trial_of_aborts(registration_ownership());
    return shown;
}

int main(int count, char **arguments) {
    world_check();
    if (world_glibc_registers()) world_glibc_owns();
    else world_agent_owns(true);
    enum registration_state registration = kernel_is_registered();
    cpu_set_t allowed, after;
    CHECK_EQ(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    CHECK_EQ(verdict(), EXPECTED);
    CHECK_EQ(sched_getaffinity(0, sizeof after, &after), 0);
    CHECK(CPU_EQUAL(&allowed, &after));
    CHECK_EQ(kernel_is_registered(), registration);
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &allowed)) continue;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        CHECK_EQ(sched_setaffinity(0, sizeof one, &one), 0);
        CHECK_EQ(verdict(), EXPECTED);
    }
    bool tried = count > 1 && strcmp(arguments[1], "may_not_abort") == 0;
    if (tried) CHECK(kernel_may_not_abort());
    char reason[320] = "";
    bool opened = false;
    for (int i = 0; i < TRIES && !opened && (i == 0 || strstr(reason, "nothing showed") != NULL); i++)
        opened = rseq_sequences_open(registration_ownership(), kernel_possible_cpus(1), PERCPU_SHIFT, reason, sizeof reason);
    printf("may_not_abort=%d opened=%d reason=%s\n", kernel_may_not_abort(), opened, reason);
    if (!kernel_may_not_abort()) CHECK(opened); /* no trial, whatever it would show */
    else CHECK_EQ(opened, EXPECTED == VERDICT_RIGHT);
    if (!opened) CHECK_CONTAINS(reason, "this kernel does not abort");
    return 0;
}
