/*
 * own_area visible|hidden: opens the agent's own area one way and holds what is true of it on every thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/auxv.h>

#include "../include/rseq_agent.h"
#include "../src/kernel.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

static bool visible;

static struct rseq_area *dormant_area(void) {
    const ptrdiff_t *offset = dlsym(RTLD_DEFAULT, "__rseq_offset");
    return offset == NULL ? NULL : (struct rseq_area *)(thread_pointer() + *offset);
}

static void check_dormant(void) {
    const struct rseq_area *dormant = dormant_area();
    if (dormant == NULL) return; /* before glibc 2.35 */
    CHECK_EQ(world_cpu_id(dormant), RSEQ_CPU_FAILED);
}

static void *on_each_thread(void *unused) {
    const struct ownership *owned = registration_ownership();
    struct rseq_area *area = ownership_area(owned);
    check_dormant();
    CHECK(area != dormant_area());
    CHECK_EQ((uintptr_t)area % (owned->length > RSEQ_ORIGINAL_LENGTH ? 64 : 32), 0);
    CHECK(area == owned->area_of_thread());
    CHECK(dlsym(RTLD_DEFAULT, "__rseq_abi") == (visible ? area : NULL));
    CHECK(dlsym(RTLD_DEFAULT, "__rseq_refcount") == (visible ? owned->refcount_of_thread() : NULL));
    CHECK_EQ(world_cpu_id(area), RSEQ_CPU_UNINITIALIZED);
    CHECK_EQ(*owned->refcount_of_thread(), 0);
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);

    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    CHECK_EQ(*owned->refcount_of_thread(), 1);
    CHECK(kernel_is_registered_at(area, owned->length));
    CHECK(world_cpu_id(area) >= 0);
    CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);
    check_dormant();
    return unused;
}

int main(int count, char **arguments) {
    CHECK_EQ(count, 2);
    world_check();
    visible = strcmp(arguments[1], "visible") == 0;
    world_agent_owns(visible);
    const struct ownership *owned = registration_ownership();
    CHECK_EQ(owned->owner, OWNER_AGENT);
    CHECK(owned->registers);
    CHECK(owned->constant_offset);
    /* Where nobody shares it, all that the kernel offers (33 bytes from Linux 7.0 on), if there is room for it. */
    unsigned long offered = visible ? 0 : getauxval(RSEQ_AT_FEATURE_SIZE);
    bool fits = offered > RSEQ_ORIGINAL_LENGTH && offered <= RSEQ_OWN_LENGTH_MAX && getauxval(RSEQ_AT_ALIGN) <= RSEQ_OWN_ALIGNMENT;
    CHECK_EQ(owned->length, fits ? offered : RSEQ_ORIGINAL_LENGTH);
    printf("length=%u\n", owned->length);
    CHECK(owned->usable >= 20 && owned->usable <= owned->length);
    CHECK_EQ(owned->reason[0], '\0');
    on_each_thread(NULL);
    for (int i = 0; i < 3; i++) world_in_thread(on_each_thread, NULL);
    CHECK_EQ(ledger_totals.kernel_registrations, 4);
    CHECK_EQ(ledger_totals.kernel_unregistrations, 4);
    CHECK_EQ(ledger_totals.registered[OWNER_AGENT], 4);
    CHECK_EQ(ledger_totals.adopted, 0);
    CHECK_EQ(world_live_records(), 0);
    return 0;
}
