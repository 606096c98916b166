/*
 * One thread, where nothing aborts but by chance: what each sequence answers and leaves, at every edge of its arguments.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <math.h>
#include <sched.h>

#include "../src/closable_cells.h"
#include "../src/kernel.h"
#include "enter.h"
#include "check.h"
#include "storm.h"

enum { FIELD = CPU_ID };

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
    CHECK_EQ(sequence_add(offset + 8, 5, FIELD), ANSWER_COMMITTED);
    CHECK_EQ(sequence_add(offset + 8, -7, FIELD), ANSWER_COMMITTED);
    CHECK_EQ(sequence_add(offset + 8, INT64_MIN, FIELD), ANSWER_COMMITTED);
    for (int region = 0; region <= storm_cpus(); region++) {
        for (int i = 0; i < 3; i++) CHECK_EQ(*storm_word(region, offset + 8 * i), region == here && i == 1 ? INT64_MAX - 1 : 0);
    }
}

static int64_t bits(double number) {
    int64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static void doubles_are_added_as_c_adds_them(void) {
    int64_t offset = storm_allocate(32);
    const double deltas[] = {0.1, 0.2, -1e300, 1e300, 5e-324, -0.0, INFINITY};
    double sum = 0;
    for (int i = 0; i < 7; i++) {
        sum += deltas[i];
        CHECK_EQ(sequence_add_double(offset + 8, bits(deltas[i]), FIELD), ANSWER_COMMITTED);
        CHECK_EQ(*storm_word(here, offset + 8), bits(sum));
    }
    CHECK_EQ(sequence_add_double(offset + 8, bits(-INFINITY), FIELD), ANSWER_COMMITTED);
    CHECK_EQ(*storm_word(here, offset + 8) & INT64_MAX & ~(((int64_t)1 << 51) - 1), bits(NAN));
    CHECK(*storm_word(here, offset) == 0 && *storm_word(here, offset + 16) == 0 && *storm_word(here, offset + 24) == 0);
}

static void the_highest_stays(void) {
    int64_t offset = storm_allocate(32);
    const int64_t values[] = {3, 2, 3, 7, INT64_MAX, 9, INT64_MIN, -1, INT64_MAX}; /* unsigned: what is negative is above */
    const int64_t highest[] = {3, 3, 3, 7, INT64_MAX, INT64_MAX, INT64_MIN, -1, -1};
    for (int i = 0; i < 9; i++) {
        CHECK_EQ(sequence_max(offset + 8, values[i], FIELD), ANSWER_COMMITTED);
        CHECK_EQ(*storm_word(here, offset + 8), highest[i]);
    }
    for (int region = 0; region <= storm_cpus(); region++) {
        for (int i = 0; i < 4; i++) CHECK_EQ(*storm_word(region, offset + 8 * i), region == here && i == 1 ? -1 : 0);
    }
}

static void a_closed_cell_refuses_and_keeps_what_it_holds(void) {
    int64_t cell = storm_allocate(CLOSABLE_BYTES);
    const int64_t closed[] = {1, -1, INT64_MIN};
    *storm_word(here, cell + CLOSABLE_CELL) = bits(1.5);
    for (int i = 0; i < 3; i++) {
        *storm_word(here, cell + CLOSABLE_CLOSED) = closed[i];
        CHECK_EQ(sequence_add_double(cell, bits(1), FIELD), ANSWER_CLOSED);
        CHECK_EQ(sequence_max(cell, INT64_MAX, FIELD), ANSWER_CLOSED);
        CHECK_EQ(sequence_max(cell, 1, FIELD), ANSWER_CLOSED); /* also where there is nothing to store */
        CHECK_EQ(*storm_word(here, cell + CLOSABLE_CELL), bits(1.5));
        CHECK_EQ(*storm_word(here, cell + CLOSABLE_CLOSED), closed[i]);
    }
    *storm_word(here, cell + CLOSABLE_CLOSED) = 0;
    CHECK_EQ(sequence_add_double(cell, bits(1), FIELD), ANSWER_COMMITTED);
    CHECK_EQ(*storm_word(here, cell + CLOSABLE_CELL), bits(2.5));
}

