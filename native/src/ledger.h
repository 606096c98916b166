/*
 * ledger.h: one record per thread that was ever counted in and still lives, and the totals since the start.
 *
 * Records live in one reserved region and are taken from a lock-free list, so that counting a thread in neither locks nor calls malloc.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_LEDGER_H
#define RSEQ_JVM_LEDGER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ownership.h"

/* More threads at a time than this run unaccelerated, each of them counted as refused. */
enum { LEDGER_CAPACITY = 1 << 18 };

struct thread_record {
    _Atomic uint32_t generation; /* see ledger.c; a reader checks it before and after */
    int32_t tid;
    int64_t java_id;    /* Thread.getId(); 0 where the JVM does not know the thread */
    uint64_t since_ns;  /* CLOCK_MONOTONIC of the first use */
    uint64_t area;      /* address, and index=area; 0: refused, the thread reads its CPU with getcpu, and index=getcpu */
    uint32_t length;    /* registered length */
    uint32_t owner;     /* enum owner, of this thread */
    uint16_t counted;   /* enum owner under which it stands in ledger_totals.registered; OWNER_KINDS: it was never registered */
    bool refused;       /* it stands in ledger_totals.refused, and was not registered since */
    uint8_t rounds;     /* of key destructors that found it at its thread's end */
    uint32_t refcount;  /* users of this thread's area; where a counter is shared, as it stood after the last use through us */
    uint32_t uses;      /* how often this thread was counted in through us */
    uint32_t reregistrations;
    bool ours;        /* the registration in force was made by our system call */
    bool left_to_us;  /* it stood, counted, when we came: all its users count, and the last of them unregisters */
    bool jvm_seen;    /* the JVM thread itself came, and was counted in or refused */
    bool jvm_counted; /* one of the uses is the JVM thread itself */
    /* Read by any thread that sees this record at the head of the list, also when another thread has just taken it. */
    _Atomic uint32_t next_free;
};

/* Where io.rseq.agent.engine.ownership.Ledger reads. */
_Static_assert(sizeof(struct thread_record) == 64, "thread_record is 64 bytes");
_Static_assert(offsetof(struct thread_record, tid) == 4, "Ledger.TID");
_Static_assert(offsetof(struct thread_record, java_id) == 8, "Ledger.JAVA_ID");
_Static_assert(offsetof(struct thread_record, since_ns) == 16, "Ledger.SINCE");
_Static_assert(offsetof(struct thread_record, area) == 24, "Ledger.AREA");
_Static_assert(offsetof(struct thread_record, length) == 32, "Ledger.LENGTH");
_Static_assert(offsetof(struct thread_record, owner) == 36, "Ledger.OWNER");
_Static_assert(offsetof(struct thread_record, refcount) == 44, "Ledger.REFCOUNT");
_Static_assert(offsetof(struct thread_record, reregistrations) == 52, "Ledger.REREGISTERED");

/* Totals since the start. Each is its own atomic; a set of them read while threads come and go may be apart by those threads. */
struct ledger_totals {
    _Atomic uint64_t registered[OWNER_KINDS];
    _Atomic uint64_t released[OWNER_KINDS];
    _Atomic uint64_t adopted;
    _Atomic uint64_t refused;
    _Atomic uint64_t reregistered;
    _Atomic uint64_t overflowed;
    _Atomic uint64_t kernel_registrations;   /* system calls of ours that registered */
    _Atomic uint64_t kernel_unregistrations; /* and that unregistered */
};

extern struct ledger_totals ledger_totals;

/* Reserves the region. False when the memory is not available. Call once. */
bool ledger_open(void);

/* A zeroed record that no snapshot shows yet, or NULL when the ledger is full. */
struct thread_record *ledger_take(void);

/* What is shown of a record is about to change, until it is published again. Nothing happens to one that is not shown yet. */
void ledger_change(struct thread_record *record);

/* Shows a filled record, or the change of one, to snapshots from now on. */
void ledger_publish(struct thread_record *record);

/* Gives a record back; the caller no longer touches it. */
void ledger_give(struct thread_record *record);

/*
 * Copies at most 'capacity' live records, each consistent in itself. Returns how many. A thread that is stopped in the middle of a change, for a
 * thousand turns of the caller's CPU, is left out.
 */
int ledger_snapshot(struct thread_record *out, int capacity);

/* Adds one to a total. */
static inline void ledger_count(_Atomic uint64_t *total) {
    atomic_fetch_add_explicit(total, 1, memory_order_relaxed);
}

#endif
