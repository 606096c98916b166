/* SPDX-License-Identifier: Apache-2.0 */
#include "current_record.h"

#include <pthread.h>
#include <stddef.h>

#include "glibc_compat.h"
#include "kernel.h"

static pthread_key_t key;
static void (*on_end)(struct thread_record *record);
static char turned_away; /* stands for the record of a thread that got none */

static void value_at_end(void *value) {
    if (value != &turned_away) on_end(value);
}

bool current_record_open(void (*thread_ends)(struct thread_record *record)) {
    on_end = thread_ends;
    return pthread_key_create(&key, value_at_end) == 0;
}

struct thread_record *current_record(void) {
    void *value = pthread_getspecific(key);
    return value == &turned_away ? NULL : value;
}

/* A thread for which there is no record asks again at each read, and is counted once. Returns NULL. */
static struct thread_record *turn_away(void) {
    if (pthread_getspecific(key) == &turned_away) return NULL;
    ledger_count(&ledger_totals.refused);
    pthread_setspecific(key, &turned_away);
    return NULL;
}

struct thread_record *current_record_make(int64_t java_id, enum owner owner) {
    struct thread_record *record = ledger_take();
    if (record == NULL) return turn_away();
    record->java_id = java_id;
    record->since_ns = kernel_monotonic_ns();
    record->owner = owner;
    record->counted = OWNER_KINDS;
    record->tid = kernel_thread_id();
    if (pthread_setspecific(key, record) != 0) {
        ledger_give(record);
        return turn_away();
    }
    return record;
}

bool current_record_keep(struct thread_record *record) {
    return pthread_setspecific(key, record) == 0;
}

void current_record_give(struct thread_record *record) {
    pthread_setspecific(key, NULL);
    ledger_give(record);
}
