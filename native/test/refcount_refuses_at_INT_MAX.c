/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>

#include "../include/rseq_agent.h"
#include "../src/kernel.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

int main(void) {
    world_check();
    world_agent_owns(true);
    uint32_t *refcount = registration_ownership()->refcount_of_thread();
    struct rseq_area *area = ownership_area(registration_ownership());

    /* On a thread that nobody registered: nothing is registered, either. */
    *refcount = INT_MAX;
    CHECK_EQ(rseq_agent_register_current_thread(), EOVERFLOW);
    CHECK_EQ(*refcount, INT_MAX);
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);
    CHECK_EQ(rseq_agent_unregister_current_thread(), EINVAL);
    CHECK_EQ(ledger_totals.overflowed, 1);

    /* The last place is served, the next refused. */
    *refcount = 0;
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    *refcount = INT_MAX - 1;
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    CHECK_EQ(*refcount, INT_MAX);
    for (int i = 0; i < 3; i++) CHECK_EQ(rseq_agent_register_current_thread(), EOVERFLOW);
    CHECK_EQ(*refcount, INT_MAX);
    CHECK_EQ(ledger_totals.overflowed, 4);
    CHECK_EQ(ledger_totals.kernel_registrations, 1);
    CHECK(kernel_is_registered_at(area, RSEQ_ORIGINAL_LENGTH));

    /* Two uses were counted in, two can be counted out, and the others keep the area registered. */
    CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
    CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
    CHECK_EQ(rseq_agent_unregister_current_thread(), EINVAL);
    CHECK_EQ(*refcount, INT_MAX - 2);
    CHECK(kernel_is_registered_at(area, RSEQ_ORIGINAL_LENGTH));

    /* A JVM thread that was refused has no use to count out: its end, and what native code counts, stay apart. */
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    *refcount = INT_MAX;
    CHECK_EQ(registration_thread_started(NULL), EOVERFLOW);
    CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
    CHECK_EQ(*refcount, INT_MAX - 1);
    registration_thread_ended(NULL);
    CHECK_EQ(*refcount, INT_MAX - 1);
    CHECK_EQ(world_live_records(), 0);

    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    CHECK_EQ(registration_thread_started(NULL), EOVERFLOW);
    registration_thread_ended(NULL);
    CHECK_EQ(*refcount, INT_MAX);
    CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
    CHECK_EQ(rseq_agent_unregister_current_thread(), EINVAL);
    CHECK_EQ(*refcount, INT_MAX - 1);
    return 0;
}
