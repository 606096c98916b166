/*
 * Sixteen threads take what lies in the rows of the CPUs that they run on, and put it back from wherever they are by then. Each place is
 * empty while somebody has what belongs there, and full else; who takes what another has is noticed at once. Meanwhile one closes all
 * rows every so often, fences, and is then the only one who takes, while others still put back.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <unistd.h>

#include "check.h"
#include "enter.h"
#include "storm.h"

/* More than eight, so that some are looked for by eights; fewer than the threads can hold, so that some find a row empty. */
enum { OWNED = 12, PLACES = 32, HELD_AT_MOST = 3, REGIONS_MAX = 1024 };

static int64_t row, field;
static atomic_bool held[REGIONS_MAX][OWNED];
static atomic_long taken, empties, refusals, seen_closed;
static int64_t in_hand[STORM_WORKERS][HELD_AT_MOST];
static int in_hand_count[STORM_WORKERS];

static _Atomic uint8_t *place(int64_t number) {
    _Atomic uint8_t *places = (_Atomic uint8_t *)storm_word((int)(number >> 32), row + ROW_PLACES);
    return places + (uint32_t)number;
}

static atomic_bool *holder(int64_t number) {
    int64_t index = number >> 32;
    int64_t at = (uint32_t)number;
    CHECK(index >= 0 && index < storm_cpus() && at < OWNED);
    return &held[index][at];
}

static void took(int64_t number) {
    bool held_by_another = atomic_exchange(holder(number), true);
    CHECK_EQ(held_by_another, false);
}

/* It counts as given before its place is full, because the next one may have it before this thread is back. */
static void put_back(int64_t number) {
    bool was_full = *place(number) != 0;
    CHECK_EQ(was_full, false);
    atomic_store(holder(number), false);
    atomic_store_explicit(place(number), 1, memory_order_release);
}

static void take(int worker) {
    int64_t number = sequence_take(row, PLACES, field);
    if (number < 0) {
        if (number == ANSWER_EMPTY) empties++;
        else if (number == ANSWER_CLOSED) refusals++;
        else CHECK_EQ(number, ANSWER_RESTARTED);
        return;
    }
    took(number);
    taken++;
    in_hand[worker][in_hand_count[worker]++] = number;
}

static void take_and_put_back(int worker) {
    uint64_t random = (uint64_t)worker + 1;
    while (storm_goes_on()) {
        bool takes = storm_random(&random) % 2 == 0;
        if (takes && in_hand_count[worker] < HELD_AT_MOST) take(worker);
        else if (!takes && in_hand_count[worker] > 0) put_back(in_hand[worker][--in_hand_count[worker]]);
    }
    while (in_hand_count[worker] > 0) put_back(in_hand[worker][--in_hand_count[worker]]);
}

static void close_all(int64_t closed) {
    for (int cpu = 0; cpu < storm_cpus(); cpu++) atomic_store(storm_word(cpu, row + ROW_CLOSED), closed);
}

/* What lies there when all are closed is ours, and stays ours until they are opened. */
static void drain(void) {
    static bool ours[REGIONS_MAX][OWNED];
    memset(ours, 0, sizeof ours);
    close_all(1);
    CHECK(rseq_sequences_fence());
    for (int64_t cpu = 0; cpu < storm_cpus(); cpu++) {
        for (int64_t at = 0; at < OWNED; at++) {
            int64_t number = cpu << 32 | at;
            if (*place(number) == 0) continue;
            took(number);
            ours[cpu][at] = true;
            seen_closed++;
        }
    }
    usleep(200);
    for (int64_t cpu = 0; cpu < storm_cpus(); cpu++) {
        for (int64_t at = 0; at < OWNED; at++) {
            if (!ours[cpu][at]) continue;
            int64_t number = cpu << 32 | at;
            bool still_full = *place(number) != 0;
            CHECK_EQ(still_full, true);
            atomic_store(holder(number), false);
        }
    }
    close_all(0);
    usleep(500);
}

static void check(int64_t index_field) {
    field = index_field;
    row = storm_allocate(ROW_BYTES(PLACES));
    for (int64_t cpu = 0; cpu < storm_cpus(); cpu++) {
        for (int64_t at = 0; at < OWNED; at++) *place(cpu << 32 | at) = 1;
    }
    uint64_t aborts_before = rseq_sequences_aborts;
    taken = 0;
    storm_run(700, take_and_put_back, rseq_sequences_fence() ? drain : NULL);
    for (int64_t cpu = 0; cpu < storm_cpus(); cpu++) {
        for (int64_t at = 0; at < PLACES; at++) CHECK_EQ(*place(cpu << 32 | at), at < OWNED ? 1 : 0);
    }
    CHECK(taken > 0);
    CHECK(rseq_sequences_aborts > aborts_before);
}

int main(void) {
    storm_open();
    if (storm_cpus() > REGIONS_MAX) SKIP("more than %d possible CPUs", REGIONS_MAX);
    check(CPU_ID);
    if (storm_has_concurrency_id()) check(MM_CID);
    CHECK(empties > 0);
    if (!rseq_sequences_fence()) return 0;
    CHECK(refusals > 0);
    CHECK(seen_closed > 0);
    return 0;
}
