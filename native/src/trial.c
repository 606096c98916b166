/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "trial.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "glibc_compat.h"
#include "kernel.h"
#include "sequences.h"

enum {
    LIMIT_NS = 250000000, /* of a trial */
    POLL_NS = 50000,
    ROUNDS = 16,         /* of two threads that were seen to run at once */
    TURN_NS = 1000000,
    LOOKS_PER_TURN = 1 << 14,
    LOOKS_PER_SECTION = 1 << 20, /* some milliseconds */
    ABORTS = 2,
};

/* What a thread shows the other one, a slot for each of two rounds: neither gets further ahead. */
struct side {
    _Atomic uint32_t begun, ended;
    struct {
        int32_t index;
        bool ran; /* without a switch, from before it said begun until it saw that the other one had */
    } rounds[2];
};

/* Its last holder frees it: a thread that gets no CPU is not waited for. */
struct trial {
    struct ownership owned;
    int64_t field;
    void (*body)(struct trial *trial, int number, struct rseq_area *area);
    _Atomic uint64_t deadline;
    _Atomic int holders;
    _Atomic int numbers;
    _Atomic int running;
    _Atomic int verdict;
    struct side sides[2];
    _Atomic int staying;  /* threads that are on the one CPU */
    _Atomic int sections; /* begun */
    volatile int64_t word;
};

static void let_go(struct trial *trial) {
    if (atomic_fetch_sub(&trial->holders, 1) == 1) free(trial);
}

static bool is_over(const struct trial *trial) {
    return kernel_monotonic_ns() >= atomic_load(&trial->deadline);
}

static void pause_shortly(void) {
    struct timespec time = {.tv_nsec = POLL_NS};
    nanosleep(&time, NULL);
}

static void *run(void *argument) {
    struct trial *trial = argument;
    int number = atomic_fetch_add(&trial->numbers, 1);
    struct rseq_area *area = (struct rseq_area *)(thread_pointer() + trial->owned.offset);
    const volatile int32_t *cpu_id = &area->cpu_id;
    bool ours = false;
    if (*cpu_id < 0) {
        area->rseq_cs = 0;
        ours = kernel_rseq(area, trial->owned.length, 0, RSEQ_SIGNATURE) == 0;
    }
    if (*cpu_id >= 0) trial->body(trial, number, area);
    if (ours) kernel_rseq(area, trial->owned.length, RSEQ_UNREGISTER, RSEQ_SIGNATURE);
    atomic_fetch_sub(&trial->running, 1);
    let_go(trial);
    return NULL;
}

/* Returns whether the thread was made. */
static bool start(struct trial *trial, const pthread_attr_t *attributes) {
    pthread_t thread;
    atomic_fetch_add(&trial->holders, 1);
    atomic_fetch_add(&trial->running, 1);
    if (pthread_create(&thread, attributes, run, trial) == 0) return true;
    atomic_fetch_sub(&trial->running, 1);
    atomic_fetch_sub(&trial->holders, 1);
    return false;
}

static enum verdict try_out(const struct ownership *owned, int64_t field, void (*body)(struct trial *, int, struct rseq_area *)) {
    struct trial *trial = calloc(1, sizeof *trial);
    if (trial == NULL) return VERDICT_NONE;
    trial->owned = *owned;
    trial->field = field;
    trial->body = body;
    atomic_store(&trial->deadline, kernel_monotonic_ns() + LIMIT_NS);
    atomic_store(&trial->holders, 1);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* the threads inherit it */
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) == 0) {
        pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
        if (!start(trial, &attributes) || !start(trial, &attributes)) atomic_store(&trial->deadline, 0);
        pthread_attr_destroy(&attributes);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    while (atomic_load(&trial->running) > 0 && !is_over(trial)) pause_shortly();
    enum verdict verdict = atomic_load(&trial->verdict);
    let_go(trial);
    return verdict;
}

/* ---- indexes of two threads that run at once ------------------------------------------------------------------------------------ */

/* How often the calling thread left its CPU; -1 where the kernel does not say. */
static long switches(void) {
    struct rusage usage;
    return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nvcsw + usage.ru_nivcsw : -1;
}

