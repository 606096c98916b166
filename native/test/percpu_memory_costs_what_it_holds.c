/*
 * percpu_memory_costs_what_it_holds: 10,000 counters on 256 CPUs that all ran take the pages that hold them, and next to nothing more; on
 * CPUs that never ran they take none. What was given back is zero again where it is taken again, and takes no page any more once all that
 * shared it was given back. Neither giving back nor taking in another size touches a page that nobody had touched.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <unistd.h>

#include "../src/percpu_memory.h"
#include "check.h"

enum { CPUS = 256, CELLS = 10000, BLOCK_PAGES = 5 };

/* Bytes of the reservation that are in memory, as /proc/self/smaps has it. */
static int64_t resident(void) {
    uintptr_t start = (uintptr_t)percpu_memory_base();
    uintptr_t end = start + (((uintptr_t)CPUS + 1) << SEQUENCE_SHIFT);
    FILE *file = fopen("/proc/self/smaps", "re");
    CHECK(file != NULL);
    char line[1024];
    bool ours = false;
    int found = 0;
    int64_t bytes = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        unsigned long from, to;
        long kilobytes;
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2) {
            ours = from < end && to > start;
            if (ours) CHECK(from >= start && to <= end);
            found += ours;
        } else if (ours && sscanf(line, "Rss: %ld kB", &kilobytes) == 1) {
            bytes += (int64_t)kilobytes * 1024;
        } else if (ours && sscanf(line, "AnonHugePages: %ld kB", &kilobytes) == 1) {
            CHECK_EQ(kilobytes, 0);
        }
    }
    fclose(file);
    CHECK(found > 0);
    return bytes;
}

static volatile int64_t *word(int region, int64_t offset) {
    return (volatile int64_t *)(percpu_memory_base() + ((int64_t)region << SEQUENCE_SHIFT) + offset);
}

static int64_t cells[CELLS];

static void cells_cost_what_they_hold(int64_t page) {
    for (int i = 0; i < CELLS; i++) {
        cells[i] = percpu_memory_allocate(8);
        CHECK(cells[i] > 0);
    }
    CHECK_EQ(resident(), 0);
    for (int i = 0; i < CELLS; i++) *word(3, cells[i]) = i + 1;
    int64_t of_one_cpu = (CELLS * 8 + page - 1) / page * page;
    CHECK_EQ(resident(), of_one_cpu); /* the others never ran */
    for (int cpu = 0; cpu < CPUS; cpu++) {
        for (int i = 0; i < CELLS; i++) *word(cpu, cells[i]) = i + 1;
    }
    int64_t computed = CPUS * of_one_cpu;
    int64_t measured = resident();
    fprintf(stderr, "%d cells on %d CPUs: %lld bytes computed, %lld measured\n", CELLS, CPUS, (long long)computed, (long long)measured);
    CHECK(measured >= computed && measured <= computed + computed / 10);
}

static void cells_come_back_zeroed(void) {
    for (int i = 1; i < CELLS; i++) CHECK(percpu_memory_free(cells[i], 8));
    CHECK_EQ(resident(), CPUS * sysconf(_SC_PAGESIZE)); /* with the one that is left */
    *word(5, cells[0]) = 5;
    CHECK(percpu_memory_free(cells[0], 8));
    CHECK_EQ(resident(), 0);
    for (int i = 0; i < CELLS; i++) {
        int64_t cell = percpu_memory_allocate(8);
        for (int region = 0; region <= CPUS; region++) CHECK_EQ(*word(region, cell), 0);
    }
    CHECK_EQ(percpu_memory_totals().objects, CELLS);
    CHECK_EQ(percpu_memory_totals().used, CELLS * 8); /* the same cells */
    CHECK_EQ(resident(), 0);
}

static void blocks_come_back_zeroed_and_give_pages_back(int64_t page) {
    int64_t bytes = BLOCK_PAGES * page;
    int64_t before = resident();
    int64_t block = percpu_memory_allocate(bytes);
    CHECK(block > 0 && block % page != 0); /* its ends share pages with others */
    for (int64_t at = 0; at < bytes; at += 8) *word(7, block + at) = -1;
    int64_t touched = resident() - before;
    CHECK(touched >= bytes - page && touched <= bytes + page);
    CHECK(percpu_memory_free(block, bytes));
    int64_t kept = resident() - before;
    CHECK(kept <= page); /* the last one, in part; the whole ones are gone, in no region is there a new one */
    CHECK_EQ(percpu_memory_allocate(bytes), block);
    for (int region = 0; region <= CPUS; region++) {
        for (int64_t at = 0; at < bytes; at += 8) CHECK_EQ(*word(region, block + at), 0);
    }
    CHECK_EQ(resident() - before, kept); /* looking costs nothing either */
}

static void another_size_costs_nothing(void) {
    const int64_t sizes[] = {48 << 20, 5 << 20, 240 << 20};
    int64_t blocks[64];
    int64_t before = resident();
    for (int i = 0; i < 3; i++) {
        int got = 0;
        while ((blocks[got] = percpu_memory_allocate(sizes[i])) > 0) CHECK(++got < 64);
        CHECK_EQ(got, (PERCPU_REGION_STRIDE - (1 << 20)) / sizes[i]);
        while (got > 0) CHECK(percpu_memory_free(blocks[--got], sizes[i]));
    }
    CHECK_EQ(resident(), before);
}

int main(void) {
    char reason[320] = "";
    if (!percpu_memory_reserve(CPUS, SEQUENCE_SHIFT, reason, sizeof reason)) SKIP("%s", reason);
    CHECK(percpu_memory_reserve(CPUS, SEQUENCE_SHIFT, reason, sizeof reason));
    CHECK(!percpu_memory_reserve(CPUS + 1, SEQUENCE_SHIFT, reason, sizeof reason));
    CHECK_CONTAINS(reason, "reserved otherwise: 256 CPUs, 2^28 bytes");
    int64_t page = sysconf(_SC_PAGESIZE);
    cells_cost_what_they_hold(page);
    cells_come_back_zeroed();
    blocks_come_back_zeroed_and_give_pages_back(page);
    another_size_costs_nothing();
    return 0;
}
