/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "ledger.h"

#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

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

static bool is_live(uint32_t generation) {
    return (generation & 1) != 0;
}

void ledger_publish(struct thread_record *record) {
    if (!is_live(atomic_load_explicit(&record->generation, memory_order_relaxed))) {
        atomic_fetch_add_explicit(&record->generation, 1, memory_order_release);
    }
}

void ledger_give(struct thread_record *record) {
    if (is_live(atomic_load(&record->generation))) atomic_fetch_add(&record->generation, 1);
    uint32_t index = (uint32_t)(record - records);
    uint64_t head = atomic_load(&free_head);
    do {
        atomic_store_explicit(&record->next_free, (uint32_t)head, memory_order_relaxed);
    } while (!atomic_compare_exchange_weak(&free_head, &head, (((head >> 32) + 1) << 32) | (index + 1)));
}

int ledger_snapshot(struct thread_record *out, int capacity) {
    int count = 0;
    uint32_t end = records == NULL ? 0 : atomic_load(&used);
    for (uint32_t index = 0; index < end && count < capacity; index++) {
        struct thread_record *record = &records[index];
        uint32_t before = atomic_load_explicit(&record->generation, memory_order_acquire);
        if (!is_live(before)) continue;
        memcpy(&out[count], record, sizeof *record);
        atomic_thread_fence(memory_order_acquire);
        if (atomic_load_explicit(&record->generation, memory_order_relaxed) == before) count++;
    }
    return count;
}
