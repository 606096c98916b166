/*
 * reservation.h: address space that is backed by memory as it is touched, for percpu_memory.c; and what the process's limits leave of it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_RESERVATION_H
#define RSEQ_JVM_RESERVATION_H

#include <stddef.h>
#include <stdint.h>

/* Bytes that this process may still map: limits on address space and on data, and strict overcommit. INT64_MAX without any, 0 where it can't be read. */
int64_t reservation_left(void);

/* Bytes that a reservation of that many pieces takes of it. */
int64_t reservation_bytes(int pieces, int64_t bytes);

/*
 * 'pieces' of 'bytes' each, piece i at i * 'stride' from the first, between strips that nobody may touch: an address just beyond an end is a fault.
 * What lies between two pieces is somebody else's. None of it is locked, also under mlockall(MCL_FUTURE), which would make all of it
 * resident. 'bytes' is a multiple of 64 KiB, 'stride' a power of 2 if there are several pieces. NULL, and errno, when it can't be had.
 */
char *reservation_make(int pieces, int64_t bytes, int64_t stride, const char *name);

/* Undoes it. Changes no errno. */
void reservation_undo(char *first, int pieces, int64_t bytes, int64_t stride);

/* What errno says about a reservation that failed, in words: ", " and more; or "". */
const char *reservation_failure(int error);

#endif
