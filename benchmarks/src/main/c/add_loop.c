/*
 * add_loop.c: what a sequence costs where nothing is in its way: C, a loop, one thread or several, glibc's registration. The limit for what
 * Java can reach.
 *
 *   cc -O2 -o add_loop -pthread benchmarks/src/main/c/add_loop.c native/src/sequences_x86_64.S     (aarch64: sequences_aarch64.S)
 *   ./add_loop [THREADS]
 *
 * Prints ns per operation, of the best and of the median round: the add sequence written into the loop, the same entered as C enters it, take entered and
 * what it took put back, the index loaded from the area in the loop, and an atomic addition to memory that no other thread uses. Needs glibc 2.35 or later, and its registration: nothing is registered here.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/rseq.h>
#include <time.h>
#include <unistd.h>

#include "../../../../native/src/sequences.h"

enum { ROUNDS = 15, OPERATIONS = 10000000, LOOPS = 5, THREADS_MAX = 256, CELL = 64, ROW = 128, PLACES = 8 };

static int cpus;
static pthread_barrier_t together;
static double results[LOOPS][ROUNDS];

static double now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void complain(const char *text) {
    fprintf(stderr, "add_loop: %s\n", text);
    exit(EXIT_FAILURE);
}

static int64_t *word(int cpu, int64_t offset) {
    return (int64_t *)(rseq_sequences_base + ((int64_t)cpu << SEQUENCE_SHIFT) + offset);
}

static int64_t enter_add(int64_t offset, int64_t delta) {
    return rseq_sequence_enter(rseq_sequence_add, offset, delta, rseq_sequences_area, rseq_sequences_cpus, 0, 0);
}

#if defined(__x86_64__)
/* The instructions of rseq_sequence_add, without its ways out: an abort starts again for ever. */
static inline void add_inlined(int64_t offset, int64_t delta) {
    int64_t area = rseq_sequences_area;
    int64_t cell = rseq_sequences_base + offset;
    int64_t index, scratch;
    __asm__ volatile(
        ".pushsection .data.rel.ro, \"aw\", @progbits\n"
        ".p2align 5\n"
        "1: .long 0, 0\n"
        ".quad 3f, 4f - 3f, 6f\n"
        ".popsection\n"
        "2: lea 1b(%%rip), %[scratch]\n"
        "mov %[scratch], %%fs:8(%[area])\n"
        "3: mov %%fs:4(%[area]), %k[index]\n"
        "cmp %[cpus], %k[index]\n"
        "jae 5f\n"
        "shl %[shift], %[index]\n"
        "add %[delta], (%[cell], %[index])\n"
        "4:\n"
        ".pushsection .text.unlikely\n"
        "5: ud2\n"
        ".byte 0x0f, 0xb9, 0x3d\n"
        ".long 0x53053053\n"
        "6: jmp 2b\n"
        ".popsection\n"
        : [index] "=&r"(index), [scratch] "=&r"(scratch)
        : [area] "r"(area), [cell] "r"(cell), [delta] "r"(delta), [cpus] "r"(rseq_sequences_cpus), [shift] "i"(SEQUENCE_SHIFT)
        : "memory", "cc");
}

static inline uint32_t index_inlined(void) {
    uint32_t index;
    __asm__ volatile("mov %%fs:4(%[area]), %[index]" : [index] "=r"(index) : [area] "r"(rseq_sequences_area));
    return index;
}
#else
static inline void add_inlined(int64_t offset, int64_t delta) {
    enter_add(offset, delta);
}

static inline uint32_t index_inlined(void) {
    return *(volatile uint32_t *)((char *)__builtin_thread_pointer() + rseq_sequences_area + CPU_ID);
}
#endif

static void add_in_the_loop(void) {
    for (int i = 0; i < OPERATIONS; i++) add_inlined(CELL, 1);
}

