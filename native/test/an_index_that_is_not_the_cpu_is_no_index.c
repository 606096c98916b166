/*
 * An area whose cpu_id is the CPU that getcpu(2) names is believed, wherever the thread is; one whose cpu_id stands still is not, and no
 * sequence is opened by it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <sched.h>

#include "../include/rseq_agent.h"
#include "../src/kernel.h"
#include "enter.h"
#include "../src/percpu_memory.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

static __thread struct rseq_area stands_still __attribute__((aligned(32), tls_model("initial-exec")));

int main(void) {
    world_check();
    if (world_glibc_registers()) world_glibc_owns();
    else world_agent_owns(true);
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    cpu_set_t allowed;
    CHECK_EQ(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &allowed)) continue;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        CHECK_EQ(sched_setaffinity(0, sizeof one, &one), 0);
        CHECK(kernel_writes_cpu_id(ownership_area(registration_ownership())));
        stands_still.cpu_id = (int32_t)cpu;
        CHECK(kernel_writes_cpu_id(&stands_still));
        stands_still.cpu_id = (int32_t)cpu + 1;
        CHECK(!kernel_writes_cpu_id(&stands_still));
    }
    struct ownership wrong = *registration_ownership();
    wrong.offset = (char *)&stands_still - thread_pointer();
    char reason[320] = "";
    CHECK(!rseq_sequences_open(&wrong, kernel_possible_cpus(1), PERCPU_SHIFT, reason, sizeof reason));
    CHECK_CONTAINS(reason, "and not the CPU that getcpu(2) names");
    CHECK(rseq_sequences_open(registration_ownership(), kernel_possible_cpus(1), PERCPU_SHIFT, reason, sizeof reason));
    return 0;
}
