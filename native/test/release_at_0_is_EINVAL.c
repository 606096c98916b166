/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "../include/rseq_agent.h"
#include "../src/kernel.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

int main(void) {
    world_check();
    CHECK_EQ(rseq_agent_unregister_current_thread(), EINVAL); /* before the agent started */
    CHECK_EQ(rseq_agent_register_current_thread(), ENOSYS);
    world_agent_owns(true);
    uint32_t *refcount = registration_ownership()->refcount_of_thread();
    CHECK_EQ(rseq_agent_unregister_current_thread(), EINVAL);
    CHECK_EQ(*refcount, 0);
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
    CHECK_EQ(rseq_agent_unregister_current_thread(), EINVAL);
    CHECK_EQ(*refcount, 0);

    /* What another library counted is not for the agent's callers to count out. */
    CHECK_EQ(counting_library_register(), 0);
    CHECK_EQ(rseq_agent_unregister_current_thread(), EINVAL);
    CHECK_EQ(*refcount, 1);
    CHECK_EQ(counting_library_unregister(), 0);

    /* Nor is the use of the JVM thread itself. */
    CHECK_EQ(registration_thread_started(NULL), 0);
    CHECK_EQ(rseq_agent_unregister_current_thread(), EINVAL);
    CHECK_EQ(*refcount, 1);
    registration_thread_ended(NULL);
    registration_thread_ended(NULL); /* harmless */
    CHECK_EQ(*refcount, 0);
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);
    CHECK_EQ(world_live_records(), 0);
    return 0;
}
