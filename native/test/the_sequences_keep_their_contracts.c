/*
 * One thread, where nothing aborts but by chance: what each sequence answers and leaves, at every edge of its arguments.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <sched.h>

#include "../src/kernel.h"
#include "../src/ops.h"
#include "check.h"
#include "storm.h"

#define NONE(status) (RSEQ_OPS_STATUS + (status))

enum { FIELD = STORM_FIELD_CPU };

static int here; /* the CPU that this thread is kept on */

static void stay(void) {
    cpu_set_t set;
    here = kernel_current_cpu();
    CPU_ZERO(&set);
    CPU_SET(here, &set);
    CHECK_EQ(sched_setaffinity(0, sizeof set, &set), 0);
    CHECK_EQ(kernel_current_cpu(), here);
}

static void add_touches_its_cell_alone(void) {
    int64_t offset = storm_allocate(24);
    CHECK_EQ(rseq_ops_add(offset + 8, 5, FIELD), RSEQ_OPS_COMMITTED);
    CHECK_EQ(rseq_ops_add(offset + 8, -7, FIELD), RSEQ_OPS_COMMITTED);
    CHECK_EQ(rseq_ops_add(offset + 8, INT64_MIN, FIELD), RSEQ_OPS_COMMITTED);
    for (int region = 0; region <= storm_cpus(); region++) {
        for (int i = 0; i < 3; i++) CHECK_EQ(*storm_word(region, offset + 8 * i), region == here && i == 1 ? INT64_MAX - 1 : 0);
    }
}

static void compare_and_store_stores_only_here_and_only_over_what_was_expected(void) {
    int64_t offset = storm_allocate(8);
    int elsewhere = here == 0 ? storm_cpus() : 0;
    CHECK_EQ(rseq_ops_compare_and_store(offset, here, 0, 11, FIELD), RSEQ_OPS_COMMITTED);
    CHECK_EQ(rseq_ops_compare_and_store(offset, here, 0, 12, FIELD), RSEQ_OPS_ELSEWHERE);
    CHECK_EQ(rseq_ops_compare_and_store(offset, elsewhere, 0, 13, FIELD), RSEQ_OPS_ELSEWHERE);
    CHECK_EQ(rseq_ops_compare_and_store(offset, -1, 0, 14, FIELD), RSEQ_OPS_ELSEWHERE);
    CHECK_EQ(rseq_ops_compare_and_store(offset, ((int64_t)1 << 32) + here, 11, 15, FIELD), RSEQ_OPS_ELSEWHERE);
    for (int region = 0; region <= storm_cpus(); region++) CHECK_EQ(*storm_word(region, offset), region == here ? 11 : 0);
    CHECK_EQ(rseq_ops_compare_and_store(offset, here, 11, -1, FIELD), RSEQ_OPS_COMMITTED);
    CHECK_EQ(*storm_word(here, offset), -1);
}

static void a_stack_is_last_in_first_out_within_its_capacity(void) {
    int64_t stack = storm_allocate(RSEQ_OPS_STACK_BYTES(3) + 8);
    CHECK_EQ(rseq_ops_pop(stack, 3, FIELD), NONE(RSEQ_OPS_EMPTY));
    for (int64_t value = -1; value <= 1; value++) CHECK_EQ(rseq_ops_push(stack, 3, value, FIELD), RSEQ_OPS_COMMITTED);
    CHECK_EQ(rseq_ops_push(stack, 3, 9, FIELD), RSEQ_OPS_FULL);
    CHECK_EQ(*storm_word(here, stack + RSEQ_OPS_STACK_BYTES(3)), 0);
    for (int64_t value = 1; value >= -1; value--) CHECK_EQ(rseq_ops_pop(stack, 3, FIELD), value);
    CHECK_EQ(rseq_ops_pop(stack, 3, FIELD), NONE(RSEQ_OPS_EMPTY));
    *storm_word(here, stack + RSEQ_OPS_STACK_CLOSED) = -1;
    CHECK_EQ(rseq_ops_push(stack, 3, 9, FIELD), RSEQ_OPS_CLOSED);
    CHECK_EQ(rseq_ops_pop(stack, 3, FIELD), NONE(RSEQ_OPS_CLOSED));
    CHECK_EQ(rseq_ops_push_batch(stack, 3, stack, 1, FIELD), NONE(RSEQ_OPS_CLOSED));
    CHECK_EQ(rseq_ops_pop_batch(stack, 3, stack, 1, FIELD), NONE(RSEQ_OPS_CLOSED));
}

