/*
 * Sixteen threads add to one cell per CPU, then to one per concurrency id, and the sum of the cells is what they were told was committed.
 * Some of the additions must have been aborted on their way, or nothing was put to the test.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "enter.h"
#include "check.h"
#include "storm.h"

static int64_t cell, field;
static int64_t added[STORM_WORKERS];

static void add(int number) {
    uint64_t random = (uint64_t)number + 1;
    while (storm_goes_on()) {
        for (int i = 0; i < 1000; i++) {
            int64_t delta = (int64_t)(storm_random(&random) & 2047) - 1000;
            int64_t status = sequence_add(cell, delta, field);
            if (status == ANSWER_COMMITTED) added[number] += delta;
            else CHECK_EQ(status, ANSWER_RESTARTED);
        }
    }
}

static void check(int64_t index_field) {
    field = index_field;
    cell = storm_allocate(8);
    memset(added, 0, sizeof added);
    uint64_t aborts_before = rseq_sequences_aborts;
    storm_run(700, add, NULL);
    int64_t committed = 0;
    int64_t sum = 0;
    for (int i = 0; i < STORM_WORKERS; i++) committed += added[i];
    for (int cpu = 0; cpu < storm_cpus(); cpu++) sum += *storm_word(cpu, cell);
    CHECK_EQ(sum, committed);
    CHECK_EQ(*storm_word(storm_cpus(), cell), 0);
    uint64_t aborts = rseq_sequences_aborts - aborts_before;
    fprintf(stderr, "field %d: %llu aborts\n", (int)field, (unsigned long long)aborts);
    CHECK(aborts > 0);
}

int main(void) {
    storm_open();
    check(CPU_ID);
    if (storm_has_concurrency_id()) check(MM_CID);
    return 0;
}
