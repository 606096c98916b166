/*
 * Threads allocate and give back memory of all sizes where little is left, and that in pieces: what one holds no other gets, each finds its
 * own zeroed, and when all was given back the whole region but its first line can be had in one piece.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdatomic.h>

#include "../src/percpu_memory.h"
#include "check.h"
#include "storm.h"

enum { THREADS = 4, ROUNDS = 2500, HELD = 128, CPUS = 2, BALLAST = 1 << 20, BALLASTS = 255, EACH = 16, STEP = 512 };

struct object {
    int64_t offset, bytes;
};

static _Atomic uint8_t held_by[PERCPU_REGION_STRIDE / 8];
static _Atomic int taken, refused;

static volatile int64_t *word(int region, int64_t offset) {
    return (volatile int64_t *)(percpu_memory_base() + ((int64_t)region << SEQUENCE_SHIFT) + offset);
}

/* Some words and the last: 'now' becomes 'then'. */
static void mark(const struct object *object, int64_t now, int64_t then) {
    int64_t last = (object->bytes - 1) / 8 * 8;
    for (int region = 0; region <= CPUS; region++) {
        for (int64_t at = 0;; at = at + STEP < last ? at + STEP : last) {
            CHECK_EQ(*word(region, object->offset + at), now);
            *word(region, object->offset + at) = then;
            if (at == last) break;
        }
    }
}

static void take(struct object *object, int64_t bytes, uint8_t thread) {
    object->bytes = bytes;
    object->offset = percpu_memory_allocate(bytes);
    if (object->offset < 0) {
        object->offset = 0;
        refused++;
        return;
    }
    taken++;
    for (int64_t at = 0; at < bytes; at += 8) CHECK_EQ(atomic_exchange(&held_by[(object->offset + at) / 8], thread), 0);
    mark(object, 0, thread);
}

static void give_back(struct object *object, uint8_t thread) {
    mark(object, thread, -1);
    for (int64_t at = 0; at < object->bytes; at += 8) {
        CHECK_EQ(atomic_exchange_explicit(&held_by[(object->offset + at) / 8], 0, memory_order_relaxed), thread);
    }
    CHECK(percpu_memory_free(object->offset, object->bytes));
    object->offset = 0;
}

static void *allocate_and_free(void *argument) {
    uint8_t thread = (uint8_t)(intptr_t)argument;
    uint64_t random = thread;
    struct object held[HELD] = {{0, 0}};
    for (int round = 0; round < ROUNDS; round++) {
        struct object *object = &held[storm_random(&random) % HELD];
        if (object->offset != 0) give_back(object, thread);
        /* up to 1 MiB, each doubling as often */
        else take(object, 1 + (int64_t)(storm_random(&random) % ((uint64_t)8 << storm_random(&random) % 18)), thread);
    }
    for (int i = 0; i < HELD; i++) {
        if (held[i].offset != 0) give_back(&held[i], thread);
    }
    return NULL;
}

int main(void) {
    char reason[320] = "";
    if (!percpu_memory_reserve(CPUS, SEQUENCE_SHIFT, reason, sizeof reason)) SKIP("%s", reason);
    static int64_t ballast[BALLASTS];
    for (int i = 0; i < BALLASTS; i++) CHECK((ballast[i] = percpu_memory_allocate(BALLAST)) > 0);
    for (int i = 0; i < BALLASTS; i += EACH) CHECK(percpu_memory_free(ballast[i], BALLAST));
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) CHECK_EQ(pthread_create(&threads[i], NULL, allocate_and_free, (void *)(intptr_t)(i + 1)), 0);
    for (int i = 0; i < THREADS; i++) CHECK_EQ(pthread_join(threads[i], NULL), 0);
    fprintf(stderr, "%d allocations, %d more found no room\n", taken, refused);
    CHECK(taken > ROUNDS && refused > 0);
    CHECK_EQ(percpu_memory_totals().objects, BALLASTS - (BALLASTS + EACH - 1) / EACH);
    for (int i = 0; i < BALLASTS; i++) CHECK(percpu_memory_free(ballast[i], BALLAST) == (i % EACH != 0));
    CHECK_EQ(percpu_memory_totals().objects, 0);
    CHECK_EQ(percpu_memory_totals().allocated, 0);

    struct object whole = {0, 0};
    take(&whole, PERCPU_REGION_STRIDE - 64, THREADS + 1);
    CHECK(whole.offset > 0);
    give_back(&whole, THREADS + 1);
    return 0;
}
