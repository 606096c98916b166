/*
 * world.h: the worlds that a test runs in, and the parties that share a thread's area there.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_TEST_WORLD_H
#define RSEQ_TEST_WORLD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "../src/abi.h"
#include "../src/ownership.h"

/* Sees to it that this process is in the world that ctest named (RSEQ_WORLD): glibc registered this thread, or nobody did. Skips where
 * the machine can't give it: no rseq(2), or a glibc before 2.35. */
void world_check(void);

/* True in the world glibc_on. */
bool world_glibc_registers(void);

/* Decides, opens the agent's own area, and puts the decision in force. For the world glibc_off. */
void world_agent_owns(bool visible);

/* Decides that glibc owns, and puts that in force. For the world glibc_on. */
void world_glibc_owns(void);

/* cpu_id as the kernel last wrote it. */
int32_t world_cpu_id(const struct rseq_area *area);

/* Runs 'body' in a fresh thread and waits for its end. */
void world_in_thread(void *(*body)(void *), void *argument);

/* Runs 'body' in a forked child, which must exit with 0. */
void world_in_child(void (*body)(void *), void *argument);

/* How many threads the ledger shows. */
int world_live_records(void);

/*
 * A library of the protocol of 2018 that shares __rseq_abi and __rseq_refcount, as it would be written by hand. EBUSY is success to it.
 * Returns 0 or a positive errno value.
 */
int counting_library_register(void);
int counting_library_unregister(void);

#endif
