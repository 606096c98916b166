/*
 * A library's constructor starts a thread, which is counted in and out as the JVM's would be, and waits for its end. An event that asked the
 * dynamic linker where something lies would wait for the constructor, and neither would ever end.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <dlfcn.h>

#include "../src/kernel.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

__attribute__((visibility("default"))) void in_a_constructor(void);

static int runs;

static void *starts_and_ends(void *unused) {
    struct thread_identity identity = {.java_id = 1};
    CHECK_EQ(registration_thread_started(&identity), 0);
    const struct rseq_area *area = ownership_area(registration_ownership());
    CHECK(world_cpu_id(area) >= 0);
    registration_thread_ended(&identity);
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);
    return unused;
}

void in_a_constructor(void) {
    runs++;
    world_in_thread(starts_and_ends, NULL);
}

int main(void) {
    CHECK(!world_glibc_registers());
    if (kernel_is_registered() == REGISTRATION_NO_KERNEL) SKIP("ENOSYS: no rseq(2) here");
    struct ownership_request request = {.forced = OWNER_KINDS};
    struct ownership decision;
    bool needs_own_area;
    ownership_decide(&request, &decision, &needs_own_area);
    CHECK(!needs_own_area);
    CHECK_EQ(decision.owner, OWNER_AGENT); /* in the preloaded library's area, with its refcount */
    CHECK(decision.constant_offset);
    CHECK(decision.refcount_of_thread != NULL);
    CHECK(registration_open(&decision));
    CHECK(dlopen(CALLING_LIBRARY, RTLD_NOW) != NULL);
    CHECK_EQ(runs, 1);
    CHECK_EQ(ledger_totals.kernel_registrations, 1);
    CHECK_EQ(ledger_totals.kernel_unregistrations, 1);
    return 0;
}
