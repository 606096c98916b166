/*
 * The two questions of kernel.h are system calls that fail on purpose: this holds which errno says what, and that nothing changes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>

#include "../src/kernel.h"
#include "check.h"
#include "world.h"

static _Alignas(32) struct rseq_area area = {.cpu_id = RSEQ_CPU_UNINITIALIZED};
static _Alignas(32) struct rseq_area other = {.cpu_id = RSEQ_CPU_UNINITIALIZED};

static int whether_anywhere(void) {
    return kernel_rseq((void *)-4096L, RSEQ_ORIGINAL_LENGTH, 0, RSEQ_SIGNATURE);
}

static int whether_at(struct rseq_area *at, uint32_t length) {
    return kernel_rseq(at, length, RSEQ_UNREGISTER, RSEQ_SIGNATURE + 1);
}

static void a_registered_thread_answers_EINVAL_and_stays_registered(void) {
    struct ownership_request request = {.forced = OWNER_KINDS};
    struct ownership decision;
    bool needs_own_area;
    ownership_decide(&request, &decision, &needs_own_area);
    struct rseq_area *theirs = ownership_area(&decision);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(whether_anywhere(), EINVAL);
        CHECK_EQ(kernel_is_registered(), REGISTRATION_ELSEWHERE);
        CHECK_EQ(whether_at(theirs, decision.length), EPERM);
        CHECK_EQ(whether_at(&area, decision.length), EINVAL);
        CHECK(kernel_is_registered_at(theirs, decision.length));
        CHECK(!kernel_is_registered_at(&area, decision.length));
        CHECK(world_cpu_id(theirs) >= 0);
    }
}

static void a_free_thread_answers_EFAULT_and_stays_free(void) {
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(whether_anywhere(), EFAULT);
        CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);
        CHECK_EQ(whether_at(&area, RSEQ_ORIGINAL_LENGTH), EINVAL);
        CHECK(!kernel_is_registered_at(&area, RSEQ_ORIGINAL_LENGTH));
    }
    CHECK_EQ(kernel_rseq(&area, RSEQ_ORIGINAL_LENGTH, 0, RSEQ_SIGNATURE), 0);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(whether_anywhere(), EINVAL);
        CHECK_EQ(whether_at(&area, RSEQ_ORIGINAL_LENGTH), EPERM);
        CHECK_EQ(whether_at(&other, RSEQ_ORIGINAL_LENGTH), EINVAL);
        CHECK(kernel_is_registered_at(&area, RSEQ_ORIGINAL_LENGTH));
        CHECK(world_cpu_id(&area) >= 0);
    }
    CHECK_EQ(kernel_rseq(&area, RSEQ_ORIGINAL_LENGTH, RSEQ_UNREGISTER, RSEQ_SIGNATURE), 0);
    CHECK_EQ(whether_anywhere(), EFAULT);
    CHECK_EQ(world_cpu_id(&other), RSEQ_CPU_UNINITIALIZED);
}

int main(void) {
    world_check();
    errno = ERANGE;
    kernel_is_registered();
    CHECK_EQ(errno, ERANGE); /* callers inside a JVM must find errno as they left it */
    if (world_glibc_registers()) a_registered_thread_answers_EINVAL_and_stays_registered();
    else a_free_thread_answers_EFAULT_and_stays_free();
    return 0;
}
