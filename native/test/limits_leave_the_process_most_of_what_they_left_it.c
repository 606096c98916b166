/*
 * Under a limit on address space or on data, regions are so small that per-CPU memory takes an eighth of what is left; where the least is more
 * than half of it, there is none. What lies between regions is somebody else's. mlockall(MCL_FUTURE) makes none of it resident.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "../src/percpu_memory.h"
#include "../src/reservation.h"
#include "check.h"
#include "world.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

enum { CPUS = 2, MANY = 256 };

static const int64_t MIB = 1 << 20;

/* As /proc/self/status has it. */
static int64_t bytes_of(const char *key) {
    FILE *file = fopen("/proc/self/status", "re");
    CHECK(file != NULL);
    char line[256];
    int64_t bytes = -1;
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, key, strlen(key)) == 0) bytes = strtoll(line + strlen(key), NULL, 10) * 1024;
    }
    fclose(file);
    CHECK(bytes >= 0);
    return bytes;
}

struct limit {
    __rlimit_resource_t resource;
    const char *used;
};

static const struct limit LIMITS[] = {{RLIMIT_AS, "VmSize:"}, {RLIMIT_DATA, "VmData:"}};

static void leave(const struct limit *limit, int64_t bytes) {
    rlim_t most = (rlim_t)(bytes_of(limit->used) + bytes);
    struct rlimit limits = {most, most};
    CHECK_EQ(setrlimit(limit->resource, &limits), 0);
    int64_t left = reservation_left();
    CHECK(left <= bytes && left > bytes - MIB);
}

static void takes_an_eighth_of_much(void *argument) {
    const struct limit *limit = argument;
    char reason[320] = "";
    leave(limit, 800 * MIB);
    int shift = percpu_memory_shift(CPUS, SEQUENCE_SHIFT);
    CHECK_EQ(shift, 24);
    CHECK_EQ(percpu_memory_shift(CPUS, 0), shift);
    CHECK_EQ(percpu_memory_shift(CPUS, 21), 21);
    CHECK_EQ(percpu_memory_shift(MANY, 0), PERCPU_SHIFT_LEAST);
    int64_t before = bytes_of(limit->used);
    if (!percpu_memory_reserve(CPUS, shift, reason, sizeof reason)) {
        fprintf(stderr, "%s\n", reason);
        CHECK(false);
    }
    int64_t taken = bytes_of(limit->used) - before;
    CHECK(taken >= 60 * MIB && taken <= 100 * MIB);
    CHECK(percpu_memory_allocate((1 << 24) - 64) > 0);
    for (int region = 0; region <= CPUS; region++) {
        char *first = percpu_memory_base() + region * PERCPU_REGION_STRIDE;
        first[0] = first[(1 << 24) - 1] = 1;
    }
}

static void takes_up_to_half_for_the_least(void *argument) {
    char reason[320] = "";
    leave(argument, 800 * MIB);
    CHECK(percpu_memory_reserve(MANY, percpu_memory_shift(MANY, 0), reason, sizeof reason));
}

static void takes_none_of_little(void *argument) {
    char reason[320] = "";
    leave(argument, 6 * MIB);
    int64_t before = bytes_of("VmSize:");
    CHECK(!percpu_memory_reserve(CPUS, percpu_memory_shift(CPUS, 0), reason, sizeof reason));
    CHECK_CONTAINS(reason, "are too much of the");
    CHECK_CONTAINS(reason, "ulimit -v or -d");
    CHECK(bytes_of("VmSize:") - before < MIB);
    CHECK(percpu_memory_base() == NULL);
}

static void what_lies_between_is_somebody_elses(void *unused) {
    (void)unused;
    char reason[320] = "";
    CHECK_EQ(percpu_memory_shift(CPUS, 0), PERCPU_SHIFT);
    CHECK_EQ(percpu_memory_shift(CPUS, SEQUENCE_SHIFT), SEQUENCE_SHIFT);
    CHECK(percpu_memory_reserve(CPUS, PERCPU_SHIFT_LEAST, reason, sizeof reason));
    int64_t gap = PERCPU_REGION_STRIDE - 2 * MIB;
    for (int region = 0; region < CPUS; region++) {
        char *from = percpu_memory_base() + region * PERCPU_REGION_STRIDE + MIB + MIB / 2;
        CHECK(mmap(from, (size_t)gap, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == from);
    }
    CHECK(percpu_memory_allocate(MIB) < 0);
    int64_t most = percpu_memory_allocate(MIB - 64);
    CHECK_EQ(most, 64);
    CHECK(percpu_memory_allocate(8) < 0);
    CHECK(percpu_memory_free(most, MIB - 64));
}

static void locked_memory_is_not_made_resident(void *unused) {
    (void)unused;
    char reason[320] = "";
    if (mlockall(MCL_FUTURE) != 0) SKIP("mlockall: errno %d", errno);
    char *probe = mmap(NULL, (size_t)MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(probe != MAP_FAILED);
    if (bytes_of("VmLck:") < MIB) SKIP("mlockall does nothing here: AddressSanitizer has it do so");
    int64_t before = bytes_of("VmRSS:");
    if (!percpu_memory_reserve(CPUS, PERCPU_SHIFT, reason, sizeof reason)) SKIP("%s", reason); /* a limit on locked memory */
    CHECK(bytes_of("VmRSS:") - before < MIB);
    int64_t cell = percpu_memory_allocate(8);
    *(volatile int64_t *)(percpu_memory_base() + cell) = 1;
    CHECK(percpu_memory_free(cell, 8));
    CHECK(bytes_of("VmRSS:") - before < MIB);
}

int main(void) {
    for (int i = 0; i < 2; i++) {
        world_in_child(takes_an_eighth_of_much, (void *)&LIMITS[i]);
        world_in_child(takes_up_to_half_for_the_least, (void *)&LIMITS[i]);
        world_in_child(takes_none_of_little, (void *)&LIMITS[i]);
    }
    world_in_child(what_lies_between_is_somebody_elses, NULL);
    locked_memory_is_not_made_resident(NULL);
    return 0;
}
