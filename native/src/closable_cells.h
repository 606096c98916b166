/*
 * closable_cells.h: how a thread takes what the closable cells of all CPUs hold (CLOSABLE_... in sequences.h), and leaves 0 in each.
 *
 * Nobody writes another CPU's cell, unless it is closed and fenced off. A thread closes each cell that is not 0, has every sequence that began before
 * aborted (rseq_sequences_fence_again), takes and zeroes what it closed, and opens it. 'closed' counts the threads that have the cell closed: the cell opens when the
 * last one leaves, so of several at once none writes beside a sequence. They take by an atomic exchange, so each commit is taken once. Nobody waits,
 * neither they nor those who meanwhile find a cell closed. A thread of Java's can't end in here: what takes frames away, an error of the VM or a stop,
 * waits until native code is left.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_CLOSABLE_CELLS_H
#define RSEQ_JVM_CLOSABLE_CELLS_H

#include <stdint.h>

#include "sequences.h"

/*
 * What the cells at 'offset' of all CPUs hold, joined by 'join', beginning with 0; they hold 0 then. Where there is no
 * fence: 0, and the cells keep what they hold. Once rseq_sequences_open() has succeeded.
 */
SEQUENCES_HIDDEN int64_t closable_cells_take(int64_t offset, int64_t (*join)(int64_t taken, int64_t cell));

/* For add_double. */
SEQUENCES_HIDDEN int64_t closable_cells_sum(int64_t taken, int64_t cell);

/* For max. */
SEQUENCES_HIDDEN int64_t closable_cells_max(int64_t taken, int64_t cell);

#endif
