/* SPDX-License-Identifier: Apache-2.0 */
#include <sched.h>
#include <stdatomic.h>

#include "../include/rseq_agent.h"
#include "../src/kernel.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

enum { STARTERS = 3, ROUNDS = 400 };

static _Atomic int running = STARTERS;
static _Atomic int64_t seen;
static _Atomic bool counted_once; /* the shared counter's value is shown, not 0 */

static void *counts_in_and_out(void *argument) {
    const struct thread_identity *identity = argument;
    CHECK_EQ(registration_thread_started(identity), 0);
    CHECK(registration_ensure(identity) != NULL);
    while (identity->java_id > STARTERS * ROUNDS / 2 && atomic_load(&seen) == 0) sched_yield(); /* until a snapshot saw one of us */
    registration_thread_ended(identity);
    return NULL;
}

static void *starts_threads(void *argument) {
    struct thread_identity identity = {.java_id = *(const int64_t *)argument, .name = "short-lived"};
    for (int round = 0; round < ROUNDS; round++) {
        world_in_thread(counts_in_and_out, &identity);
        identity.java_id += STARTERS;
    }
    atomic_fetch_sub(&running, 1);
    return NULL;
}

/* A live record is a thread's from its first moment: no snapshot shows one half filled, as if the thread had been refused. */
static void check_record(const struct thread_record *record) {
    CHECK(record->java_id > 0);
    CHECK(record->tid > 0);
    CHECK(record->since_ns > 0);
    CHECK_EQ(record->owner, OWNER_AGENT);
    CHECK(record->area != 0);
    CHECK_EQ(record->area % 32, 0);
    CHECK_EQ(record->length, RSEQ_ORIGINAL_LENGTH);
    CHECK_EQ(record->counted, OWNER_AGENT);
    CHECK(record->refcount <= 1); /* 0 for the moment between the last use and the end of the record */
    if (record->refcount == 1) atomic_store(&counted_once, true);
}

int main(void) {
    world_check();
    world_agent_owns(false);
    pthread_t starters[STARTERS];
    int64_t ids[STARTERS];
    for (int i = 0; i < STARTERS; i++) {
        ids[i] = i + 1;
        CHECK_EQ(pthread_create(&starters[i], NULL, starts_threads, &ids[i]), 0);
    }
    static struct thread_record shown[64];
    while (atomic_load(&running) > 0) {
        int count = ledger_snapshot(shown, 64);
        CHECK(count <= STARTERS);
        for (int i = 0; i < count; i++) check_record(&shown[i]);
        atomic_fetch_add(&seen, count);
    }
    for (int i = 0; i < STARTERS; i++) CHECK_EQ(pthread_join(starters[i], NULL), 0);
    CHECK(atomic_load(&counted_once));
    CHECK_EQ(world_live_records(), 0);
    CHECK_EQ(ledger_totals.registered[OWNER_AGENT], STARTERS * ROUNDS);
    CHECK_EQ(ledger_totals.released[OWNER_AGENT], STARTERS * ROUNDS);
    CHECK_EQ(ledger_totals.refused, 0);
    return 0;
}
