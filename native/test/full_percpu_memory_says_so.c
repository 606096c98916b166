/*
 * Without a reservation, and when the regions are full, there is no allocation; what is no allocation is not given back; and a process that
 * may not have the address space is told why.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <sys/resource.h>

#include "../src/percpu_memory.h"
#include "check.h"
#include "world.h"

enum { CPUS = 3, LINE = 64 };

static void under_a_limit(void *unused) {
    (void)unused;
    struct rlimit before;
    char reason[320] = "";
    CHECK_EQ(getrlimit(RLIMIT_AS, &before), 0);
    struct rlimit limit = {(rlim_t)1 << 29, before.rlim_max};
    CHECK_EQ(setrlimit(RLIMIT_AS, &limit), 0);
    bool reserved = percpu_memory_reserve(CPUS, SEQUENCE_SHIFT, reason, sizeof reason);
    CHECK_EQ(setrlimit(RLIMIT_AS, &before), 0);
    CHECK(!reserved);
    CHECK_CONTAINS(reason, "1216 MiB of address space");
    CHECK_CONTAINS(reason, "ulimit -v or -d");
    CHECK(percpu_memory_base() == NULL);
    CHECK_EQ(percpu_memory_allocate(8), -1);
}

static void what_is_no_allocation_is_refused(void) {
    int64_t offset = percpu_memory_allocate(1000);
    CHECK(offset > 0);
    CHECK_EQ(offset % LINE, 0);
    struct percpu_memory_totals before = percpu_memory_totals();
    CHECK(!percpu_memory_free(offset, 8));
    CHECK(!percpu_memory_free(offset, 0));
    CHECK(!percpu_memory_free(offset, -1));
    CHECK(!percpu_memory_free(offset, INT64_MAX));
    CHECK(!percpu_memory_free(offset + 8, 1000));
    CHECK(!percpu_memory_free(offset + 1, 1000));
    CHECK(!percpu_memory_free(offset + (1 << 20), 1000));
    CHECK(!percpu_memory_free(0, 8));
    CHECK(!percpu_memory_free(-1, 8));
    CHECK(!percpu_memory_free(INT64_MAX, 8));
    CHECK(!percpu_memory_free(INT64_MAX - 7, 8));
    CHECK(!percpu_memory_free(INT64_MIN, 8));
    CHECK_EQ(percpu_memory_totals().allocated, before.allocated);
    CHECK(percpu_memory_free(offset, 1000));
    CHECK(!percpu_memory_free(offset, 1000));
    CHECK_EQ(percpu_memory_totals().objects, before.objects - 1);
    CHECK_EQ(percpu_memory_allocate(999), offset);
    const int64_t impossible[] = {0, -1, INT64_MIN, INT64_MAX, PERCPU_REGION_STRIDE - LINE + 1, PERCPU_REGION_STRIDE, PERCPU_REGION_STRIDE + 1};
    for (int i = 0; i < 7; i++) CHECK_EQ(percpu_memory_allocate(impossible[i]), -1);
}

static void every_size_lies_within_and_apart(void) {
    int64_t end = 0;
    for (int64_t bytes = 1; bytes < 1 << 22; bytes += bytes / 16 + 1) {
        int64_t offset = percpu_memory_allocate(bytes);
        CHECK(offset > 0);
        CHECK_EQ(offset % (bytes > 56 ? LINE : 8), 0);
        if (bytes > 56) { /* the small ones may fill a gap */
            CHECK(offset >= end);
            end = offset + bytes;
        }
        CHECK(percpu_memory_totals().used + LINE >= offset + bytes);
    }
}

static void full_is_full_until_something_is_given_back(void) {
    const int64_t bytes = 1 << 20;
    int64_t last = -1;
    int got = 0;
    for (int64_t offset; (offset = percpu_memory_allocate(bytes)) >= 0; got++) {
        CHECK(offset + bytes <= PERCPU_REGION_STRIDE);
        last = offset;
    }
    CHECK(got > 64);
    CHECK_EQ(percpu_memory_allocate(bytes), -1);
    CHECK(percpu_memory_free(last, bytes));
    CHECK_EQ(percpu_memory_allocate(bytes), last);
    for (int64_t offset; (offset = percpu_memory_allocate(8)) >= 0;) CHECK(offset + 8 <= PERCPU_REGION_STRIDE);
    struct percpu_memory_totals totals = percpu_memory_totals();
    CHECK_EQ(totals.used, PERCPU_REGION_STRIDE - LINE); /* to the last word */
    CHECK(totals.allocated <= totals.used);
}

int main(void) {
    char reason[320] = "";
    CHECK(!percpu_memory_reserve(0, PERCPU_SHIFT, reason, sizeof reason));
    CHECK_CONTAINS(reason, "0 CPUs");
    CHECK(!percpu_memory_reserve(1 << 20, PERCPU_SHIFT, reason, sizeof reason));
    CHECK_EQ(percpu_memory_allocate(8), -1);
    CHECK(!percpu_memory_free(64, 8));
    world_in_child(under_a_limit, NULL);
    if (!percpu_memory_reserve(CPUS, SEQUENCE_SHIFT, reason, sizeof reason)) SKIP("%s", reason);
    what_is_no_allocation_is_refused();
    every_size_lies_within_and_apart();
    full_is_full_until_something_is_given_back();
    return 0;
}
