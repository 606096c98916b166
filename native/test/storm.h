/*
 * storm.h: threads that commit sequences while everything that can abort one happens to them: more threads than CPUs, a thread that moves
 * them between two CPUs, and a timer of each that sends it a signal every 100 us.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_TEST_STORM_H
#define RSEQ_TEST_STORM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { STORM_WORKERS = 16 };

/* Puts the owner of this world in force, and opens the sequences. Skips where they are not available. */
void storm_open(void);

/* Whether the kernel has mm_cid here. */
bool storm_has_concurrency_id(void);

/* False once the workers should end. */
bool storm_goes_on(void);

/*
 * Runs 'worker' in STORM_WORKERS registered threads for about that long, with their numbers from 0 on, and meanwhile 'beside', if any,
 * here; again and again. Goes on for up to four times as long if nothing was aborted yet, as happens under emulation. Returns when all have
 * ended.
 */
void storm_run(int milliseconds, void (*worker)(int number), void (*beside)(void));

/* The word at 'offset' in a region. */
_Atomic int64_t *storm_word(int region, int64_t offset);

/* How many regions are of CPUs; the shared region's number. */
int storm_cpus(void);

/* An allocation; ends the test where there is none. */
int64_t storm_allocate(int64_t bytes);

/* xorshift64: good enough to differ from thread to thread. */
uint64_t storm_random(uint64_t *state);

#endif