static void a_count_that_is_none_is_not_followed(void) {
    int64_t stack = storm_allocate(RSEQ_OPS_STACK_BYTES(4));
    const int64_t no_counts[] = {-1, 5, INT64_MIN, INT64_MAX};
    for (int i = 0; i < 4; i++) {
        *storm_word(here, stack) = no_counts[i];
        CHECK_EQ(rseq_ops_push(stack, 4, 9, FIELD), RSEQ_OPS_FULL);
        CHECK_EQ(rseq_ops_pop(stack, 4, FIELD), NONE(RSEQ_OPS_EMPTY));
        CHECK_EQ(rseq_ops_push_batch(stack, 4, stack, 1, FIELD), 0);
        CHECK_EQ(rseq_ops_pop_batch(stack, 4, stack, 1, FIELD), 0);
        CHECK_EQ(*storm_word(here, stack), no_counts[i]);
    }
}

static void batches_keep_the_order_of_the_stack(void) {
    int64_t stack = storm_allocate(RSEQ_OPS_STACK_BYTES(5));
    int64_t batch = storm_allocate(8 * 5);
    _Atomic int64_t *values = storm_word(storm_cpus(), batch);
    for (int i = 0; i < 5; i++) values[i] = 10 + i;
    CHECK_EQ(rseq_ops_push_batch(stack, 5, batch, 3, FIELD), 3);
    CHECK_EQ(rseq_ops_push_batch(stack, 5, batch, 3, FIELD), 2); /* 10 11 12 10 11 */
    CHECK_EQ(rseq_ops_push_batch(stack, 5, batch, 3, FIELD), 0);
    CHECK_EQ(rseq_ops_pop_batch(stack, 5, batch, 0, FIELD), 0);
    CHECK_EQ(rseq_ops_pop_batch(stack, 5, batch, -1, FIELD), 0);
    CHECK_EQ(rseq_ops_push_batch(stack, 5, batch, -1, FIELD), 0);
    CHECK_EQ(rseq_ops_pop(stack, 5, FIELD), 11);
    CHECK_EQ(rseq_ops_push_batch(stack, 5, batch, 0, FIELD), 0);
    CHECK_EQ(rseq_ops_pop_batch(stack, 5, batch, 2, FIELD), 2);
    CHECK_EQ(values[0], 12);
    CHECK_EQ(values[1], 10);
    CHECK_EQ(values[2], 12);
    CHECK_EQ(rseq_ops_pop_batch(stack, 5, batch, INT64_MAX, FIELD), 2);
    CHECK_EQ(values[0], 10);
    CHECK_EQ(values[1], 11);
    CHECK_EQ(rseq_ops_pop_batch(stack, 5, batch, 2, FIELD), 0);
}

static void a_shelf_gives_the_lowest_full_place_of_its_own_cpu(void) {
    int64_t shelf = storm_allocate(RSEQ_OPS_SHELF_BYTES);
    _Atomic uint8_t *places = (_Atomic uint8_t *)storm_word(here, shelf);
    CHECK_EQ(rseq_ops_take(shelf, RSEQ_OPS_SHELF_PLACES, FIELD), NONE(RSEQ_OPS_EMPTY));
    const int full[] = {0, 7, 8, 15, 17, 31};
    for (int i = 0; i < 6; i++) places[full[i]] = 1;
    int elsewhere = here == 0 ? storm_cpus() : 0;
    *storm_word(elsewhere, shelf) = -1;
    for (int i = 0; i < 6; i++) {
        CHECK_EQ(rseq_ops_take(shelf, RSEQ_OPS_SHELF_PLACES, FIELD), ((int64_t)here << RSEQ_OPS_SHELF_SHIFT) + full[i]);
        CHECK_EQ(places[full[i]], 0);
    }
    CHECK_EQ(rseq_ops_take(shelf, RSEQ_OPS_SHELF_PLACES, FIELD), NONE(RSEQ_OPS_EMPTY));
    CHECK_EQ(*storm_word(elsewhere, shelf), -1);
    places[8] = 1;
    CHECK_EQ(rseq_ops_take(shelf, 8, FIELD), NONE(RSEQ_OPS_EMPTY));
    CHECK_EQ(rseq_ops_take(shelf, 9, FIELD), ((int64_t)here << RSEQ_OPS_SHELF_SHIFT) + 8);
    places[3] = 0xff; /* whatever is not 0 is full */
    *storm_word(here, shelf + RSEQ_OPS_SHELF_CLOSED) = -1;
    CHECK_EQ(rseq_ops_take(shelf, RSEQ_OPS_SHELF_PLACES, FIELD), NONE(RSEQ_OPS_CLOSED));
    *storm_word(here, shelf + RSEQ_OPS_SHELF_CLOSED) = 0;
    CHECK_EQ(rseq_ops_take(shelf, RSEQ_OPS_SHELF_PLACES, FIELD), ((int64_t)here << RSEQ_OPS_SHELF_SHIFT) + 3);
    for (int i = 0; i < RSEQ_OPS_SHELF_PLACES; i++) CHECK_EQ(places[i], 0);
}

