/*
 * blocked_signals.h: all signals of the calling thread held back for a while, so that no handler comes between.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_BLOCKED_SIGNALS_H
#define RSEQ_JVM_BLOCKED_SIGNALS_H

#include <pthread.h>
#include <signal.h>
#include <stddef.h>

#include "glibc_compat.h"

/* From here to restore_signals; 'before' is for that. */
static inline void block_signals(sigset_t *before) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, before);
}

static inline void restore_signals(const sigset_t *before) {
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

#endif
