/*
 * On a thread that is not registered, and again once it was unregistered, every sequence answers UNAVAILABLE and changes nothing; in between it
 * commits.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../include/rseq_agent.h"
#include "../src/registration.h"
#include "check.h"
#include "enter.h"
#include "storm.h"
#include "world.h"

enum { FIELD = CPU_ID, CAPACITY = 8, BUFFER_CAPACITY = 64, PLACES = 32 };

static int64_t stack, buffer, cell, row;

static void each_answers_unavailable(void) {
    const int64_t fields[] = {CPU_ID, MM_CID};
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(sequence_add(cell, 1, fields[i]), ANSWER_UNAVAILABLE);
        CHECK_EQ(sequence_push(stack, CAPACITY, 1, fields[i]), ANSWER_UNAVAILABLE);
        CHECK_EQ(sequence_pop(stack, CAPACITY, fields[i]), ANSWER_UNAVAILABLE);
        CHECK_EQ(sequence_take(row, PLACES, fields[i]), ANSWER_UNAVAILABLE);
        CHECK_EQ(sequence_push_batch(stack, CAPACITY, cell, 1, fields[i]), ANSWER_UNAVAILABLE);
        CHECK_EQ(sequence_pop_batch(stack, CAPACITY, cell, 1, fields[i]), ANSWER_UNAVAILABLE);
        CHECK_EQ(sequence_reserve(buffer, BUFFER_CAPACITY, 1, fields[i]), ANSWER_UNAVAILABLE);
    }
    CHECK_EQ(sequence_append(buffer, BUFFER_CAPACITY, 8, &cell, 0), ANSWER_UNAVAILABLE);
}

static void nothing_was_changed(void) {
    for (int region = 0; region <= storm_cpus(); region++) {
        CHECK_EQ(*storm_word(region, cell), 0);
        for (int64_t at = 0; at < ROW_BYTES(PLACES); at += 8) CHECK_EQ(*storm_word(region, row + at), 0);
        for (int64_t at = 0; at < STACK_BYTES(CAPACITY); at += 8) CHECK_EQ(*storm_word(region, stack + at), 0);
        for (int64_t at = 0; at < BUFFER_BYTES(BUFFER_CAPACITY); at += 8) CHECK_EQ(*storm_word(region, buffer + at), 0);
    }
}

static void *on_a_thread(void *unused) {
    each_answers_unavailable();
    nothing_was_changed();
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    for (int region = 0; region < storm_cpus(); region++) *storm_word(region, row + ROW_PLACES) = 1;
    CHECK(sequence_take(row, PLACES, FIELD) >= 0);
    for (int region = 0; region < storm_cpus(); region++) *storm_word(region, row + ROW_PLACES) = 0;
    CHECK_EQ(sequence_add(cell, 1, FIELD), ANSWER_COMMITTED);
    int cpu = 0;
    while (*storm_word(cpu, cell) == 0) cpu++;
    CHECK_EQ(*storm_word(cpu, cell), 1);
    CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
    *storm_word(cpu, cell) = 0;
    each_answers_unavailable();
    nothing_was_changed();
    return unused;
}

int main(void) {
    storm_open();
    if (world_glibc_registers()) return 0; /* there, no thread is without */
    cell = storm_allocate(8);
    stack = storm_allocate(STACK_BYTES(CAPACITY));
    row = storm_allocate(ROW_BYTES(PLACES));
    buffer = storm_allocate(BUFFER_BYTES(BUFFER_CAPACITY));
    world_in_thread(on_a_thread, NULL);
    return 0;
}
