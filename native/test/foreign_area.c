/*
 * foreign_area adopted|registered: with a preloaded library of the old protocol. Adopted, its registration of this thread is counted and
 * never undone; registered, the agent registers that library's area and no other.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <dlfcn.h>

#include "../include/rseq_agent.h"
#include "../src/kernel.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

static int (*library_register)(void);
static int (*library_unregister)(void);

static void check_count(uint32_t expected) {
    CHECK_EQ(*(uint32_t *)dlsym(RTLD_DEFAULT, "__rseq_refcount"), expected);
}

static void *adopts(void *main_thread) {
    struct rseq_area *area = dlsym(RTLD_DEFAULT, "__rseq_abi");
    if (main_thread == NULL) CHECK_EQ(library_register(), 0);
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    check_count(2);
    struct journal_event event;
    CHECK_EQ(journal_drain(&event, 1), 1);
    CHECK_EQ(event.transition, TRANSITION_ADOPTED);
    CHECK_EQ(event.owner, OWNER_FOREIGN);
    CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
    check_count(1);
    CHECK(kernel_is_registered_at(area, RSEQ_ORIGINAL_LENGTH));
    CHECK_EQ(library_unregister(), 0);
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);
    return NULL;
}

static void *registers_there(void *unused) {
    struct rseq_area *area = dlsym(RTLD_DEFAULT, "__rseq_abi");
    CHECK(ownership_area(registration_ownership()) == area);
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    CHECK(kernel_is_registered_at(area, RSEQ_ORIGINAL_LENGTH));
    check_count(1);
    CHECK_EQ(library_register(), 0); /* finds it registered, and counts */
    CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
    CHECK(kernel_is_registered_at(area, RSEQ_ORIGINAL_LENGTH));
    CHECK_EQ(library_unregister(), 0);
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);
    return unused;
}

int main(int count, char **arguments) {
    CHECK_EQ(count, 2);
    CHECK(!world_glibc_registers());
    if (kernel_is_registered() == REGISTRATION_NO_KERNEL) SKIP("ENOSYS: no rseq(2) here");
    bool adopted = strcmp(arguments[1], "adopted") == 0;
    library_register = (int (*)(void))dlsym(RTLD_DEFAULT, "old_protocol_register");
    library_unregister = (int (*)(void))dlsym(RTLD_DEFAULT, "old_protocol_unregister");
    CHECK(library_register != NULL && library_unregister != NULL);
    struct ownership_request request = {.forced = OWNER_KINDS};
    struct ownership decision;
    bool needs_own_area;
    ownership_decide(&request, &decision, &needs_own_area);
    CHECK(!needs_own_area);
    CHECK_EQ(decision.owner, adopted ? OWNER_FOREIGN : OWNER_AGENT);
    CHECK(registration_open(&decision));
    if (adopted) adopts(&decision);
    else registers_there(NULL);
    for (int i = 0; i < 3; i++) world_in_thread(adopted ? adopts : registers_there, NULL);
    CHECK_EQ(ledger_totals.adopted, adopted ? 4 : 0);
    CHECK_EQ(ledger_totals.kernel_registrations, adopted ? 0 : 4);
    CHECK_EQ(ledger_totals.kernel_unregistrations, 0); /* the library was the last user each time */
    CHECK_EQ(world_live_records(), 0);
    return 0;
}
