/*
 * Several producers, one consumer that at times lets the ring run full: each producer's events come out in its order and whole, and
 * recorded + dropped == produced.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "../src/journal.h"
#include "check.h"

enum { PRODUCERS = 4, EVENTS = 40000, BATCH = 64 };

static _Atomic int running = PRODUCERS;

static void *produces(void *argument) {
    struct journal_event event = {.tid = *(const int *)argument};
    for (uint64_t number = 1; number <= EVENTS; number++) {
        event.time_ns = number;
        event.area = number * 3;
        event.refcount = (uint32_t)number;
        memset(event.name, (int)(number & 0x7f), sizeof event.name);
        journal_record(&event);
        if (number % 1000 == 0) sched_yield();
    }
    atomic_fetch_sub(&running, 1);
    return NULL;
}

static uint64_t last[PRODUCERS];
static uint64_t received;

static void check(const struct journal_event *event) {
    CHECK(event->tid >= 0 && event->tid < PRODUCERS);
    CHECK(event->time_ns > last[event->tid]);
    CHECK_EQ(event->area, event->time_ns * 3);
    CHECK_EQ(event->refcount, event->time_ns);
    for (int i = 0; i < JOURNAL_NAME_BYTES; i++) CHECK_EQ(event->name[i], event->time_ns & 0x7f);
    last[event->tid] = event->time_ns;
    received++;
}

int main(void) {
    CHECK(journal_open());
    pthread_t threads[PRODUCERS];
    int numbers[PRODUCERS];
    for (int i = 0; i < PRODUCERS; i++) {
        numbers[i] = i;
        CHECK_EQ(pthread_create(&threads[i], NULL, produces, &numbers[i]), 0);
    }
    static struct journal_event events[BATCH];
    for (;;) {
        bool over = atomic_load(&running) == 0; /* asked before the drain, so that the last drain sees the last event */
        int got = journal_drain(events, BATCH);
        for (int i = 0; i < got; i++) check(&events[i]);
        if (over && got == 0) break;
        if (received % 4096 < BATCH) sched_yield();
    }
    for (int i = 0; i < PRODUCERS; i++) CHECK_EQ(pthread_join(threads[i], NULL), 0);
    CHECK_EQ(received + journal_dropped(), (uint64_t)PRODUCERS * EVENTS);
    CHECK(received >= JOURNAL_CAPACITY);
    return 0;
}
