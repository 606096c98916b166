/*
 * Threads allocate and give back per-CPU memory of all sizes; each finds its own zeroed, and nobody else's mark in it when it looks again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>

#include "../src/percpu_memory.h"
#include "check.h"
#include "storm.h"

enum { THREADS = 4, ROUNDS = 5000, HELD = 64, CPUS = 2 };

struct object {
    int64_t offset, bytes;
};

static volatile int64_t *word(int region, int64_t offset) {
    return (volatile int64_t *)(percpu_memory_base() + ((int64_t)region << SEQUENCE_SHIFT) + offset);
}

static void take(struct object *object, int64_t bytes, int64_t mark) {
    object->bytes = bytes;
    object->offset = percpu_memory_allocate(bytes);
    CHECK(object->offset > 0);
    for (int region = 0; region <= CPUS; region++) {
        for (int64_t at = 0; at + 8 <= bytes; at += 8) {
            CHECK_EQ(*word(region, object->offset + at), 0);
            *word(region, object->offset + at) = mark;
        }
    }
}

static void give_back(struct object *object, int64_t mark) {
    for (int region = 0; region <= CPUS; region++) {
        for (int64_t at = 0; at + 8 <= object->bytes; at += 8) CHECK_EQ(*word(region, object->offset + at), mark);
    }
    CHECK(percpu_memory_free(object->offset, object->bytes));
    object->offset = 0;
}

static void *allocate_and_free(void *argument) {
    int64_t mark = (int64_t)(intptr_t)argument;
    uint64_t random = (uint64_t)mark;
    struct object held[HELD] = {{0, 0}};
    for (int round = 0; round < ROUNDS; round++) {
        struct object *object = &held[storm_random(&random) % HELD];
        if (object->offset != 0) give_back(object, mark);
        /* 8 to 32768, small ones most often; some are no multiple of a word */
        else take(object, 1 + (int64_t)(storm_random(&random) % ((uint64_t)8 << storm_random(&random) % 13)), mark);
    }
    for (int i = 0; i < HELD; i++) {
        if (held[i].offset != 0) give_back(&held[i], mark);
    }
    return NULL;
}

int main(void) {
    char reason[320] = "";
    if (!percpu_memory_reserve(CPUS, SEQUENCE_SHIFT, reason, sizeof reason)) SKIP("%s", reason);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) CHECK_EQ(pthread_create(&threads[i], NULL, allocate_and_free, (void *)(intptr_t)(i + 1)), 0);
    for (int i = 0; i < THREADS; i++) CHECK_EQ(pthread_join(threads[i], NULL), 0);
    CHECK_EQ(percpu_memory_totals().objects, 0);
    CHECK_EQ(percpu_memory_totals().allocated, 0);
    return 0;
}
