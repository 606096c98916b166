/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "../include/rseq_agent.h"
#include "../src/kernel.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

static void open_fails(const char *path) {
    struct ownership_request request = {.forced = OWNER_KINDS};
    struct ownership decision;
    bool needs_own_area;
    ownership_decide(&request, &decision, &needs_own_area);
    CHECK(needs_own_area);
    CHECK(!ownership_open_own_area(&decision, path, true));
    CHECK_EQ(decision.owner, OWNER_NONE);
    CHECK(!decision.registers);
    CHECK_CONTAINS(decision.reason, "could not be opened: ");
    CHECK(strlen(decision.reason) > strlen("the agent's area could not be opened: "));
    CHECK(ownership_area(&decision) == NULL);
}

int main(void) {
    world_check();
    open_fails("no/such/librseq_area.so");
    open_fails("/dev/null");
    open_fails("libpthread.so.0"); /* a library, but not ours */
    open_fails("");                /* the program itself */
    open_fails(NULL);              /* what the caller gives who could not provide the file */

    struct ownership none = {.owner = OWNER_NONE};
    CHECK(registration_open(&none));
    CHECK_EQ(rseq_agent_register_current_thread(), ENOSYS);
    CHECK_EQ(rseq_agent_unregister_current_thread(), EINVAL);
    CHECK(registration_ensure(NULL) == NULL);
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);
    return 0;
}