static void taking_leaves_zeros_and_open_cells(void) {
    if (!rseq_sequences_fence()) return;
    int64_t cell = storm_allocate(CLOSABLE_BYTES);
    CHECK_EQ(closable_cells_take(cell, closable_cells_sum), 0);
    for (int region = 0; region <= storm_cpus(); region++) *storm_word(region, cell) = bits(region + 0.5);
    CHECK_EQ(closable_cells_take(cell, closable_cells_sum), bits(storm_cpus() * storm_cpus() / 2.0));
    for (int region = 0; region < storm_cpus(); region++) {
        CHECK_EQ(*storm_word(region, cell + CLOSABLE_CELL), 0);
        CHECK_EQ(*storm_word(region, cell + CLOSABLE_CLOSED), 0);
        *storm_word(region, cell) = region - 1; /* unsigned: that of CPU 0 is the highest */
    }
    CHECK_EQ(*storm_word(storm_cpus(), cell), bits(storm_cpus() + 0.5)); /* no CPU's */
    CHECK_EQ(closable_cells_take(cell, closable_cells_max), -1);
    CHECK_EQ(closable_cells_take(cell, closable_cells_max), 0);
    *storm_word(here, cell + CLOSABLE_CLOSED) = 1; /* by another thread, which has taken and not yet opened */
    *storm_word(here, cell) = 7;
    CHECK_EQ(closable_cells_take(cell, closable_cells_max), 7);
    CHECK_EQ(*storm_word(here, cell + CLOSABLE_CLOSED), 1);
}

static void what_is_closed_is_not_counted(void) {
    int64_t offset = storm_allocate(2 * COUNT_CLOSED);
    _Atomic int64_t *closed = storm_word(storm_cpus(), offset + 8 + COUNT_CLOSED);
    *storm_word(storm_cpus(), offset) = *storm_word(storm_cpus(), offset + 8) = *storm_word(here, offset + 8 + COUNT_CLOSED) = 1; /* nobody asks these */
    CHECK_EQ(sequence_count(offset + 8, 3, FIELD), ANSWER_COMMITTED);
    for (int bit = 0; bit < 64; bit += 9) {
        *closed = INT64_MIN >> bit;
        CHECK_EQ(sequence_count(offset + 8, 1, FIELD), ANSWER_CLOSED);
        CHECK_EQ(*closed, INT64_MIN >> bit);
    }
    *closed = 0;
    CHECK_EQ(sequence_count(offset + 8, -5, FIELD), ANSWER_COMMITTED);
    for (int region = 0; region < storm_cpus(); region++) {
        for (int i = 0; i < 3; i++) CHECK_EQ(*storm_word(region, offset + 8 * i), region == here && i == 1 ? -2 : 0);
    }
}

static void a_stack_is_last_in_first_out_within_its_capacity(void) {
    int64_t stack = storm_allocate(STACK_BYTES(3) + 8);
    CHECK_EQ(sequence_pop(stack, 3, FIELD), ANSWER_EMPTY);
    for (int64_t value = -1; value <= 1; value++) CHECK_EQ(sequence_push(stack, 3, value, FIELD), ANSWER_COMMITTED);
    CHECK_EQ(sequence_push(stack, 3, 9, FIELD), ANSWER_FULL);
    CHECK_EQ(*storm_word(here, stack + STACK_BYTES(3)), 0);
    for (int64_t value = 1; value >= -1; value--) CHECK_EQ(sequence_pop(stack, 3, FIELD), value);
    CHECK_EQ(sequence_pop(stack, 3, FIELD), ANSWER_EMPTY);
    *storm_word(here, stack + STACK_CLOSED) = -1;
    CHECK_EQ(sequence_push(stack, 3, 9, FIELD), ANSWER_CLOSED);
    CHECK_EQ(sequence_pop(stack, 3, FIELD), ANSWER_CLOSED);
    CHECK_EQ(sequence_push_batch(stack, 3, stack, 1, FIELD), ANSWER_CLOSED);
    CHECK_EQ(sequence_pop_batch(stack, 3, stack, 1, FIELD), ANSWER_CLOSED);
}

static void a_count_that_is_none_is_not_followed(void) {
    int64_t stack = storm_allocate(STACK_BYTES(4));
    const int64_t no_counts[] = {-1, 5, INT64_MIN, INT64_MAX};
    for (int i = 0; i < 4; i++) {
        *storm_word(here, stack) = no_counts[i];
        CHECK_EQ(sequence_push(stack, 4, 9, FIELD), ANSWER_FULL);
        CHECK_EQ(sequence_pop(stack, 4, FIELD), ANSWER_EMPTY);
        CHECK_EQ(sequence_push_batch(stack, 4, stack, 1, FIELD), 0);
        CHECK_EQ(sequence_pop_batch(stack, 4, stack, 1, FIELD), 0);
        CHECK_EQ(*storm_word(here, stack), no_counts[i]);
    }
}

