/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "journal.h"

#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

_Static_assert((JOURNAL_CAPACITY & (JOURNAL_CAPACITY - 1)) == 0, "the capacity is a power of two");

/*
 * A slot is free for the producer of position p when turn == lap_of(p), and full for its reader when turn == lap_of(p) + 1. Vyukov's
 * ring counts positions; laps let a fresh page of zeros be a lap of free slots, so that memory is touched only when used.
 */
struct slot {
    _Atomic uint64_t turn;
    struct journal_event event;
};

static struct slot *slots;
static _Alignas(64) _Atomic uint64_t tail;
static _Alignas(64) _Atomic uint64_t head;
static _Atomic uint64_t dropped;
static _Atomic bool verbose_mode;

bool journal_open(void) {
    if (slots != NULL) return true;
    void *memory = mmap(NULL, JOURNAL_CAPACITY * sizeof(struct slot), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return false;
    slots = memory;
    return true;
}

void journal_set_verbose(bool verbose) {
    atomic_store(&verbose_mode, verbose);
}

bool journal_is_verbose(void) {
    return atomic_load_explicit(&verbose_mode, memory_order_relaxed);
}

static uint64_t lap_of(uint64_t position) {
    return position & ~(uint64_t)(JOURNAL_CAPACITY - 1);
}

void journal_record(const struct journal_event *event) {
    if (slots == NULL) return;
    uint64_t position = atomic_load_explicit(&tail, memory_order_relaxed);
    for (;;) {
        struct slot *slot = &slots[position & (JOURNAL_CAPACITY - 1)];
        int64_t ahead = (int64_t)(atomic_load_explicit(&slot->turn, memory_order_acquire) - lap_of(position));
        if (ahead < 0) {
            atomic_fetch_add_explicit(&dropped, 1, memory_order_relaxed);
            return;
        }
        if (ahead > 0) {
            position = atomic_load_explicit(&tail, memory_order_relaxed);
        } else if (atomic_compare_exchange_weak_explicit(&tail, &position, position + 1, memory_order_relaxed, memory_order_relaxed)) {
            slot->event = *event;
            atomic_store_explicit(&slot->turn, lap_of(position) + 1, memory_order_release);
            return;
        }
    }
}

static bool is_full(uint64_t position) {
    return atomic_load_explicit(&slots[position & (JOURNAL_CAPACITY - 1)].turn, memory_order_acquire) == lap_of(position) + 1;
}

int journal_drain(struct journal_event *out, int capacity) {
    if (slots == NULL) return 0;
    uint64_t position = atomic_load_explicit(&head, memory_order_relaxed);
    int count = 0;
    while (count < capacity && is_full(position)) {
        struct slot *slot = &slots[position & (JOURNAL_CAPACITY - 1)];
        out[count++] = slot->event;
        atomic_store_explicit(&slot->turn, lap_of(position) + JOURNAL_CAPACITY, memory_order_release);
        position++;
    }
    atomic_store_explicit(&head, position, memory_order_relaxed);
    return count;
}

uint64_t journal_dropped(void) {
    return atomic_load_explicit(&dropped, memory_order_relaxed);
}
