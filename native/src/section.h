/*
 * section.h: the start or the end of a JVM thread, as a signal handler that comes between sees it.
 *
 * Where glibc registers, a start makes one system call, gettid for the ledger, and an end makes none: blocking all signals, which takes two,
 * would be the dearest part of either. There the signals stay as they are. A handler that counts itself in or out while a section of its
 * thread is open finds the section, leaves its use there, and touches nothing else; the thread counts it when the section ends.
 *
 * Threading: a section belongs to the thread that opened it, and to the handlers that interrupt that thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_SECTION_H
#define RSEQ_JVM_SECTION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct section {
    _Atomic int64_t left;        /* uses that handlers left, less those that they took back; or that the section is over */
    _Atomic int64_t native_uses; /* of the thread when the section began; negative: not told yet */
};

/* pthread_setspecific allocates for keys from here on, which a handler must not wait for (glibc, PTHREAD_KEY_2NDLEVEL_SIZE). */
enum { SECTION_KEYS = 32 };

/* Makes room for sections. False: there can be none, and signals must be blocked. Call once. */
bool section_open(void);

/* From here to section_end, handlers that interrupt this thread find the section. */
void section_begin(struct section *section);

/* Tells it how often native code counted this thread in, before any of that changes. */
void section_know(struct section *section, int64_t native_uses);

/* The open section that the caller, a handler, interrupted; NULL: it interrupted none, and may change the thread's record. */
struct section *section_interrupted(void);

/* A handler's use. */
void section_leave_use(struct section *section);

/* Takes a use back. 'native_uses' counts where the section was not told. False: there was none, and nothing changed. */
bool section_take_use_back(struct section *section, int64_t native_uses);

/* Ends a section to which no handler came. False: one did, and nothing changed. */
bool section_end(struct section *section);

/* Ends any section; signals are blocked. Returns the uses to count in, or, negative, out. */
int64_t section_end_interrupted(struct section *section);

#endif
