/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "storm.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../include/rseq_agent.h"
#include "../src/kernel.h"
#include "enter.h"
#include "../src/percpu_memory.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

/* Not in every C library's header. */
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

enum { SIGNAL_INTERVAL_NS = 100000, MOVE_INTERVAL_US = 20 };

static atomic_bool going_on;
static void (*worker_body)(int number);
static _Atomic pid_t worker_ids[STORM_WORKERS];
static pthread_barrier_t all_started, all_done;
static volatile sig_atomic_t signals;

void storm_open(void) {
    world_check();
    if (world_glibc_registers()) {
        struct ownership_request request = {.forced = OWNER_KINDS};
        struct ownership decision;
        bool needs_own_area;
        ownership_decide(&request, &decision, &needs_own_area);
        CHECK(!needs_own_area);
        CHECK(registration_open(&decision));
    } else {
        world_agent_owns(true);
    }
    char reason[320] = "";
    if (!rseq_sequences_open(registration_ownership(), kernel_possible_cpus(1), PERCPU_SHIFT, reason, sizeof reason)) SKIP("%s", reason);
    CHECK_EQ(reason[0], '\0');
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
}

bool storm_has_concurrency_id(void) {
    return registration_ownership()->usable >= RSEQ_USABLE_MM_CID;
}

bool storm_goes_on(void) {
    return atomic_load_explicit(&going_on, memory_order_relaxed);
}

int storm_cpus(void) {
    return (int)rseq_sequences_cpus;
}

_Atomic int64_t *storm_word(int region, int64_t offset) {
    CHECK(region >= 0 && region <= storm_cpus());
    CHECK(offset >= 0 && offset < PERCPU_REGION_STRIDE);
    return (_Atomic int64_t *)(percpu_memory_base() + ((int64_t)region << SEQUENCE_SHIFT) + offset);
}

int64_t storm_allocate(int64_t bytes) {
    int64_t offset = percpu_memory_allocate(bytes);
    CHECK(offset > 0);
    return offset;
}

uint64_t storm_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void count_signal(int signal) {
    (void)signal;
    signals = signals + 1; /* of all threads, and not exact: that there were some is all that matters */
}

static timer_t start_signals(void) {
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1};
    event.sigev_notify_thread_id = kernel_thread_id();
    CHECK_EQ(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
    struct itimerspec every = {{0, SIGNAL_INTERVAL_NS}, {0, SIGNAL_INTERVAL_NS}};
    CHECK_EQ(timer_settime(timer, 0, &every, NULL), 0);
    return timer;
}

static void *work(void *argument) {
    int number = (int)(intptr_t)argument;
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    atomic_store(&worker_ids[number], kernel_thread_id());
    timer_t timer = start_signals();
    pthread_barrier_wait(&all_started);
    worker_body(number);
    timer_delete(timer);
    pthread_barrier_wait(&all_done); /* the mover knows them by their numbers, which the kernel gives again */
    CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
    return NULL;
}

/* The first two CPUs that this process may run on. */
static int two_cpus(cpu_set_t sets[2]) {
    cpu_set_t allowed;
    CHECK_EQ(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    int found = 0;
    for (int cpu = 0; cpu < CPU_SETSIZE && found < 2; cpu++) {
        if (!CPU_ISSET(cpu, &allowed)) continue;
        CPU_ZERO(&sets[found]);
        CPU_SET(cpu, &sets[found]);
        found++;
    }
    return found;
}

static void *move(void *sets_of_two) {
    const cpu_set_t *sets = sets_of_two;
    for (unsigned turn = 0; storm_goes_on(); turn++) {
        pid_t id = atomic_load(&worker_ids[turn % STORM_WORKERS]);
        CHECK_EQ(sched_setaffinity(id, sizeof *sets, &sets[(turn / STORM_WORKERS + turn) % 2]), 0);
        usleep(MOVE_INTERVAL_US);
    }
    pthread_barrier_wait(&all_done);
    return NULL;
}

static uint64_t aborts(void) {
    return __atomic_load_n(&rseq_sequences_aborts, __ATOMIC_RELAXED);
}

void storm_run(int milliseconds, void (*worker)(int number), void (*beside)(void)) {
    struct sigaction action = {.sa_handler = count_signal, .sa_flags = SA_RESTART};
    CHECK_EQ(sigaction(SIGUSR1, &action, NULL), 0);
    cpu_set_t sets[2];
    bool moves = two_cpus(sets) == 2;
    worker_body = worker;
    signals = 0;
    uint64_t aborts_before = aborts();
    atomic_store(&going_on, true);
    CHECK_EQ(pthread_barrier_init(&all_started, NULL, STORM_WORKERS + 1), 0);
    CHECK_EQ(pthread_barrier_init(&all_done, NULL, STORM_WORKERS + moves), 0);
    pthread_t workers[STORM_WORKERS];
    pthread_t mover;
    for (int i = 0; i < STORM_WORKERS; i++) CHECK_EQ(pthread_create(&workers[i], NULL, work, (void *)(intptr_t)i), 0);
    pthread_barrier_wait(&all_started);
    if (moves) CHECK_EQ(pthread_create(&mover, NULL, move, sets), 0);

    uint64_t start = kernel_monotonic_ns();
    uint64_t duration = (uint64_t)milliseconds * 1000000;
    for (uint64_t spent = 0; spent < duration || (spent < 4 * duration && aborts() == aborts_before); spent = kernel_monotonic_ns() - start) {
        if (beside == NULL) usleep(1000);
        else beside();
    }
    atomic_store(&going_on, false);
    for (int i = 0; i < STORM_WORKERS; i++) CHECK_EQ(pthread_join(workers[i], NULL), 0);
    if (moves) CHECK_EQ(pthread_join(mover, NULL), 0);
    pthread_barrier_destroy(&all_started);
    pthread_barrier_destroy(&all_done);
    CHECK(signals > 0);
}