static void batches_keep_the_order_of_the_stack(void) {
    int64_t stack = storm_allocate(STACK_BYTES(5));
    int64_t batch = storm_allocate(8 * 5);
    _Atomic int64_t *values = storm_word(storm_cpus(), batch);
    for (int i = 0; i < 5; i++) values[i] = 10 + i;
    CHECK_EQ(sequence_push_batch(stack, 5, batch, 3, FIELD), 3);
    CHECK_EQ(sequence_push_batch(stack, 5, batch, 3, FIELD), 2); /* 10 11 12 10 11 */
    CHECK_EQ(sequence_push_batch(stack, 5, batch, 3, FIELD), 0);
    CHECK_EQ(sequence_pop_batch(stack, 5, batch, 0, FIELD), 0);
    CHECK_EQ(sequence_pop_batch(stack, 5, batch, -1, FIELD), 0);
    CHECK_EQ(sequence_push_batch(stack, 5, batch, -1, FIELD), 0);
    CHECK_EQ(sequence_pop(stack, 5, FIELD), 11);
    CHECK_EQ(sequence_push_batch(stack, 5, batch, 0, FIELD), 0);
    CHECK_EQ(sequence_pop_batch(stack, 5, batch, 2, FIELD), 2);
    CHECK_EQ(values[0], 12);
    CHECK_EQ(values[1], 10);
    CHECK_EQ(values[2], 12);
    CHECK_EQ(sequence_pop_batch(stack, 5, batch, INT64_MAX, FIELD), 2);
    CHECK_EQ(values[0], 10);
    CHECK_EQ(values[1], 11);
    CHECK_EQ(sequence_pop_batch(stack, 5, batch, 2, FIELD), 0);
}

static void a_row_gives_the_lowest_full_place_of_its_own_cpu(void) {
    enum { PLACES = 32 };
    int64_t row = storm_allocate(ROW_BYTES(PLACES));
    _Atomic uint8_t *places = (_Atomic uint8_t *)storm_word(here, row + ROW_PLACES);
    CHECK_EQ(sequence_take(row, PLACES, FIELD), ANSWER_EMPTY);
    const int full[] = {0, 7, 8, 15, 17, 31};
    for (int i = 0; i < 6; i++) places[full[i]] = 1;
    int elsewhere = here == 0 ? storm_cpus() : 0;
    *storm_word(elsewhere, row + ROW_PLACES) = -1;
    for (int i = 0; i < 6; i++) {
        CHECK_EQ(sequence_take(row, PLACES, FIELD), ((int64_t)here << 32) + full[i]);
        CHECK_EQ(places[full[i]], 0);
    }
    CHECK_EQ(sequence_take(row, PLACES, FIELD), ANSWER_EMPTY);
    CHECK_EQ(*storm_word(elsewhere, row + ROW_PLACES), -1);
    places[8] = 1;
    CHECK_EQ(sequence_take(row, 8, FIELD), ANSWER_EMPTY);
    CHECK_EQ(sequence_take(row, 9, FIELD), ((int64_t)here << 32) + 8);
    places[3] = 0xff; /* whatever is not 0 is full */
    *storm_word(here, row + ROW_CLOSED) = -1;
    CHECK_EQ(sequence_take(row, PLACES, FIELD), ANSWER_CLOSED);
    *storm_word(here, row + ROW_CLOSED) = 0;
    CHECK_EQ(sequence_take(row, PLACES, FIELD), ((int64_t)here << 32) + 3);
    for (int i = 0; i < PLACES; i++) CHECK_EQ(places[i], 0);
}

