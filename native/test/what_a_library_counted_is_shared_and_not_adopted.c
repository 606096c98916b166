/*
 * A library counts itself in on a thread before the agent does, or stays when the JVM counts the thread out and in again, as it does with
 * main at its end. The registration is all users' own, whichever of them made it: no news, and the last of them unregisters.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../src/kernel.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

static void nothing_is_news(uint64_t threads) {
    struct journal_event event;
    CHECK_EQ(journal_drain(&event, 1), 0);
    CHECK_EQ(ledger_totals.adopted, 0);
    CHECK_EQ(ledger_totals.registered[OWNER_AGENT], threads);
    CHECK_EQ(ledger_totals.registered[OWNER_FOREIGN], 0);
}

int main(void) {
    world_check();
    world_agent_owns(true);
    struct rseq_area *area = ownership_area(registration_ownership());
    uint32_t *refcount = registration_ownership()->refcount_of_thread();

    /* The agent first, and again while the library stays. */
    CHECK_EQ(registration_thread_started(NULL), 0);
    CHECK_EQ(counting_library_register(), 0);
    registration_thread_ended(NULL);
    CHECK_EQ(*refcount, 1);
    CHECK(kernel_is_registered_at(area, RSEQ_ORIGINAL_LENGTH));
    CHECK_EQ(registration_thread_started(NULL), 0);
    CHECK_EQ(*refcount, 2);
    nothing_is_news(2);
    CHECK_EQ(counting_library_unregister(), 0);
    CHECK(kernel_is_registered_at(area, RSEQ_ORIGINAL_LENGTH));
    registration_thread_ended(NULL);
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);

    /* The library first. */
    CHECK_EQ(counting_library_register(), 0);
    CHECK_EQ(registration_thread_started(NULL), 0);
    nothing_is_news(3);
    CHECK_EQ(counting_library_unregister(), 0);
    registration_thread_ended(NULL);
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);
    CHECK_EQ(ledger_totals.kernel_registrations, 1);
    CHECK_EQ(ledger_totals.kernel_unregistrations, 2);
    return 0;
}
