/*
 * Memory that was given back serves allocations of every size: a region that was full of one size holds as many of any other as a new one.
 * What still lies between bounds what there is room for, and nothing else does. What became part of another block is no allocation any more.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../src/percpu_memory.h"
#include "check.h"

enum { CPUS = 2, LINE = 64, MANY = 1 << 16 };

static const int64_t ROOM = PERCPU_REGION_STRIDE - LINE;
static int64_t blocks[MANY], others[MANY];

/* As many as there is room for, up to MANY. */
static int fill(int64_t *offsets, int64_t bytes) {
    int got = 0;
    while (got < MANY && (offsets[got] = percpu_memory_allocate(bytes)) > 0) {
        CHECK(offsets[got] + bytes <= PERCPU_REGION_STRIDE);
        got++;
    }
    return got;
}

static void give_back(const int64_t *offsets, int from, int to, int step, int64_t bytes) {
    for (int i = from; i < to; i += step) CHECK(percpu_memory_free(offsets[i], bytes));
}

/* The bytes that one allocation takes. */
static int64_t kept(int64_t bytes) {
    int64_t before = percpu_memory_totals().allocated;
    int64_t offset = percpu_memory_allocate(bytes);
    CHECK(offset > 0);
    int64_t taken = percpu_memory_totals().allocated - before;
    CHECK(percpu_memory_free(offset, bytes));
    return taken;
}

static void any_size_follows_any_other(void) {
    const int64_t sizes[] = {221184, 1 << 20, (1 << 20) + 128, 26 << 20, 40000, ROOM, 64 << 20, 100000};
    const int64_t small[] = {8, 24, 56, 64, 1000, 1024, 1025};
    const int count = sizeof sizes / sizeof *sizes;
    for (int from = 0; from < count; from++) {
        for (int to = 0; to < count; to++) {
            int got = fill(blocks, sizes[from]);
            CHECK(got > 0);
            CHECK_EQ(percpu_memory_allocate(sizes[from]), -1);
            give_back(blocks, 1, got, 2, sizes[from]);
            give_back(blocks, 0, got, 2, sizes[from]);
            CHECK_EQ(percpu_memory_totals().allocated, 0);

            int64_t each = kept(sizes[to]);
            for (int i = 0; i < 7; i++) {
                int64_t offset = percpu_memory_allocate(small[i]);
                CHECK(offset > 0);
                CHECK_EQ(offset % (small[i] < LINE ? 8 : LINE), 0);
                CHECK(percpu_memory_free(offset, small[i]));
            }
            int64_t whole = percpu_memory_allocate(ROOM);
            CHECK_EQ(whole, LINE);
            CHECK(percpu_memory_free(whole, ROOM));
            int fit = fill(others, sizes[to]);
            CHECK_EQ(fit, ROOM / each);
            CHECK_EQ(percpu_memory_totals().allocated, fit * each);
            give_back(others, 0, fit, 1, sizes[to]);
        }
    }
    CHECK_EQ(percpu_memory_totals().objects, 0);
}

static int ascending(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* In the last 64 KiB, so that small blocks fill it, too. 'bytes' is a power of 2, 16 or more. */
static void what_lies_between_bounds_the_room(int64_t bytes) {
    const int64_t left = (1 << 16) - LINE;
    const int64_t whole = left / 16 * 15;
    int64_t ballast[SEQUENCE_SHIFT];
    for (int i = 16; i < SEQUENCE_SHIFT; i++) CHECK((ballast[i] = percpu_memory_allocate((int64_t)1 << i)) > 0);
    int got = fill(blocks, bytes);
    CHECK_EQ(got, left / bytes);
    qsort(blocks, (size_t)got, sizeof *blocks, ascending);

    give_back(blocks, 1, got, 2, bytes);
    CHECK_EQ(percpu_memory_allocate(2 * bytes), -1);
    CHECK_EQ(percpu_memory_allocate(bytes + 8), -1);
    int halves = fill(others, bytes / 2);
    CHECK_EQ(halves, got / 2 * 2 + left % bytes / (bytes / 2));
    CHECK_EQ(percpu_memory_allocate(bytes), -1);
    give_back(others, 0, halves, 1, bytes / 2);
    CHECK_EQ(percpu_memory_allocate(2 * bytes), -1);
    CHECK_EQ(fill(others, bytes), got / 2);

    give_back(others, 0, got / 2, 1, bytes);
    give_back(blocks, 0, got, 2, bytes);
    int doubles = fill(others, 2 * bytes);
    CHECK_EQ(doubles, left / (2 * bytes));
    for (int i = 0; i < got; i++) CHECK(!percpu_memory_free(blocks[i], bytes));
    give_back(others, 0, doubles, 1, 2 * bytes);

    int64_t large = percpu_memory_allocate(whole);
    CHECK(large > 0);
    for (int i = 0; i < got; i++) CHECK(!percpu_memory_free(blocks[i], bytes));
    for (int i = 0; i < doubles; i++) CHECK(!percpu_memory_free(others[i], 2 * bytes));
    CHECK(percpu_memory_free(large, whole));
    for (int i = 16; i < SEQUENCE_SHIFT; i++) CHECK(percpu_memory_free(ballast[i], (int64_t)1 << i));
}

int main(void) {
    char reason[320] = "";
    if (!percpu_memory_reserve(CPUS, SEQUENCE_SHIFT, reason, sizeof reason)) SKIP("%s", reason);
    any_size_follows_any_other();
    for (int64_t bytes = 16; bytes <= 1 << 14; bytes *= 2) what_lies_between_bounds_the_room(bytes);
    CHECK_EQ(percpu_memory_totals().allocated, 0);
    CHECK_EQ(percpu_memory_totals().objects, 0);
    return 0;
}
