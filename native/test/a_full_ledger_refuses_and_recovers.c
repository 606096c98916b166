/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "../include/rseq_agent.h"
#include "../src/kernel.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

int main(void) {
    world_check();
    world_agent_owns(true);
    struct thread_record *last = NULL;
    for (int i = 0; i < LEDGER_CAPACITY; i++) {
        last = ledger_take();
        CHECK(last != NULL);
        ledger_publish(last);
    }
    CHECK(ledger_take() == NULL);
    CHECK_EQ(rseq_agent_register_current_thread(), ENOMEM);
    CHECK(registration_ensure(NULL) == NULL);
    CHECK_EQ(ledger_totals.refused, 1); /* a thread, however often it asks */
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);
    CHECK_EQ(*registration_ownership()->refcount_of_thread(), 0);

    static struct thread_record shown[100];
    CHECK_EQ(ledger_snapshot(shown, 100), 100); /* never more than asked for */

    ledger_give(last);
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
    CHECK(ledger_take() == last);
    return 0;
}
