/*
 * percpu_memory.h: one reservation of address space, a region for each possible CPU and one that they share, and offsets in it.
 *
 * An allocation is an offset that is valid in every region, as alloc_percpu() of the kernel has it: cells of one CPU lie side by side,
 * cells of different CPUs never share a line, and what a CPU never writes is never backed by memory. Pages come at the first touch, hence
 * from the NUMA node of the CPU that touches first.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_PERCPU_MEMORY_H
#define RSEQ_JVM_PERCPU_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sequences.h"

/* From a place in one region to the same in the next, which is as much as a region can have. */
#define PERCPU_REGION_STRIDE ((int64_t)1 << SEQUENCE_SHIFT)

/* The most CPUs that there can be regions for. */
enum { PERCPU_CPUS_MAX = 1 << 16 };

/* The log2 of a region's bytes: at least, and unless somebody wants another. */
enum { PERCPU_SHIFT_LEAST = 20, PERCPU_SHIFT = 26 };

struct percpu_memory_totals {
    int64_t allocated; /* bytes of each region that objects hold now */
    int64_t objects;   /* how many they are */
    int64_t used;      /* bytes of each region below what is unused, where no object is and all is zero; fewer again when it was full */
};

/*
 * The log2 of the bytes that regions are to have: 'wanted' (0: PERCPU_SHIFT), or less where that is more than an eighth of what limits leave
 * this process.
 */
int percpu_memory_shift(int cpus, int wanted);

/*
 * Reserves 'cpus' regions of 2^'shift' bytes, and the shared one, number 'cpus'. Once for the process: a second call with the same numbers changes
 * nothing. False with a reason where that much address space is not available, or it is more than half of what limits leave this process.
 */
bool percpu_memory_reserve(int cpus, int shift, char *reason, size_t size);

/* The first byte of region 0; NULL before a reservation. */
char *percpu_memory_base(void);

/*
 * 'bytes' zeroed bytes in every region: a multiple of 8, or from 64 on a multiple of 64 that is aligned to a cache line. Returns the
 * offset, never 0; -1 when so much is free nowhere in one piece, there is no reservation, or 'bytes' is not from 1 to a region's less a
 * line.
 */
int64_t percpu_memory_allocate(int64_t bytes);

/*
 * Gives back what percpu_memory_allocate(bytes) returned; it serves allocations of any size again. Zeroes it in every region; a page that
 * was never written stays so, and a page that nobody has a part of any more goes back to the kernel. False, and nothing is changed, when this is no such allocation. Nobody may
 * use it any more.
 */
bool percpu_memory_free(int64_t offset, int64_t bytes);

struct percpu_memory_totals percpu_memory_totals(void);

#endif
