/*
 * registration.h: counting threads in and out, and the one place that calls rseq(2) to register or unregister.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_REGISTRATION_H
#define RSEQ_JVM_REGISTRATION_H

#include <stdbool.h>
#include <stdint.h>

#include "journal.h"
#include "ledger.h"
#include "ownership.h"

/* What the JVM knows of a thread, for the ledger and the journal. */
struct thread_identity {
    int64_t java_id;  /* 0: not known */
    const char *name; /* modified UTF-8; NULL: not recorded */
};

/* Makes the decision the one that this process runs by. Call once, before any of the functions below. False: out of memory. */
bool registration_open(const struct ownership *decision);

/* The decision in force. */
const struct ownership *registration_ownership(void);

/* Counts the calling JVM thread in, once however often it is called. Returns 0 or a positive errno value. */
int registration_thread_started(const struct thread_identity *identity);

/* True when the calling JVM thread is counted in and was not refused. */
bool registration_is_current(void);

/* Counts the calling JVM thread out. Harmless on a thread that was never counted in. */
void registration_thread_ended(const struct thread_identity *identity);

/*
 * The calling thread's area after seeing to it that it is registered: counts the thread in when it is new here (a thread older than
 * the agent), registers again when somebody unregistered it. NULL when this thread has none: read the CPU with getcpu.
 */
struct rseq_area *registration_ensure(const struct thread_identity *identity);

#endif
