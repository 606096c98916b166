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
    VERDICT_NONE, /* nothing was shown: no thread could be made, the threads were given no time to run, or may not choose their CPU */
    VERDICT_RIGHT,
    VERDICT_WRONG,
    VERDICT_ONE_CPU, /* the caller may use one CPU: no two threads run at once */
};

/*
 * Whether the index at 'field', a byte offset in the area, differs in two threads that run at once. The owner's area must lie at a constant
 * distance from the thread pointer.
 */
enum verdict trial_of_index(const struct ownership *owned, int64_t field);

/*
 * Whether the kernel aborts a sequence whose thread is preempted and goes on on the same CPU. arm64 kernels from 6.19 until the fix did not: an
 * add that was interrupted there overwrites what was added meanwhile.
 */
enum verdict trial_of_aborts(const struct ownership *owned);

#endif
