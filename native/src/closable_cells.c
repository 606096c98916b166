/* SPDX-License-Identifier: Apache-2.0 */
#include "closable_cells.h"

#include <stdatomic.h>
#include <string.h>

#include "percpu_memory.h"

enum { BITS = 64 };

static _Atomic int64_t *word(uint32_t cpu, int64_t offset) {
    return (_Atomic int64_t *)(uintptr_t)(rseq_sequences_base + ((int64_t)cpu << SEQUENCE_SHIFT) + offset);
}

int64_t closable_cells_take(int64_t offset, int64_t (*join)(int64_t taken, int64_t cell)) {
    uint64_t closed[PERCPU_CPUS_MAX / BITS] = {0};
    bool any = false;
    for (uint32_t cpu = 0; cpu < rseq_sequences_cpus; cpu++) {
        if (atomic_load(word(cpu, offset + CLOSABLE_CELL)) == 0) continue;
        atomic_fetch_add(word(cpu, offset + CLOSABLE_CLOSED), 1);
        closed[cpu / BITS] |= UINT64_C(1) << cpu % BITS;
        any = true;
    }
    bool fenced = any && rseq_sequences_fence_again();
    int64_t taken = 0;
    for (uint32_t cpu = 0; any && cpu < rseq_sequences_cpus; cpu++) {
        if ((closed[cpu / BITS] >> cpu % BITS & 1) == 0) continue;
        if (fenced) taken = join(taken, atomic_exchange(word(cpu, offset + CLOSABLE_CELL), 0));
        atomic_fetch_sub(word(cpu, offset + CLOSABLE_CLOSED), 1); /* after the cell: who finds it open sees that */
    }
    return taken;
}

int64_t closable_cells_sum(int64_t taken, int64_t cell) {
    double sum, addend;
    memcpy(&sum, &taken, sizeof sum);
    memcpy(&addend, &cell, sizeof addend);
    sum += addend;
    memcpy(&taken, &sum, sizeof taken);
    return taken;
}

int64_t closable_cells_max(int64_t taken, int64_t cell) {
    return (uint64_t)cell > (uint64_t)taken ? cell : taken;
}
