/*
 * disturbance.c: how much a machine is disturbed. A virtual CPU is often a hyperthread, and while a stranger works on
 * the other one of its core it has half the core: what lives on throughput takes up to twice as long, what waits for a lock prefix or for another
 * CPU's cache line takes no longer than ever. So medians over such times compare nothing, whichever of two they are of.
 *
 *   cc -O2 -o disturbance -pthread benchmarks/src/main/c/disturbance.c
 *   ./disturbance FILE <&0          ends when its standard input does
 *
 * One thread on each CPU that this process may use does a fixed piece of work, as many instructions per cycle as there can be, every two
 * milliseconds: ten microseconds, half a percent of the CPU. FILE is mapped, and holds per CPU two 64-bit numbers of the machine's byte order: how
 * often the work was done, and how often it took more than SLOW times the shortest that it ever took there. A preemption within the work
 * counts as well, and so does our own work on the other hyperthread of a core: where the CPUs that a benchmark uses are hyperthreads of one core, all its
 * iterations are disturbed by this measure, and the quietest of them are all that it can tell apart. Numbers only grow, and any process that maps FILE reads them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { TURNS = 14000, WARMUP_TURNS = 1000, PERIOD_NS = 2000000, NS = 1000000000 };
static const double SLOW = 1.2;

struct counts {
    _Atomic int64_t samples, slow;
};

struct sampler {
    int cpu;
    struct counts *counts;
};

static void complain(const char *text) {
    fprintf(stderr, "disturbance: %s\n", text);
    exit(EXIT_FAILURE);
}

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS + now.tv_nsec;
}

/* Eight chains that do not wait for each other; the empty asm keeps the compiler from adding them up. */
static void work(int turns) {
    uint64_t a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
    for (int i = 0; i < turns; i++) {
        a++, b++, c++, d++, e++, f++, g++, h++;
        __asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f), "+r"(g), "+r"(h));
    }
}

static void *sample(void *argument) {
    const struct sampler *sampler = argument;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(sampler->cpu, &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) complain("a CPU is not available");
    const struct timespec period = {.tv_nsec = PERIOD_NS};
    int64_t shortest = INT64_MAX;
    for (;;) {
        nanosleep(&period, NULL);
        work(WARMUP_TURNS);
        int64_t start = now_ns();
        work(TURNS);
        int64_t took = now_ns() - start;
        if (took < shortest) shortest = took;
        if ((double)took > SLOW * (double)shortest) atomic_fetch_add(&sampler->counts->slow, 1);
        atomic_fetch_add(&sampler->counts->samples, 1);
    }
    return NULL;
}

int main(int count, char **arguments) {
    if (count != 2) complain("one argument: a file");
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) complain("more CPUs than it knows");
    int cpus = CPU_COUNT(&allowed);
    size_t bytes = (size_t)cpus * sizeof(struct counts);
    int file = open(arguments[1], O_RDWR | O_CREAT | O_TRUNC, 0644);
    if (file < 0 || ftruncate(file, (off_t)bytes) != 0) complain("the file can't be made");
    struct counts *counts = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    struct sampler *samplers = calloc((size_t)cpus, sizeof *samplers);
    if (counts == MAP_FAILED || samplers == NULL) complain("no memory");
    int cpu = 0;
    for (int i = 0; i < cpus; i++, cpu++) {
        while (!CPU_ISSET(cpu, &allowed)) cpu++;
        samplers[i] = (struct sampler){cpu, &counts[i]};
        pthread_t thread;
        if (pthread_create(&thread, NULL, sample, &samplers[i]) != 0) complain("no thread");
    }
    char ignored;
    while (read(STDIN_FILENO, &ignored, 1) > 0) continue;
    return 0;
}
