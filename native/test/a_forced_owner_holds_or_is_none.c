/* SPDX-License-Identifier: Apache-2.0 */
#include "../src/kernel.h"
#include "../src/ownership.h"
#include "check.h"
#include "world.h"

static enum owner forced(enum owner owner, bool own_area) {
    struct ownership_request request = {.forced = owner};
    struct ownership decision;
    bool needs_own_area;
    ownership_decide(&request, &decision, &needs_own_area);
    CHECK_EQ(needs_own_area, own_area);
    CHECK_CONTAINS(decision.reason, "forced");
    CHECK_CONTAINS(decision.reason, owner_name(owner));
    if (decision.owner != OWNER_GLIBC) CHECK(ownership_area(&decision) == NULL);
    return decision.owner;
}

int main(void) {
    world_check();
    bool glibc = world_glibc_registers();
    CHECK_EQ(forced(OWNER_GLIBC, false), glibc ? OWNER_GLIBC : OWNER_NONE);
    CHECK_EQ(forced(OWNER_AGENT, !glibc), glibc ? OWNER_NONE : OWNER_AGENT);
    CHECK_EQ(forced(OWNER_FOREIGN, false), OWNER_NONE);
    CHECK_EQ(forced(OWNER_UNKNOWN, false), OWNER_UNKNOWN);
    CHECK_EQ(forced(OWNER_NONE, false), OWNER_NONE);
    return 0;
}