/* The state in force is that of the count; the bucket's own word is one value behind. */
static void a_tally_has_each_value_in_count_sum_lowest_highest_and_bucket(void) {
    enum { BUCKETS = 3 };
    int64_t tally = storm_allocate(TALLY_BYTES(BUCKETS) + 8);
    _Atomic int64_t *buckets = storm_word(here, tally + TALLY_BUCKETS);
    const double values[] = {-2.5, 7, -1e300, 1e300, 7, INFINITY, -INFINITY};
    const int in[] = {1, 2, 0, 2, 2, 2, 0};
    const double lowest[] = {-2.5, -2.5, -1e300, -1e300, -1e300, -1e300, -INFINITY};
    const double highest[] = {-2.5, 7, 7, 1e300, 1e300, INFINITY, INFINITY};
    int64_t counts[BUCKETS] = {0};
    double sum = 0;
    for (int i = 0; i < 7; i++) {
        int64_t old = counts[in[i]]++;
        sum += values[i];
        CHECK_EQ(sequence_tally(tally, BUCKETS, in[i], bits(values[i]), FIELD), ANSWER_COMMITTED);
        CHECK_EQ(*storm_word(here, tally + TALLY_COUNT), i + 1);
        int64_t state = tally + TALLY_STATES + TALLY_STATE * ((i + 1) & 1);
        if (i < 6) CHECK_EQ(*storm_word(here, state + STATE_SUM), bits(sum));
        else CHECK_EQ(*storm_word(here, state + STATE_SUM) & INT64_MAX & ~(((int64_t)1 << 51) - 1), bits(NAN));
        CHECK_EQ(*storm_word(here, state + STATE_MIN), bits(lowest[i]));
        CHECK_EQ(*storm_word(here, state + STATE_MAX), bits(highest[i]));
        CHECK_EQ(*storm_word(here, state + STATE_BUCKET), in[i]);
        CHECK_EQ(*storm_word(here, state + STATE_TIMES), old + 1);
        for (int j = 0; j < BUCKETS; j++) CHECK_EQ(buckets[j], j == in[i] ? old : counts[j]);
    }
    CHECK_EQ(buckets[BUCKETS], 0);
    for (int region = 0; region <= storm_cpus(); region++) {
        if (region != here) CHECK_EQ(*storm_word(region, tally + TALLY_COUNT), 0);
    }
}

static void a_tally_that_is_closed_or_names_no_bucket_is_left_alone(void) {
    int64_t tally = storm_allocate(TALLY_BYTES(2) + 8);
    *storm_word(here, tally + TALLY_CLOSED) = -1;
    CHECK_EQ(sequence_tally(tally, 2, 0, bits(1), FIELD), ANSWER_CLOSED);
    *storm_word(here, tally + TALLY_CLOSED) = 0;
    const int64_t no_buckets[] = {2, -1, INT64_MIN};
    for (int i = 0; i < 3; i++) {
        *storm_word(here, tally + TALLY_STATES + STATE_BUCKET) = no_buckets[i];
        CHECK_EQ(sequence_tally(tally, 2, 0, bits(1), FIELD), ANSWER_UNAVAILABLE);
    }
    CHECK_EQ(*storm_word(here, tally + TALLY_COUNT), 0);
    for (int i = 0; i < 3; i++) CHECK_EQ(*storm_word(here, tally + TALLY_BUCKETS + 8 * i), 0);
}

static int64_t reserve(int64_t buffer, int64_t length) {
    int64_t header = sequence_reserve(buffer, 64, length, FIELD);
    return header < 0 ? header : header - (int64_t)(uintptr_t)storm_word(here, buffer + BUFFER_DATA);
}

static void a_record_that_would_cross_the_end_starts_anew_behind_padding(void) {
    int64_t buffer = storm_allocate(BUFFER_BYTES(64) + 8);
    _Atomic int64_t *tail = storm_word(here, buffer + BUFFER_TAIL);
    _Atomic int64_t *head = storm_word(here, buffer + BUFFER_HEAD);
    _Atomic int64_t *data = storm_word(here, buffer + BUFFER_DATA);
    CHECK_EQ(reserve(buffer, 57), ANSWER_FULL);
    CHECK_EQ(reserve(buffer, 56), 0); /* all of it */
    CHECK_EQ(data[0], (int64_t)(uint32_t)-56);
    CHECK_EQ(*tail, 64);
    CHECK_EQ(reserve(buffer, 0), ANSWER_FULL);
    *head = 64;
    CHECK_EQ(reserve(buffer, 1), 0); /* 16 bytes */
    CHECK_EQ(data[0], (int64_t)(uint32_t)-1);
    CHECK_EQ(reserve(buffer, 0), 16);
    CHECK_EQ(data[2], (int64_t)(uint32_t)INT32_MIN);
    CHECK_EQ(*tail, 64 + 24);
    CHECK_EQ(reserve(buffer, 41), ANSWER_FULL); /* neither there, nor at the start, where the first one is unread */
    CHECK_EQ(*tail, 64 + 24);
    *head = 64 + 24;
    CHECK_EQ(reserve(buffer, 41), ANSWER_FULL); /* 40 of padding and 56 are more than there is: half the capacity is the limit */
    CHECK_EQ(reserve(buffer, 17), 24);
    *head = 64 + 56;
    CHECK_EQ(reserve(buffer, 8), 0); /* the 8 bytes at the end hold no more than a header */
    CHECK_EQ(data[7], (int64_t)1 << 32);
    CHECK_EQ(data[0], (int64_t)(uint32_t)-8);
    CHECK_EQ(*tail, 128 + 16);
    CHECK_EQ(data[8], 0); /* behind the data */
}