static int64_t reserve(int64_t buffer, int64_t length) {
    int64_t header = rseq_ops_reserve(buffer, 64, length, FIELD);
    return header < 0 ? header : header - (int64_t)(uintptr_t)storm_word(here, buffer + RSEQ_OPS_BUFFER_DATA);
}

static void a_record_that_would_cross_the_end_starts_anew_behind_padding(void) {
    int64_t buffer = storm_allocate(RSEQ_OPS_BUFFER_BYTES(64) + 8);
    _Atomic int64_t *tail = storm_word(here, buffer + RSEQ_OPS_BUFFER_TAIL);
    _Atomic int64_t *head = storm_word(here, buffer + RSEQ_OPS_BUFFER_HEAD);
    _Atomic int64_t *data = storm_word(here, buffer + RSEQ_OPS_BUFFER_DATA);
    CHECK_EQ(reserve(buffer, 57), NONE(RSEQ_OPS_FULL));
    CHECK_EQ(reserve(buffer, 56), 0); /* all of it */
    CHECK_EQ(data[0], (int64_t)(uint32_t)-56);
    CHECK_EQ(*tail, 64);
    CHECK_EQ(reserve(buffer, 0), NONE(RSEQ_OPS_FULL));
    *head = 64;
    CHECK_EQ(reserve(buffer, 1), 0); /* 16 bytes */
    CHECK_EQ(data[0], (int64_t)(uint32_t)-1);
    CHECK_EQ(reserve(buffer, 0), 16);
    CHECK_EQ(data[2], (int64_t)(uint32_t)INT32_MIN);
    CHECK_EQ(*tail, 64 + 24);
    CHECK_EQ(reserve(buffer, 41), NONE(RSEQ_OPS_FULL)); /* neither there, nor at the start, where the first one is unread */
    CHECK_EQ(*tail, 64 + 24);
    *head = 64 + 24;
    CHECK_EQ(reserve(buffer, 41), NONE(RSEQ_OPS_FULL)); /* 40 of padding and 56 are more than there is: half the capacity is the limit */
    CHECK_EQ(reserve(buffer, 17), 24);
    *head = 64 + 56;
    CHECK_EQ(reserve(buffer, 8), 0); /* the 8 bytes at the end hold no more than a header */
    CHECK_EQ(data[7], (int64_t)1 << 32);
    CHECK_EQ(data[0], (int64_t)(uint32_t)-8);
    CHECK_EQ(*tail, 128 + 16);
    CHECK_EQ(data[8], 0); /* behind the data */
}

#ifdef RSEQ_TEST_ENTER_H
/* Again when it was interrupted: its caller sees to that. */
static int64_t append(int64_t buffer, int64_t capacity, int64_t length, const void *source, int64_t from) {
    int64_t status = RSEQ_OPS_STOPPED;
    while (status == RSEQ_OPS_STOPPED) status = entered_append(buffer, capacity, length, source, from);
    return status;
}

