/*
 * journal.h: what happened to whose registration, from any thread to one reader, without a lock.
 *
 * A bounded ring (Vyukov's, many producers, one consumer). A full ring drops the event and counts the drop; it never waits.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_JOURNAL_H
#define RSEQ_JVM_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

enum { JOURNAL_CAPACITY = 8192, JOURNAL_NAME_BYTES = 72 };

/* The vocabulary of the log, in the same order as io.rseq.agent.engine.ownership.Transition. */
enum transition {
    TRANSITION_REGISTERED,   /* counted in; the agent made the registration, or it stood already at the owner's area */
    TRANSITION_RELEASED,     /* counted out */
    TRANSITION_ADOPTED,      /* another party's registration is used */
    TRANSITION_REFUSED,      /* not registered; the thread reads its CPU with getcpu */
    TRANSITION_REREGISTERED, /* somebody had unregistered the area under its users */
    TRANSITION_OVERFLOWED,   /* the refcount stood at INT_MAX */
};

enum action { ACTION_NONE, ACTION_KEPT, ACTION_UNREGISTERED };

/* One event, as the Java side reads it (little endian, 128 bytes). */
struct journal_event {
    uint64_t time_ns; /* CLOCK_MONOTONIC */
    int64_t java_id;  /* Thread.getId(), 0 for a thread that the JVM does not know */
    uint64_t area;    /* address, 0 for none */
    uint32_t transition;
    uint32_t owner;
    uint32_t action;
    uint32_t refcount; /* after the transition */
    int32_t tid;
    int32_t error; /* errno, 0 for none */
    uint32_t name_length;
    uint32_t reserved;
    char name[JOURNAL_NAME_BYTES]; /* modified UTF-8, cut off; only while names are recorded */
};

_Static_assert(sizeof(struct journal_event) == 128, "journal_event is 128 bytes");

/* Allocates the ring. False when the memory is not available. Call once. */
bool journal_open(void);

/* True while registered/released transitions are wanted, too, and with thread names; otherwise only what went wrong is recorded. */
void journal_set_verbose(bool verbose);
bool journal_is_verbose(void);

/* Records an event, or counts a drop. Any thread; async-signal-safe. */
void journal_record(const struct journal_event *event);

/* Copies at most 'capacity' events out, oldest first. One thread at a time. */
int journal_drain(struct journal_event *out, int capacity);

/* Events that the ring could not hold, since the start. */
uint64_t journal_dropped(void);

#endif
