/*
 * 40,000 buffers of 4 KiB, whose ends share pages, take no memory any more when they were given back, nor do most of the books about them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <unistd.h>

#include "../src/percpu_memory.h"
#include "check.h"

enum { CPUS = 2, BUFFERS = 40000, BYTES = 4096 + 128 };

static int64_t buffers[BUFFERS];

/* Bytes that this process has in memory. */
static int64_t resident(void) {
    long pages = 0, in_memory = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    CHECK(file != NULL && fscanf(file, "%ld %ld", &pages, &in_memory) == 2);
    fclose(file);
    return in_memory * sysconf(_SC_PAGESIZE);
}

static int64_t *word(int region, int64_t offset) {
    return (int64_t *)(void *)(percpu_memory_base() + region * PERCPU_REGION_STRIDE + offset);
}

int main(void) {
    char reason[320] = "";
    if (!percpu_memory_reserve(CPUS, SEQUENCE_SHIFT, reason, sizeof reason)) SKIP("%s", reason);
    int64_t kept = percpu_memory_allocate(8); /* so that not all is given back */
    *word(0, kept) = 1;
    int64_t before = resident();
    for (int i = 0; i < BUFFERS; i++) {
        buffers[i] = percpu_memory_allocate(BYTES);
        CHECK(buffers[i] > 0);
        for (int region = 0; region < CPUS; region++) {
            for (int64_t at = 0; at < BYTES; at += 64) *word(region, buffers[i] + at) = i + 1;
        }
    }
    int64_t most = resident() - before;
    CHECK(most >= (int64_t)CPUS * BUFFERS * BYTES);
    /* In an order of its own, as a collection finds them. */
    for (int64_t i = 0; i < BUFFERS; i++) CHECK(percpu_memory_free(buffers[i * 7919 % BUFFERS], BYTES));
    int64_t left = resident() - before;
    fprintf(stderr, "%lld MiB, of which %lld are left\n", (long long)(most >> 20), (long long)(left >> 20));
    CHECK(left < most / 16);
    CHECK_EQ(*word(0, kept), 1);
    CHECK(percpu_memory_free(kept, 8));
    CHECK_EQ(percpu_memory_totals().used, 0);
    return 0;
}
