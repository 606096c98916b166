/*
 * trial.h: what is believed only after it was seen in this process.
 *
 * A trial runs two native threads of its own for some milliseconds, with all signals blocked. They are no JVM threads and are in no ledger;
 * each registers its area at the owner's place, where nobody did, and unregisters it. The caller's thread is left as it is, its affinity too.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_TRIAL_H
#define RSEQ_JVM_TRIAL_H

#include <stdint.h>

#include "ownership.h"

enum verdict {
    VERDICT_NONE, /* nothing was shown: there is one CPU, no thread could be made, or the threads were given no time to run */
    VERDICT_RIGHT,
    VERDICT_WRONG,
};

/*
 * Whether the index at 'field', a byte offset in the area, differs in two threads that run at once. The owner's area must lie at a constant
 * distance from the thread pointer.
 */
enum verdict trial_of_index(const struct ownership *owned, int64_t field);

/*
 * Whether the kernel aborts a sequence whose thread is preempted and goes on on the same CPU. From 6.19 on, until it was mended, arm64's did not: an add
 * that was interrupted there overwrites what was added meanwhile.
 */
enum verdict trial_of_aborts(const struct ownership *owned);

#endif
