/*
 * Sixteen threads add to closable cells while three take from them: what was taken and is left is what was committed, also where several have one cell
 * closed at once. Then the same with the highest of numbers that rise: none of them is lost.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <sched.h>

#include "../src/closable_cells.h"
#include "check.h"
#include "enter.h"
#include "storm.h"

enum { ROUND = 1000, TAKERS = 2 };

static int64_t cell, field;
static double added[STORM_WORKERS], taken[STORM_WORKERS], taken_beside;
static int64_t highest[STORM_WORKERS];
static _Atomic int64_t highest_taken, refusals, takes, fits;

static double number_of(int64_t bits) {
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static int64_t bits_of(double number) {
    int64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static double take(void) {
    double sum = number_of(closable_cells_take(cell, closable_cells_sum));
    CHECK(sum == floor(sum) && sum >= 0);
    if (sum != 0) takes++;
    return sum;
}

static void add(int number) {
    uint64_t random = (uint64_t)number + 1;
    while (storm_goes_on()) {
        for (int i = 0; i < ROUND; i++) {
            double delta = (double)(storm_random(&random) & 255);
            int64_t status = sequence_add_double(cell, bits_of(delta), field);
            if (status == ANSWER_COMMITTED) added[number] += delta;
            else if (status == ANSWER_CLOSED) refusals++;
            else CHECK_EQ(status, ANSWER_RESTARTED);
        }
        if (number < TAKERS) taken[number] += take();
    }
}

static void take_beside(void) {
    taken_beside += take();
}

static void check_sums(void) {
    cell = storm_allocate(CLOSABLE_BYTES);
    memset(added, 0, sizeof added);
    memset(taken, 0, sizeof taken);
    taken_beside = 0;
    storm_run(700, add, take_beside);
    double committed = 0, found = taken_beside + take();
    for (int i = 0; i < STORM_WORKERS; i++) {
        committed += added[i];
        found += taken[i];
    }
    CHECK(committed > 0 && found == committed);
    for (int cpu = 0; cpu < storm_cpus(); cpu++) {
        CHECK_EQ(*storm_word(cpu, cell + CLOSABLE_CELL), 0);
        CHECK_EQ(*storm_word(cpu, cell + CLOSABLE_CLOSED), 0);
    }
}

static void take_highest(void) {
    int64_t one = closable_cells_take(cell, closable_cells_max);
    int64_t known = highest_taken;
    while (one > known && !atomic_compare_exchange_weak(&highest_taken, &known, one)) {}
    if (one != 0) fits++;
}

static void offer(int number) {
    for (int64_t value = number + 1; storm_goes_on(); value += STORM_WORKERS) {
        if (sequence_max(cell, value, field) == ANSWER_COMMITTED) highest[number] = value;
        if (number < TAKERS && value % (ROUND * STORM_WORKERS) == number + 1) take_highest();
    }
}

static void check_highest(void) {
    cell = storm_allocate(CLOSABLE_BYTES);
    memset(highest, 0, sizeof highest);
    highest_taken = 0;
    storm_run(300, offer, take_highest);
    take_highest();
    int64_t committed = 0;
    for (int i = 0; i < STORM_WORKERS; i++) committed = highest[i] > committed ? highest[i] : committed;
    CHECK(committed > 0);
    CHECK_EQ(highest_taken, committed);
}

int main(void) {
    storm_open();
    if (!rseq_sequences_fence()) SKIP("this kernel has no membarrier for rseq (before 5.10)");
    for (field = CPU_ID;; field = MM_CID) {
        check_sums();
        check_highest();
        if (field == MM_CID || !storm_has_concurrency_id()) break;
    }
    fprintf(stderr, "%lld refusals, %lld and %lld took something\n", (long long)refusals, (long long)takes, (long long)fits);
    CHECK(refusals > 0 && takes > 0 && fits > 0);
    CHECK(rseq_sequences_aborts > 0);
    return 0;
}
