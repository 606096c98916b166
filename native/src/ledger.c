/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "ledger.h"

#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

struct ledger_totals ledger_totals;

static struct thread_record *records;
static _Atomic uint32_t used; /* records [0, used) were handed out at least once */

/* The free list: index + 1 of its head in the low half, a tag against ABA in the high half. */
static _Atomic uint64_t free_head;

bool ledger_open(void) {
    if (records != NULL) return true;
    size_t bytes = (size_t)LEDGER_CAPACITY * sizeof(struct thread_record);
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return false;
    records = memory;
    return true;
}

static struct thread_record *take_free(void) {
    uint64_t head = atomic_load(&free_head);
    while ((uint32_t)head != 0) {
        struct thread_record *record = &records[(uint32_t)head - 1];
        uint64_t next = (((head >> 32) + 1) << 32) | atomic_load_explicit(&record->next_free, memory_order_relaxed);
        if (atomic_compare_exchange_weak(&free_head, &head, next)) return record;
    }
    return NULL;
}

static struct thread_record *take_unused(void) {
    uint32_t index = atomic_load(&used);
    while (index < LEDGER_CAPACITY) {
        if (atomic_compare_exchange_weak(&used, &index, index + 1)) return &records[index];
    }
    return NULL;
}

struct thread_record *ledger_take(void) {
    if (records == NULL) return NULL;
    struct thread_record *record = take_free();
    if (record == NULL) record = take_unused();
    if (record == NULL) return NULL;
    size_t from = offsetof(struct thread_record, tid);
    memset((char *)record + from, 0, offsetof(struct thread_record, next_free) - from);
    return record;
}

/* In a generation, which is another after each change of what is shown. */
enum { LIVE = 1, CHANGING = 2 };

static uint32_t generation_of(const struct thread_record *record) {
    return atomic_load_explicit(&record->generation, memory_order_relaxed);
}

/* Only the record's own thread, or who takes it, changes it. */
void ledger_change(struct thread_record *record) {
    if (generation_of(record) % 4 != LIVE) return;
    atomic_store_explicit(&record->generation, generation_of(record) + CHANGING, memory_order_relaxed);
    atomic_thread_fence(memory_order_release); /* who sees what is changed from here on sees that, too */
}

void ledger_publish(struct thread_record *record) {
    uint32_t added[] = {LIVE, 0, 0, CHANGING};
    uint32_t generation = generation_of(record);
    atomic_store_explicit(&record->generation, generation + added[generation % 4], memory_order_release);
}

void ledger_give(struct thread_record *record) {
    atomic_store(&record->generation, (generation_of(record) | LIVE | CHANGING) + 1);
    uint32_t index = (uint32_t)(record - records);
    uint64_t head = atomic_load(&free_head);
    do {
        atomic_store_explicit(&record->next_free, (uint32_t)head, memory_order_relaxed);
    } while (!atomic_compare_exchange_weak(&free_head, &head, (((head >> 32) + 1) << 32) | (index + 1)));
}

/* Whether the record was live, and its copy is of one moment. */
static bool copy(struct thread_record *out, const struct thread_record *record) {
    enum { TURNS = 1000, YIELDS = 16 };
    const struct timespec nap = {.tv_nsec = 1000000};
    for (int turn = 0; turn < TURNS; turn++) {
        uint32_t before = atomic_load_explicit(&record->generation, memory_order_acquire);
        if ((before & LIVE) == 0) return false;
        if ((before & CHANGING) != 0) {
            /* The thread that changes it may have lost its CPU; it has a second to go on. */
            if (turn < YIELDS) sched_yield();
            else nanosleep(&nap, NULL);
            continue;
        }
        memcpy(out, record, sizeof *record);
        atomic_thread_fence(memory_order_acquire);
        if (generation_of(record) == before) return true;
    }
    return false;
}

int ledger_snapshot(struct thread_record *out, int capacity) {
    int count = 0;
    uint32_t end = records == NULL ? 0 : atomic_load(&used);
    for (uint32_t index = 0; index < end && count < capacity; index++) {
        if (copy(&out[count], &records[index])) count++;
    }
    return count;
}
