/*
 * current_record.h: the ledger's record of the calling thread, found by a pthread key. Signals are blocked.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_CURRENT_RECORD_H
#define RSEQ_JVM_CURRENT_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger.h"

/*
 * Call once, before the functions below. 'thread_ends' is called as a key's destructor, on a thread that ends and has a record: its record is not
 * the current one any more, until current_record_keep. False: there is no key left.
 */
bool current_record_open(void (*thread_ends)(struct thread_record *record));

/* NULL: there is none. */
struct thread_record *current_record(void);

/* A new one, for a thread that has none. NULL: the ledger is full; the thread is counted as refused, once. */
struct thread_record *current_record_make(int64_t java_id, enum owner owner);

/* Makes it the current one again, in a destructor, which is then called once more. False: that is not possible. */
bool current_record_keep(struct thread_record *record);

/* The thread has none from here on; the caller no longer touches it. */
void current_record_give(struct thread_record *record);

#endif
