/*
 * decision OWNER own_area|complete REASON: decides once, and holds the outcome against the arguments and against the kernel. REASON is a
 * part of the reason; "-" means that there must be none. What the world looks like is up to the libraries that ctest preloads.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/auxv.h>

#include "../src/kernel.h"
#include "../src/ownership.h"
#include "check.h"
#include "world.h"

int main(int count, char **arguments) {
    CHECK_EQ(count, 4);
    if (world_glibc_registers()) world_check();
    enum registration_state before = kernel_is_registered();
    if (before == REGISTRATION_NO_KERNEL) SKIP("ENOSYS: no rseq(2) here");
    struct ownership_request request = {.forced = OWNER_KINDS};
    struct ownership decision;
    bool needs_own_area;
    ownership_decide(&request, &decision, &needs_own_area);
    printf("owner=%s own_area=%d offset=%td length=%u usable=%u reason=%s\n", owner_name(decision.owner), needs_own_area, decision.offset,
           decision.length, decision.usable, decision.reason);
    fflush(stdout);
    CHECK_CONTAINS(arguments[1], owner_name(decision.owner));
    CHECK_EQ(needs_own_area, strcmp(arguments[2], "own_area") == 0);
    CHECK_CONTAINS(decision.reason, strcmp(arguments[3], "-") == 0 ? "" : arguments[3]);
    if (strcmp(arguments[3], "-") == 0) CHECK_EQ(decision.reason[0], '\0');

    /* Deciding registers nothing and unregisters nothing. */
    CHECK_EQ(kernel_is_registered(), before);

    struct rseq_area *area = ownership_area(&decision);
    CHECK_EQ(decision.registers, decision.owner == OWNER_AGENT || decision.owner == OWNER_LIBRSEQ);
    /* Whatever the owner says of its size: no field that the kernel does not write. */
    unsigned long written = getauxval(RSEQ_AT_FEATURE_SIZE);
    CHECK(decision.usable <= (written == 0 ? RSEQ_USABLE_ORIGINAL : written));
    if (decision.owner == OWNER_GLIBC || decision.owner == OWNER_FOREIGN) {
        CHECK(area != NULL);
        CHECK(kernel_is_registered_at(area, decision.length));
        CHECK(world_cpu_id(area) >= 0);
    } else if (decision.owner == OWNER_AGENT) { /* row 4, in the foreign area */
        CHECK(area == dlsym(RTLD_DEFAULT, "__rseq_abi"));
        CHECK_EQ(decision.length, RSEQ_ORIGINAL_LENGTH);
        CHECK_EQ(world_cpu_id(area), RSEQ_CPU_UNINITIALIZED);
    } else if (decision.owner == OWNER_LIBRSEQ) { /* registered when it is counted in */
        CHECK(area != NULL);
        CHECK(decision.usable >= RSEQ_USABLE_ORIGINAL);
    } else {
        CHECK(area == NULL);
        CHECK_EQ(decision.usable, 0);
    }
    return 0;
}
