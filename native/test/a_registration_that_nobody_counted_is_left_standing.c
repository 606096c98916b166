/* SPDX-License-Identifier: Apache-2.0 */
#include "../include/rseq_agent.h"
#include "../src/kernel.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

int main(void) {
    world_check();
    world_agent_owns(true);
    struct rseq_area *area = ownership_area(registration_ownership());
    uint32_t *refcount = registration_ownership()->refcount_of_thread();

    /* A library that does not count registered the shared area before us. */
    CHECK_EQ(kernel_rseq(area, RSEQ_ORIGINAL_LENGTH, 0, RSEQ_SIGNATURE), 0);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(rseq_agent_register_current_thread(), 0);
        CHECK_EQ(rseq_agent_register_current_thread(), 0);
        CHECK_EQ(*refcount, 2);
        CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
        CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
        CHECK_EQ(*refcount, 0);
        CHECK(kernel_is_registered_at(area, RSEQ_ORIGINAL_LENGTH));
        CHECK(world_cpu_id(area) >= 0);
    }

    /* Also where the area does not show it, and the kernel says EBUSY: the registration stands, and that is all we want. */
    area->cpu_id = RSEQ_CPU_UNINITIALIZED;
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    CHECK_EQ(*refcount, 1);
    CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
    CHECK(kernel_is_registered_at(area, RSEQ_ORIGINAL_LENGTH));
    CHECK_EQ(ledger_totals.adopted, 4);
    CHECK_EQ(ledger_totals.registered[OWNER_FOREIGN], 4);
    CHECK_EQ(ledger_totals.kernel_registrations, 0);
    CHECK_EQ(ledger_totals.kernel_unregistrations, 0);
    return 0;
}
