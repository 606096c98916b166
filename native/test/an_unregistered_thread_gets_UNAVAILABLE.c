/*
 * Before the sequences are opened, on a thread that is not registered, and again once it was unregistered, every sequence answers
 * UNAVAILABLE and changes nothing; in between it commits.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../include/rseq_agent.h"
#include "../src/ops.h"
#include "../src/registration.h"
#include "check.h"
#include "storm.h"
#include "world.h"

enum { FIELD = STORM_FIELD_CPU, CAPACITY = 8, BUFFER_CAPACITY = 64 };

static int64_t stack, buffer, cell, shelf;

static void each_answers_unavailable(void) {
    const int64_t fields[] = {STORM_FIELD_CPU, STORM_FIELD_CONCURRENCY_ID};
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(rseq_ops_add(cell, 1, fields[i]), RSEQ_OPS_UNAVAILABLE);
        CHECK_EQ(rseq_ops_compare_and_store(cell, 0, 0, 1, fields[i]), RSEQ_OPS_UNAVAILABLE);
        CHECK_EQ(rseq_ops_push(stack, CAPACITY, 1, fields[i]), RSEQ_OPS_UNAVAILABLE);
        CHECK_EQ(rseq_ops_pop(stack, CAPACITY, fields[i]), RSEQ_OPS_STATUS + RSEQ_OPS_UNAVAILABLE);
        CHECK_EQ(rseq_ops_take(shelf, RSEQ_OPS_SHELF_PLACES, fields[i]), RSEQ_OPS_STATUS + RSEQ_OPS_UNAVAILABLE);
        CHECK_EQ(rseq_ops_push_batch(stack, CAPACITY, cell, 1, fields[i]), RSEQ_OPS_STATUS + RSEQ_OPS_UNAVAILABLE);
        CHECK_EQ(rseq_ops_pop_batch(stack, CAPACITY, cell, 1, fields[i]), RSEQ_OPS_STATUS + RSEQ_OPS_UNAVAILABLE);
        CHECK_EQ(rseq_ops_reserve(buffer, BUFFER_CAPACITY, 1, fields[i]), RSEQ_OPS_STATUS + RSEQ_OPS_UNAVAILABLE);
    }
#ifdef RSEQ_TEST_ENTER_H
    CHECK_EQ(entered_append(buffer, BUFFER_CAPACITY, 8, &cell, 0), RSEQ_OPS_UNAVAILABLE);
#endif
}

static void nothing_was_changed(void) {
    for (int region = 0; region <= storm_cpus(); region++) {
        CHECK_EQ(*storm_word(region, cell), 0);
        for (int64_t at = 0; at < RSEQ_OPS_SHELF_BYTES; at += 8) CHECK_EQ(*storm_word(region, shelf + at), 0);
        for (int64_t at = 0; at < RSEQ_OPS_STACK_BYTES(CAPACITY); at += 8) CHECK_EQ(*storm_word(region, stack + at), 0);
        for (int64_t at = 0; at < RSEQ_OPS_BUFFER_BYTES(BUFFER_CAPACITY); at += 8) CHECK_EQ(*storm_word(region, buffer + at), 0);
    }
}

static void *on_a_thread(void *unused) {
    each_answers_unavailable();
    nothing_was_changed();
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    for (int region = 0; region < storm_cpus(); region++) *storm_word(region, shelf) = 1;
    CHECK(rseq_ops_take(shelf, RSEQ_OPS_SHELF_PLACES, FIELD) >= 0);
    for (int region = 0; region < storm_cpus(); region++) *storm_word(region, shelf) = 0;
    CHECK_EQ(rseq_ops_add(cell, 1, FIELD), RSEQ_OPS_COMMITTED);
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
    cell = 64; /* of memory that is not there yet */
    stack = 128;
    shelf = 512;
    buffer = 1024;
#ifndef RSEQ_TEST_ENTER_H /* Java has no way in before they are opened */
    each_answers_unavailable();
#endif
    storm_open();
    if (world_glibc_registers()) return 0; /* there, no thread is without */
    cell = storm_allocate(8);
    stack = storm_allocate(RSEQ_OPS_STACK_BYTES(CAPACITY));
    shelf = storm_allocate(RSEQ_OPS_SHELF_BYTES);
    buffer = storm_allocate(RSEQ_OPS_BUFFER_BYTES(BUFFER_CAPACITY));
    world_in_thread(on_a_thread, NULL);
    return 0;
}
