/*
 * A thread that is shown is counted in and out again and again: its count and its uses, which change together, are equal in every snapshot, and
 * no snapshot is without it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdatomic.h>

#include "../include/rseq_agent.h"
#include "../src/ledger.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

enum { USES = 100000 };

static atomic_bool shown, done, seen;

static void *is_used(void *unused) {
    struct thread_identity identity = {.java_id = 1};
    CHECK_EQ(registration_thread_started(&identity), 0);
    atomic_store(&shown, true);
    for (int i = 0; i < USES || !atomic_load(&seen); i++) {
        CHECK_EQ(rseq_agent_register_current_thread(), 0);
        CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
    }
    atomic_store(&done, true);
    while (atomic_load(&shown)) continue;
    registration_thread_ended(&identity);
    return unused;
}

int main(void) {
    world_check();
    if (world_glibc_registers()) world_glibc_owns();
    else world_agent_owns(false);
    pthread_t thread;
    CHECK_EQ(pthread_create(&thread, NULL, is_used, NULL), 0);
    while (!atomic_load(&shown)) continue;
    bool once = false, twice = false;
    while (!atomic_load(&done)) {
        struct thread_record record;
        CHECK_EQ(ledger_snapshot(&record, 1), 1);
        CHECK_EQ(record.refcount, record.uses);
        CHECK(record.area != 0);
        once = once || record.uses == 1;
        twice = twice || record.uses == 2;
        if (once && twice) atomic_store(&seen, true);
    }
    atomic_store(&shown, false);
    CHECK_EQ(pthread_join(thread, NULL), 0);
    CHECK(once && twice);
    CHECK_EQ(world_live_records(), 0);
    return 0;
}
