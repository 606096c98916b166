/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <unistd.h>

#include "../src/kernel.h"
#include "check.h"
#include "world.h"

static _Alignas(32) struct rseq_area area = {.cpu_id = RSEQ_CPU_UNINITIALIZED};

static void *in_a_new_thread(void *unused) {
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);
    return unused;
}

static void in_a_forked_child(void *unused) {
    (void)unused;
    CHECK_EQ(kernel_is_registered(), REGISTRATION_ELSEWHERE);
    CHECK(kernel_is_registered_at(&area, RSEQ_ORIGINAL_LENGTH));
    CHECK(world_cpu_id(&area) >= 0);
}

static void in_an_executed_program(void *unused) {
    (void)unused;
    execl("/proc/self/exe", "after_execve", (char *)NULL);
    CHECK_EQ(errno, 0);
}

int main(int count, char **arguments) {
    (void)count;
    world_check();
    if (strcmp(arguments[0], "after_execve") == 0) return 0; /* world_check() found the thread free */
    CHECK_EQ(kernel_rseq(&area, RSEQ_ORIGINAL_LENGTH, 0, RSEQ_SIGNATURE), 0);
    world_in_thread(in_a_new_thread, NULL);
    world_in_child(in_a_forked_child, NULL);
    world_in_child(in_an_executed_program, NULL);
    CHECK(kernel_is_registered_at(&area, RSEQ_ORIGINAL_LENGTH));
    return 0;
}
