/* SPDX-License-Identifier: Apache-2.0 */
#include <stdatomic.h>

#include "../src/ledger.h"
#include "check.h"
#include "world.h"

enum { THREADS = 4, ROUNDS = 20000, HELD = 8, SNAPSHOT = 4096, SNAPSHOTS = 10000 };

static struct thread_record *first;
static _Atomic int in_hand[THREADS * HELD + 1];
static _Atomic int running = THREADS;
static _Atomic int snapshots;

/* Whatever a snapshot shows was written by one thread for one taking: the fields are functions of each other. */
static void fill(struct thread_record *record, int64_t id) {
    record->java_id = id;
    record->tid = (int32_t)(id * 7 + 1);
    record->since_ns = (uint64_t)id * 1000003;
    record->area = (uint64_t)id << 5;
    record->length = (uint32_t)id ^ 0x5a5a5a5au;
    record->refcount = (uint32_t)id;
    record->reregistrations = ~(uint32_t)id;
}

static void check_filled(const struct thread_record *record) {
    int64_t id = record->java_id;
    CHECK(id > 0);
    CHECK_EQ(record->tid, (int32_t)(id * 7 + 1));
    CHECK_EQ(record->since_ns, id * 1000003);
    CHECK_EQ(record->area, id << 5);
    CHECK_EQ(record->length, (uint32_t)id ^ 0x5a5a5a5au);
    CHECK_EQ(record->refcount, (uint32_t)id);
    CHECK_EQ(record->reregistrations, ~(uint32_t)id);
}

static void *takes_and_gives(void *argument) {
    int64_t thread = *(const int64_t *)argument;
    struct thread_record *held[HELD] = {NULL};
    for (int64_t round = 0; round < ROUNDS || atomic_load(&snapshots) < SNAPSHOTS; round++) {
        struct thread_record **hand = &held[(round * 5 + thread) % HELD];
        if (*hand != NULL) {
            check_filled(*hand);
            CHECK_EQ(atomic_fetch_sub(&in_hand[*hand - first], 1), 1);
            ledger_give(*hand);
        }
        *hand = ledger_take();
        CHECK(*hand != NULL);
        CHECK(*hand - first > 0 && *hand - first <= THREADS * HELD); /* what was given is taken again */
        CHECK_EQ(atomic_fetch_add(&in_hand[*hand - first], 1), 0);
        CHECK_EQ((*hand)->java_id, 0);
        CHECK_EQ((*hand)->uses, 0);
        fill(*hand, round * THREADS + thread + 1);
        ledger_publish(*hand);
    }
    for (int i = 0; i < HELD; i++) {
        if (held[i] == NULL) continue;
        atomic_fetch_sub(&in_hand[held[i] - first], 1);
        ledger_give(held[i]);
    }
    atomic_fetch_sub(&running, 1);
    return NULL;
}

int main(void) {
    CHECK(ledger_take() == NULL); /* not open yet */
    CHECK(ledger_open());
    CHECK(ledger_open());
    first = ledger_take();
    CHECK(first != NULL);
    static struct thread_record shown[SNAPSHOT];
    CHECK_EQ(ledger_snapshot(shown, SNAPSHOT), 0); /* not published yet */

    pthread_t threads[THREADS];
    int64_t numbers[THREADS];
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        CHECK_EQ(pthread_create(&threads[i], NULL, takes_and_gives, &numbers[i]), 0);
    }
    while (atomic_load(&running) > 0) {
        int count = ledger_snapshot(shown, SNAPSHOT);
        CHECK(count <= THREADS * HELD);
        for (int i = 0; i < count; i++) check_filled(&shown[i]);
        atomic_fetch_add(&snapshots, 1);
    }
    for (int i = 0; i < THREADS; i++) CHECK_EQ(pthread_join(threads[i], NULL), 0);
    CHECK_EQ(ledger_snapshot(shown, SNAPSHOT), 0);
    for (int i = 0; i <= THREADS * HELD; i++) CHECK_EQ(in_hand[i], 0);
    return 0;
}
