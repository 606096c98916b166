/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sched.h>

#include "../src/kernel.h"
#include "check.h"
#include "world.h"

static _Alignas(64) struct rseq_area area[2] = {{.cpu_id = RSEQ_CPU_UNINITIALIZED}, {.cpu_id = RSEQ_CPU_UNINITIALIZED}};

static int register_at(struct rseq_area *at, uint32_t length, uint32_t signature) {
    return kernel_rseq(at, length, 0, signature);
}

static int unregister_at(struct rseq_area *at, uint32_t length, uint32_t signature) {
    return kernel_rseq(at, length, RSEQ_UNREGISTER, signature);
}

int main(void) {
    world_check();
    CHECK_EQ(unregister_at(area, 32, RSEQ_SIGNATURE), EINVAL); /* nothing to unregister */
    CHECK_EQ(register_at((struct rseq_area *)((char *)area + 8), 32, RSEQ_SIGNATURE), EINVAL);
    CHECK_EQ(register_at(area, 31, RSEQ_SIGNATURE), EINVAL);
    CHECK_EQ(kernel_rseq(area, 32, 1 << 20, RSEQ_SIGNATURE), EINVAL);
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);

    CHECK_EQ(register_at(area, 32, RSEQ_SIGNATURE), 0);
    CHECK(world_cpu_id(area) >= 0);
    CHECK(world_cpu_id(area) < kernel_possible_cpus(1));

    CHECK_EQ(register_at(area, 32, RSEQ_SIGNATURE), EBUSY);
    CHECK_EQ(register_at(area, 32, RSEQ_SIGNATURE + 1), EPERM);
    CHECK_EQ(register_at(area, 64, RSEQ_SIGNATURE), EINVAL);
    CHECK_EQ(register_at(area + 1, 32, RSEQ_SIGNATURE), EINVAL);
    CHECK_EQ(unregister_at(area + 1, 32, RSEQ_SIGNATURE), EINVAL);
    CHECK_EQ(unregister_at(area, 32, RSEQ_SIGNATURE + 1), EPERM);
    CHECK(kernel_is_registered_at(area, 32));
    CHECK_EQ(world_cpu_id(area + 1), RSEQ_CPU_UNINITIALIZED);

    CHECK_EQ(unregister_at(area, 32, RSEQ_SIGNATURE), 0);
    CHECK_EQ(world_cpu_id(area), -1);
    CHECK_EQ(*(volatile uint32_t *)&area->cpu_id_start, 0);
    sched_yield(); /* a switch would write a CPU into an area that is still registered */
    CHECK_EQ(world_cpu_id(area), -1);
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);
    return 0;
}
