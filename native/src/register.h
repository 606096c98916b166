/*
 * register.h: the calling thread's area, as the kernel knows it: registered, unregistered, and the count of its users, by which the last one
 * knows that it is the last. Signals are blocked.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_REGISTER_H
#define RSEQ_JVM_REGISTER_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger.h"
#include "ownership.h"

/* True where the kernel writes no CPU into it. False for NULL. */
bool is_unregistered(const struct rseq_area *area);

/* The count that the area's users share, or the record's own, for bookkeeping, where there is none. */
uint32_t *refcount_of(const struct ownership *owned, struct thread_record *record);

/*
 * Registers the area of a thread whose registration is ours to make. Returns 0 or a positive errno value. What stands already, made by a library
 * that does not count, is success.
 */
int register_area(const struct ownership *owned, struct thread_record *record, struct rseq_area *area);

/* Unregisters what the record names; its users are gone. False: it stands. */
bool unregister_area(const struct ownership *owned, const struct thread_record *record);

#endif