static void an_append_is_header_and_bytes_and_nothing_else(void) {
    enum { CAPACITY = 1024, LONGEST = 200, FROM = 3 };
    int64_t buffer = storm_allocate(BUFFER_BYTES(CAPACITY) + 8);
    _Atomic int64_t *tail = storm_word(here, buffer + BUFFER_TAIL);
    unsigned char source[FROM + LONGEST];
    for (int i = 0; i < FROM + LONGEST; i++) source[i] = (unsigned char)(i + 1);
    for (int64_t length = 0; length <= LONGEST; length++) {
        unsigned char *record = (unsigned char *)storm_word(here, buffer + BUFFER_DATA);
        memset(record, 0xee, CAPACITY);
        *tail = *storm_word(here, buffer + BUFFER_HEAD) = 7 * CAPACITY;
        CHECK_EQ(sequence_append(buffer, CAPACITY, length, source, FROM), ANSWER_COMMITTED);
        int64_t end = 8 + length;
        CHECK_EQ(*tail, 7 * CAPACITY + ((end + 7) & -8));
        CHECK_EQ(*(int64_t *)record, length);
        CHECK_EQ(memcmp(record + 8, source + FROM, (size_t)length), 0);
        for (int64_t i = end; i < CAPACITY; i++) CHECK_EQ(record[i], 0xee);
    }
    CHECK_EQ(*storm_word(here, buffer + BUFFER_BYTES(CAPACITY)), 0);
}

static void an_append_that_finds_no_room_does_nothing(void) {
    int64_t buffer = storm_allocate(BUFFER_BYTES(64) + 8);
    _Atomic int64_t *tail = storm_word(here, buffer + BUFFER_TAIL);
    _Atomic int64_t *head = storm_word(here, buffer + BUFFER_HEAD);
    _Atomic int64_t *data = storm_word(here, buffer + BUFFER_DATA);
    const int64_t source[8] = {-1, -2, -3, -4, -5, -6, -7, -8};
    CHECK_EQ(sequence_append(buffer, 64, 57, source, 0), ANSWER_FULL);
    CHECK_EQ(*tail, 0);
    CHECK_EQ(sequence_append(buffer, 64, 56, source, 0), ANSWER_COMMITTED); /* all of it */
    CHECK_EQ(*tail, 64);
    CHECK_EQ(data[7], -7);
    CHECK_EQ(data[8], 0); /* behind the data */
    CHECK_EQ(sequence_append(buffer, 64, 0, source, 0), ANSWER_FULL);
    *head = 24;
    CHECK_EQ(sequence_append(buffer, 64, 17, source, 8), ANSWER_FULL);
    CHECK_EQ(sequence_append(buffer, 64, 16, source, 8), ANSWER_COMMITTED);
    CHECK_EQ(data[0], 16);
    CHECK_EQ(data[1], -2);
    CHECK_EQ(data[2], -3);
    CHECK_EQ(data[3], -3); /* of the first */
    *head = 64 + 24;
    CHECK_EQ(sequence_append(buffer, 64, 33, source, 0), ANSWER_UNAVAILABLE); /* it would cross the end */
    CHECK_EQ(*tail, 64 + 24);
    *head = *tail = 64 + 56;
    CHECK_EQ(sequence_append(buffer, 64, 1, source, 0), ANSWER_UNAVAILABLE);
    CHECK_EQ(sequence_append(buffer, 64, 0, source, 0), ANSWER_COMMITTED);
    CHECK_EQ(data[7], 0);
    CHECK_EQ(*tail, 128);
}

int main(void) {
    storm_open();
    stay();
    add_touches_its_cell_alone();
    doubles_are_added_as_c_adds_them();
    the_highest_stays();
    a_closed_cell_refuses_and_keeps_what_it_holds();
    taking_leaves_zeros_and_open_cells();
    what_is_closed_is_not_counted();
    a_stack_is_last_in_first_out_within_its_capacity();
    a_count_that_is_none_is_not_followed();
    batches_keep_the_order_of_the_stack();
    a_row_gives_the_lowest_full_place_of_its_own_cpu();
    a_tally_has_each_value_in_count_sum_lowest_highest_and_bucket();
    a_tally_that_is_closed_or_names_no_bucket_is_left_alone();
    a_record_that_would_cross_the_end_starts_anew_behind_padding();
    an_append_is_header_and_bytes_and_nothing_else();
    an_append_that_finds_no_room_does_nothing();
    return 0;
}
