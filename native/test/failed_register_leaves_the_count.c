/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "../include/rseq_agent.h"
#include "../src/kernel.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

static _Alignas(32) struct rseq_area elsewhere = {.cpu_id = RSEQ_CPU_UNINITIALIZED};

int main(void) {
    world_check();
    world_agent_owns(true);
    uint32_t *refcount = registration_ownership()->refcount_of_thread();
    struct rseq_area *area = ownership_area(registration_ownership());

    /* Somebody unseen registered this thread elsewhere. */
    CHECK_EQ(kernel_rseq(&elsewhere, RSEQ_ORIGINAL_LENGTH, 0, RSEQ_SIGNATURE), 0);
    CHECK_EQ(rseq_agent_register_current_thread(), EBUSY);
    CHECK_EQ(*refcount, 0);
    *refcount = 5;
    CHECK_EQ(rseq_agent_register_current_thread(), EBUSY);
    CHECK_EQ(*refcount, 5);
    *refcount = 0;
    CHECK_EQ(rseq_agent_unregister_current_thread(), EINVAL);
    CHECK(registration_thread_started(NULL) != 0);
    CHECK(registration_ensure(NULL) == NULL);
    CHECK(!registration_is_current());
    registration_thread_ended(NULL);
    CHECK_EQ(*refcount, 0);
    CHECK_EQ(world_cpu_id(area), RSEQ_CPU_UNINITIALIZED);
    CHECK(kernel_is_registered_at(&elsewhere, RSEQ_ORIGINAL_LENGTH));
    CHECK_EQ(ledger_totals.kernel_registrations, 0);
    CHECK(ledger_totals.refused > 0);

    /* And when that somebody is gone, the thread is served. */
    CHECK_EQ(kernel_rseq(&elsewhere, RSEQ_ORIGINAL_LENGTH, RSEQ_UNREGISTER, RSEQ_SIGNATURE), 0);
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    CHECK_EQ(*refcount, 1);
    CHECK(kernel_is_registered_at(area, RSEQ_ORIGINAL_LENGTH));
    CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);
    return 0;
}