/* Sleeps until the next turn, the same for both: where all CPUs are busy, two that wake together still meet. */
static void sleep_until_next_turn(void) {
    uint64_t turn = (kernel_monotonic_ns() / TURN_NS + 1) * TURN_NS;
    struct timespec time = {.tv_sec = (time_t)(turn / 1000000000), .tv_nsec = (long)(turn % 1000000000)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
}

/* Waits until the other thread is as far as 'round'. False: the time is over. */
static bool await(const struct trial *trial, const _Atomic uint32_t *other, uint32_t round) {
    for (unsigned looks = 1; atomic_load(other) < round; looks++) {
        if (looks % LOOKS_PER_TURN != 0) continue;
        if (is_over(trial)) return false;
        sleep_until_next_turn();
    }
    return true;
}

/*
 * Each thread says that it begins a round, and waits until the other one does. A thread that was not switched from before the one to after
 * the other ran all the time; if that holds for both, then both ran when the later one began, and their indexes must differ.
 */
static void show_index(struct trial *trial, int number, struct rseq_area *area) {
    const volatile int32_t *index = (const volatile int32_t *)((const char *)area + trial->field);
    struct side *mine = &trial->sides[number];
    struct side *theirs = &trial->sides[1 - number];
    int different = 0;
    kernel_stay_on_cpu(number); /* else a busy machine may keep both on one */
    for (uint32_t round = 1; different < ROUNDS; round++) {
        uint32_t slot = round % 2;
        long switched = switches();
        mine->rounds[slot].index = *index;
        atomic_store(&mine->begun, round);
        if (!await(trial, &theirs->begun, round)) return;
        mine->rounds[slot].ran = switches() == switched && switched >= 0 && mine->rounds[slot].index == *index;
        atomic_store(&mine->ended, round);
        if (!await(trial, &theirs->ended, round)) return;
        if (!mine->rounds[slot].ran || !theirs->rounds[slot].ran) continue;
        if (mine->rounds[slot].index == theirs->rounds[slot].index) {
            atomic_store(&trial->verdict, VERDICT_WRONG);
            return;
        }
        different++;
    }
    atomic_store(&trial->verdict, VERDICT_RIGHT);
}

enum verdict trial_of_index(const struct ownership *owned, int64_t field) {
    if (kernel_allowed_cpus() < 2) return VERDICT_ONE_CPU;
    return try_out(owned, field, show_index);
}

/* ---- a sequence that sees another thread of its CPU ------------------------------------------------------------------------------- */

static void watch(struct trial *trial) {
    for (int aborts = 0; aborts < ABORTS && !is_over(trial);) {
        trial->word = 0;
        atomic_fetch_add(&trial->sections, 1);
        int64_t status =
            rseq_sequence_enter(rseq_sequence_watch, (int64_t)(intptr_t)&trial->word, LOOKS_PER_SECTION, trial->owned.offset, 0, 0, 0);
        if (status == SEQUENCE_STATUS + SEQUENCE_RESTARTED) aborts++;
        if (status == SEQUENCE_STATUS + SEQUENCE_SEEN || aborts == ABORTS) {
            atomic_store(&trial->verdict, status == SEQUENCE_STATUS + SEQUENCE_SEEN ? VERDICT_WRONG : VERDICT_RIGHT);
            return;
        }
    }
}

/* It sleeps in between: who wakes preempts who runs. */
static void store(struct trial *trial) {
    for (int seen = 0; atomic_load(&trial->verdict) == VERDICT_NONE && !is_over(trial); pause_shortly()) {
        int sections = atomic_load(&trial->sections);
        if (sections != seen) trial->word = 1;
        seen = sections;
    }
}

static void show_abort(struct trial *trial, int number, struct rseq_area *area) {
    (void)area;
    if (!kernel_stay_on_cpu(0)) return;
    atomic_fetch_add(&trial->staying, 1);
    while (atomic_load(&trial->staying) < 2) {
        if (is_over(trial)) return;
        pause_shortly();
    }
    if (number == 0) watch(trial);
    else store(trial);
}

enum verdict trial_of_aborts(const struct ownership *owned) {
    return try_out(owned, 0, show_abort);
}
