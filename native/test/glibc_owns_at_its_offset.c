/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/auxv.h>

#include "../include/rseq_agent.h"
#include "../src/kernel.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

static struct ownership decision;

/* On every thread: the area is registered where the decision says, and counting it in and out leaves it so. */
static void *the_area_is_there_and_stays(void *unused) {
    struct rseq_area *area = ownership_area(&decision);
    CHECK(kernel_is_registered_at(area, decision.length));
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
    CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
    CHECK(rseq_agent_unregister_current_thread() != 0);
    CHECK(kernel_is_registered_at(area, decision.length));
    CHECK(world_cpu_id(area) >= 0);
    return unused;
}

int main(void) {
    world_check();
    struct ownership_request request = {.forced = OWNER_KINDS};
    bool needs_own_area;
    ownership_decide(&request, &decision, &needs_own_area);
    CHECK(!needs_own_area);
    CHECK_EQ(decision.owner, OWNER_GLIBC);
    CHECK_EQ(decision.reason[0], '\0');
    CHECK(!decision.registers);
    CHECK(decision.constant_offset);
    CHECK_EQ(decision.offset, *(const ptrdiff_t *)dlsym(RTLD_DEFAULT, "__rseq_offset"));

    /* 20 and 32 are what glibc says where it registers 32 bytes. Of whatever it says, the kernel uses its feature size. */
    unsigned size = *(const unsigned *)dlsym(RTLD_DEFAULT, "__rseq_size");
    unsigned long features = getauxval(27);
    unsigned written = features == 0 ? 20 : (unsigned)features;
    unsigned said = size == 20 ? 32 : size;
    CHECK_EQ(decision.glibc_size, size);
    CHECK_EQ(decision.length, size < 32 ? 32 : size);
    CHECK_EQ(decision.usable, said < written ? said : written);
    CHECK(dlsym(RTLD_DEFAULT, "__rseq_abi") == NULL); /* nothing that anyone could mistake for a live area */

    CHECK(registration_open(&decision));
    the_area_is_there_and_stays(NULL);
    for (int i = 0; i < 3; i++) world_in_thread(the_area_is_there_and_stays, NULL);
    CHECK_EQ(ledger_totals.kernel_registrations, 0);
    CHECK_EQ(ledger_totals.kernel_unregistrations, 0);
    CHECK_EQ(ledger_totals.registered[OWNER_GLIBC], 4);
    CHECK_EQ(ledger_totals.released[OWNER_GLIBC], 4);
    CHECK_EQ(world_live_records(), 0);
    return 0;
}
