/*
 * Sixteen threads take values from one stack per CPU and put them back, one by one and in batches. Each value is in one place at a time, a
 * stack or a thread, and at the end all are there. A value that two threads hold at once is noticed when the second takes it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "enter.h"
#include "check.h"
#include "storm.h"

/* Less room in each stack than there are values: some pushes find it full. */
enum { VALUES = 96, CAPACITY = 64, BATCH = 7, FIRST_VALUE = 1000 };

static int64_t stack, batches[STORM_WORKERS], field;
static atomic_bool held[VALUES];
static int64_t in_hand[STORM_WORKERS][VALUES];
static int in_hand_count[STORM_WORKERS];

static void took(int number, int64_t value) {
    CHECK(value >= FIRST_VALUE && value < FIRST_VALUE + VALUES);
    bool held_by_another = atomic_exchange(&held[value - FIRST_VALUE], true);
    CHECK_EQ(held_by_another, false);
    in_hand[number][in_hand_count[number]++] = value;
}

/* It counts as given before it is pushed, because the next one may have it before this thread is back. */
static int64_t gives(int number) {
    int64_t value = in_hand[number][--in_hand_count[number]];
    atomic_store(&held[value - FIRST_VALUE], false);
    return value;
}

/* It was not taken from us. */
static void keeps(int number, int64_t value) {
    atomic_store(&held[value - FIRST_VALUE], true);
    in_hand[number][in_hand_count[number]++] = value;
}

static void push(int number) {
    int64_t value = gives(number);
    int64_t status = sequence_push(stack, CAPACITY, value, field);
    if (status == ANSWER_COMMITTED) return;
    keeps(number, value);
    CHECK(status == ANSWER_FULL || status == ANSWER_RESTARTED);
}

static void pop(int number) {
    int64_t value = sequence_pop(stack, CAPACITY, field);
    if (value >= 0) took(number, value);
    else CHECK(value == ANSWER_EMPTY || value == ANSWER_RESTARTED);
}

static void push_batch(int number) {
    int count = in_hand_count[number] < BATCH ? in_hand_count[number] : BATCH;
    int64_t values[BATCH];
    for (int i = 0; i < count; i++) {
        values[i] = gives(number);
        atomic_store_explicit(storm_word(storm_cpus(), batches[number] + 8 * i), values[i], memory_order_relaxed);
    }
    int64_t pushed = sequence_push_batch(stack, CAPACITY, batches[number], count, field);
    if (pushed < 0) {
        CHECK_EQ(pushed, ANSWER_RESTARTED);
        pushed = 0;
    }
    CHECK(pushed <= count);
    for (int i = (int)pushed; i < count; i++) keeps(number, values[i]);
}

static void pop_batch(int number) {
    int64_t popped = sequence_pop_batch(stack, CAPACITY, batches[number], BATCH, field);
    if (popped < 0) {
        CHECK_EQ(popped, ANSWER_RESTARTED);
        return;
    }
    CHECK(popped <= BATCH);
    for (int i = 0; i < popped; i++) took(number, *storm_word(storm_cpus(), batches[number] + 8 * i));
}

static void take_and_give(int number) {
    uint64_t random = (uint64_t)number + 1;
    while (storm_goes_on()) {
        uint64_t choice = storm_random(&random) % 16;
        if (choice < 6) pop(number);
        else if (choice == 6) pop_batch(number);
        else if (in_hand_count[number] > 0 && choice == 7) push_batch(number);
        else if (in_hand_count[number] > 0) push(number);
    }
}

static void check(int64_t index_field) {
    field = index_field;
    stack = storm_allocate(STACK_BYTES(CAPACITY));
    memset(in_hand_count, 0, sizeof in_hand_count);
    for (int i = 0; i < VALUES; i++) {
        int number = i % STORM_WORKERS;
        in_hand[number][in_hand_count[number]++] = FIRST_VALUE + i;
        atomic_store(&held[i], true);
    }
    uint64_t aborts_before = rseq_sequences_aborts;
    storm_run(700, take_and_give, NULL);

    int seen[VALUES] = {0};
    for (int number = 0; number < STORM_WORKERS; number++) {
        for (int i = 0; i < in_hand_count[number]; i++) seen[in_hand[number][i] - FIRST_VALUE]++;
    }
    for (int cpu = 0; cpu < storm_cpus(); cpu++) {
        int64_t count = *storm_word(cpu, stack + STACK_COUNT);
        CHECK(count >= 0 && count <= CAPACITY);
        for (int i = 0; i < count; i++) {
            int64_t value = *storm_word(cpu, stack + STACK_VALUES + 8 * i);
            CHECK(value >= FIRST_VALUE && value < FIRST_VALUE + VALUES);
            seen[value - FIRST_VALUE]++;
        }
    }
    for (int i = 0; i < VALUES; i++) CHECK_EQ(seen[i], 1);
    CHECK(rseq_sequences_aborts > aborts_before);
}

int main(void) {
    storm_open();
    for (int i = 0; i < STORM_WORKERS; i++) batches[i] = storm_allocate(8 * BATCH);
    check(CPU_ID);
    if (storm_has_concurrency_id()) check(MM_CID);
    return 0;
}
