/*
 * The trial believes what differs in two threads that run at once, refutes what does not, and says nothing where two can't. It leaves the
 * caller's affinity, the ledger and the process as they were.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <sched.h>
#include <stddef.h>
#include <unistd.h>

#include "../src/kernel.h"
#include "../src/ledger.h"
#include "../src/registration.h"
#include "../src/trial.h"
#include "check.h"
#include "world.h"

static int threads(void) {
    DIR *tasks = opendir("/proc/self/task");
    if (tasks == NULL) SKIP("no /proc");
    int count = 0;
    while (readdir(tasks) != NULL) count++;
    closedir(tasks);
    return count;
}

/* A machine that is busy gives two threads no time at once now and then. */
static enum verdict verdict_on(size_t field) {
    enum { TRIES = 50 };
    enum verdict verdict = VERDICT_NONE;
    for (int i = 0; i < TRIES && verdict == VERDICT_NONE; i++) verdict = trial_of_index(registration_ownership(), (int64_t)field);
    return verdict;
}

int main(void) {
    world_check();
    if (world_glibc_registers()) world_glibc_owns();
    else world_agent_owns(true);
    int before = threads();
    cpu_set_t allowed, after;
    CHECK_EQ(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    if (CPU_COUNT(&allowed) > 1) {
        CHECK_EQ(verdict_on(offsetof(struct rseq_area, cpu_id)), VERDICT_RIGHT);
        /* What a kernel before 6.3 leaves at mm_cid is what every kernel leaves here. */
        CHECK_EQ(verdict_on(offsetof(struct rseq_area, flags)), VERDICT_WRONG);
        if (registration_ownership()->usable >= RSEQ_USABLE_MM_CID) CHECK_EQ(verdict_on(offsetof(struct rseq_area, mm_cid)), VERDICT_RIGHT);
    }
    CHECK_EQ(sched_getaffinity(0, sizeof after, &after), 0);
    CHECK(CPU_EQUAL(&allowed, &after));
    CHECK_EQ(ledger_totals.kernel_registrations, 0);
    CHECK_EQ(world_live_records(), 0);
    while (threads() > before) usleep(1000); /* the last lines of a thread whose verdict is there */

    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    CHECK_EQ(sched_setaffinity(0, sizeof one, &one), 0);
    CHECK_EQ(trial_of_index(registration_ownership(), offsetof(struct rseq_area, cpu_id)), VERDICT_ONE_CPU);
    CHECK_EQ(trial_of_index(registration_ownership(), offsetof(struct rseq_area, flags)), VERDICT_ONE_CPU);
    return 0;
}
