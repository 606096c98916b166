/*
 * distance.h: whether what each thread has for itself lies at one distance from the thread pointer of each. Only that may be read by loads from
 * the thread pointer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_DISTANCE_H
#define RSEQ_JVM_DISTANCE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Calls 'of_thread', which answers with an address, on the calling thread and on two threads that it starts and joins. True where the address
 * lies at the same distance from the thread pointer of all three. 'distance' is the calling thread's in any case.
 */
bool distance_is_constant(char *(*of_thread)(void), ptrdiff_t *distance);

#endif