static void add_called(void) {
    for (int i = 0; i < OPERATIONS; i++) {
        while (enter_add(CELL, 1) != SEQUENCE_COMMITTED) continue; /* restarted */
    }
}

/* As a pool leases: a sequence takes, one store puts back. */
static void take_and_put_back(void) {
    for (int i = 0; i < OPERATIONS; i++) {
        int64_t taken = rseq_sequence_enter(rseq_sequence_take, ROW, PLACES, rseq_sequences_area, rseq_sequences_cpus, 0, 0);
        if (taken < 0) continue; /* restarted */
        char *place = (char *)word((int)(taken >> 32), ROW + ROW_PLACES) + (uint32_t)taken;
        __atomic_store_n(place, 1, __ATOMIC_RELEASE);
    }
}

static void index_in_the_loop(void) {
    for (int i = 0; i < OPERATIONS; i++) {
        if (index_inlined() >= rseq_sequences_cpus) complain("an index out of range");
    }
}

/* What a LongAdder's add is at best: one atomic addition to a line that no other thread uses. */
static void atomic_in_the_loop(void) {
    _Alignas(128) int64_t own = 0;
    for (int i = 0; i < OPERATIONS; i++) __atomic_fetch_add(&own, 1, __ATOMIC_SEQ_CST);
    if (own != OPERATIONS) complain("an atomic addition was lost");
}

static void *measure(void *argument) {
    void (*const loops[LOOPS])(void) = {add_in_the_loop, add_called, take_and_put_back, index_in_the_loop, atomic_in_the_loop};
    for (int loop = 0; loop < LOOPS; loop++) {
        for (int round = 0; round < ROUNDS; round++) {
            pthread_barrier_wait(&together);
            double start = now_ns();
            loops[loop]();
            pthread_barrier_wait(&together);
            if (argument != NULL) results[loop][round] = (now_ns() - start) / OPERATIONS;
        }
    }
    return NULL;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void open_sequences(void) {
    if (__rseq_size == 0) complain("glibc registered no area (GLIBC_TUNABLES? kernel?)");
    cpus = (int)sysconf(_SC_NPROCESSORS_CONF);
    void *memory = mmap(NULL, (size_t)(cpus + 1) << SEQUENCE_SHIFT, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) complain("no address space");
    rseq_sequences_area = __rseq_offset;
    rseq_sequences_base = (int64_t)memory;
    rseq_sequences_cpus = (uint32_t)cpus;
    for (int cpu = 0; cpu < cpus; cpu++) memset(word(cpu, ROW + ROW_PLACES), 1, PLACES);
}

int main(int count, char **arguments) {
    int threads = count > 1 ? atoi(arguments[1]) : 1;
    if (threads < 1 || threads > THREADS_MAX) complain("threads: 1 to 256");
    open_sequences();
    pthread_barrier_init(&together, NULL, (unsigned)threads);
    pthread_t others[THREADS_MAX];
    for (int i = 1; i < threads; i++) {
        if (pthread_create(&others[i], NULL, measure, NULL) != 0) complain("no thread");
    }
    measure(results);
    for (int i = 1; i < threads; i++) pthread_join(others[i], NULL);

    int64_t sum = 0;
    for (int cpu = 0; cpu < cpus; cpu++) sum += *word(cpu, CELL);
    if (sum != (int64_t)threads * ROUNDS * OPERATIONS * 2) complain("the sum of the cells is wrong");
    const char *const names[LOOPS] = {"add in the loop", "add called", "take + put back called", "index in the loop", "atomic in the loop"};
    printf("%d thread%s, %llu aborts\n", threads, threads == 1 ? "" : "s", (unsigned long long)rseq_sequences_aborts);
    for (int loop = 0; loop < LOOPS; loop++) {
        qsort(results[loop], ROUNDS, sizeof results[loop][0], compare);
        printf("%-22s best %.2f ns, median %.2f ns\n", names[loop], results[loop][0], results[loop][ROUNDS / 2]);
    }
    return 0;
}
