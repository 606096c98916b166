/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "../include/rseq_agent.h"
#include "../src/kernel.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

static struct rseq_area *area;
static uint32_t *refcount;

/* Unregisters what it shares with others, and does not count. */
static void bad_citizen(void) {
    CHECK_EQ(kernel_rseq(area, RSEQ_ORIGINAL_LENGTH, RSEQ_UNREGISTER, RSEQ_SIGNATURE), 0);
    CHECK_EQ(world_cpu_id(area), RSEQ_CPU_UNINITIALIZED);
}

/* A counted pair of a library makes no system call, and leaves the registration to us. */
static void library_comes_and_goes(void) {
    uint32_t before = *refcount;
    CHECK(before > 0);
    CHECK_EQ(counting_library_register(), 0);
    CHECK_EQ(counting_library_unregister(), 0);
    CHECK_EQ(*refcount, before);
    CHECK(kernel_is_registered_at(area, RSEQ_ORIGINAL_LENGTH));
}

static void check_journal(enum transition transition, uint32_t count) {
    struct journal_event event;
    CHECK_EQ(journal_drain(&event, 1), 1);
    CHECK_EQ(event.transition, transition);
    CHECK_EQ(event.owner, OWNER_AGENT);
    CHECK_EQ(event.refcount, count);
    CHECK_EQ(event.tid, kernel_thread_id());
    CHECK_EQ(event.area, (uintptr_t)area);
}

int main(void) {
    world_check();
    world_agent_owns(true);
    area = ownership_area(registration_ownership());
    refcount = registration_ownership()->refcount_of_thread();
    CHECK_EQ(counting_library_register(), 0);
    CHECK(registration_ensure(NULL) == area);
    CHECK_EQ(*refcount, 2);
    CHECK_EQ(counting_library_unregister(), 0);
    registration_thread_ended(NULL);
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);

    CHECK(registration_ensure(NULL) == area);
    CHECK_EQ(counting_library_register(), 0);
    for (uint64_t time = 1; time <= 3; time++) {
        bad_citizen();
        CHECK(registration_ensure(NULL) == area);
        CHECK(kernel_is_registered_at(area, RSEQ_ORIGINAL_LENGTH));
        CHECK(world_cpu_id(area) >= 0);
        CHECK_EQ(*refcount, 2);
        CHECK_EQ(ledger_totals.reregistered, time);
        check_journal(TRANSITION_REREGISTERED, 2);
    }
    CHECK(registration_ensure(NULL) == area); /* nothing to do */
    CHECK_EQ(ledger_totals.reregistered, 3);

    /* A further use of the same thread through the C API notices, too. */
    bad_citizen();
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    CHECK(world_cpu_id(area) >= 0);
    CHECK_EQ(*refcount, 3);
    CHECK_EQ(ledger_totals.reregistered, 4);
    check_journal(TRANSITION_REREGISTERED, 3);
    CHECK_EQ(rseq_agent_unregister_current_thread(), 0);

    /* Counting out what is lost already is no error. */
    CHECK_EQ(counting_library_unregister(), 0);
    bad_citizen();
    registration_thread_ended(NULL);
    CHECK_EQ(*refcount, 0);
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);
    CHECK_EQ(world_live_records(), 0);

    /* A library that releases once too often takes our use out of the count. It is counted again: the library's next pair is an ordinary one. */
    CHECK_EQ(counting_library_register(), 0);
    CHECK(registration_ensure(NULL) == area);
    CHECK_EQ(counting_library_unregister(), 0);
    CHECK_EQ(counting_library_unregister(), 0);
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);
    CHECK(registration_ensure(NULL) == area);
    check_journal(TRANSITION_REREGISTERED, 1);
    library_comes_and_goes();
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    CHECK_EQ(counting_library_unregister(), 0);
    CHECK_EQ(counting_library_unregister(), 0);
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    check_journal(TRANSITION_REREGISTERED, 3);
    library_comes_and_goes();
    CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
    CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
    registration_thread_ended(NULL);
    CHECK_EQ(*refcount, 0);
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);

    /* Where somebody took the lost thread elsewhere, it is refused and reads with getcpu; the count is not touched. */
    static _Alignas(32) struct rseq_area elsewhere = {.cpu_id = RSEQ_CPU_UNINITIALIZED};
    CHECK(registration_ensure(NULL) == area);
    bad_citizen();
    CHECK_EQ(kernel_rseq(&elsewhere, RSEQ_ORIGINAL_LENGTH, 0, RSEQ_SIGNATURE), 0);
    CHECK(registration_ensure(NULL) == NULL);
    CHECK_EQ(*refcount, 1);
    registration_thread_ended(NULL);
    CHECK_EQ(*refcount, 0);
    CHECK(kernel_is_registered_at(&elsewhere, RSEQ_ORIGINAL_LENGTH));
    return 0;
}