static void an_append_is_header_and_bytes_and_nothing_else(void) {
    enum { CAPACITY = 1024, LONGEST = 200, FROM = 3 };
    int64_t buffer = storm_allocate(RSEQ_OPS_BUFFER_BYTES(CAPACITY) + 8);
    _Atomic int64_t *tail = storm_word(here, buffer + RSEQ_OPS_BUFFER_TAIL);
    unsigned char source[FROM + LONGEST];
    for (int i = 0; i < FROM + LONGEST; i++) source[i] = (unsigned char)(i + 1);
    for (int64_t length = 0; length <= LONGEST; length++) {
        unsigned char *record = (unsigned char *)storm_word(here, buffer + RSEQ_OPS_BUFFER_DATA);
        memset(record, 0xee, CAPACITY);
        *tail = *storm_word(here, buffer + RSEQ_OPS_BUFFER_HEAD) = 7 * CAPACITY;
        CHECK_EQ(append(buffer, CAPACITY, length, source, FROM), RSEQ_OPS_COMMITTED);
        int64_t end = 8 + length;
        CHECK_EQ(*tail, 7 * CAPACITY + ((end + 7) & -8));
        CHECK_EQ(*(int64_t *)record, length);
        CHECK_EQ(memcmp(record + 8, source + FROM, (size_t)length), 0);
        for (int64_t i = end; i < CAPACITY; i++) CHECK_EQ(record[i], 0xee);
    }
    CHECK_EQ(*storm_word(here, buffer + RSEQ_OPS_BUFFER_BYTES(CAPACITY)), 0);
}

static void an_append_that_finds_no_room_does_nothing(void) {
    int64_t buffer = storm_allocate(RSEQ_OPS_BUFFER_BYTES(64) + 8);
    _Atomic int64_t *tail = storm_word(here, buffer + RSEQ_OPS_BUFFER_TAIL);
    _Atomic int64_t *head = storm_word(here, buffer + RSEQ_OPS_BUFFER_HEAD);
    _Atomic int64_t *data = storm_word(here, buffer + RSEQ_OPS_BUFFER_DATA);
    const int64_t source[8] = {-1, -2, -3, -4, -5, -6, -7, -8};
    CHECK_EQ(append(buffer, 64, 57, source, 0), RSEQ_OPS_FULL);
    CHECK_EQ(*tail, 0);
    CHECK_EQ(append(buffer, 64, 56, source, 0), RSEQ_OPS_COMMITTED); /* all of it */
    CHECK_EQ(*tail, 64);
    CHECK_EQ(data[7], -7);
    CHECK_EQ(data[8], 0); /* behind the data */
    CHECK_EQ(append(buffer, 64, 0, source, 0), RSEQ_OPS_FULL);
    *head = 24;
    CHECK_EQ(append(buffer, 64, 17, source, 8), RSEQ_OPS_FULL);
    CHECK_EQ(append(buffer, 64, 16, source, 8), RSEQ_OPS_COMMITTED);
    CHECK_EQ(data[0], 16);
    CHECK_EQ(data[1], -2);
    CHECK_EQ(data[2], -3);
    CHECK_EQ(data[3], -3); /* of the first */
    *head = 64 + 24;
    CHECK_EQ(append(buffer, 64, 33, source, 0), RSEQ_OPS_UNAVAILABLE); /* it would cross the end */
    CHECK_EQ(*tail, 64 + 24);
    *head = *tail = 64 + 56;
    CHECK_EQ(append(buffer, 64, 1, source, 0), RSEQ_OPS_UNAVAILABLE);
    CHECK_EQ(append(buffer, 64, 0, source, 0), RSEQ_OPS_COMMITTED);
    CHECK_EQ(data[7], 0);
    CHECK_EQ(*tail, 128);
}
#endif

int main(void) {
    storm_open();
    stay();
    add_touches_its_cell_alone();
    compare_and_store_stores_only_here_and_only_over_what_was_expected();
    a_stack_is_last_in_first_out_within_its_capacity();
    a_count_that_is_none_is_not_followed();
    batches_keep_the_order_of_the_stack();
    a_shelf_gives_the_lowest_full_place_of_its_own_cpu();
    a_record_that_would_cross_the_end_starts_anew_behind_padding();
#ifdef RSEQ_TEST_ENTER_H
    an_append_is_header_and_bytes_and_nothing_else();
    an_append_that_finds_no_room_does_nothing();
#endif
    return 0;
}
