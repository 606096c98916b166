/*
 * The main thread counts itself in and out without end, while handlers of a flood of SIGUSR1 do the same on the same thread: some in pairs,
 * some holding their use until a later signal. A handler that came between count and system call, or between the two ends of a record,
 * would leave a count or a record behind.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

#include "../include/rseq_agent.h"
#include "../src/kernel.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

enum { ROUNDS = 30000, SIGNALS_AT_LEAST = 2000, ROUNDS_BETWEEN_YIELDS = 64 };

static pthread_t main_thread;
static _Atomic bool done;
static volatile sig_atomic_t signals, held, failed;

static void handle(int signal) {
    (void)signal;
    signals = signals + 1;
    if (signals % 2 == 0) {
        if (rseq_agent_register_current_thread() != 0 || rseq_agent_unregister_current_thread() != 0) failed = 1;
    } else if (held) {
        if (rseq_agent_unregister_current_thread() != 0) failed = 1;
        held = 0;
    } else {
        if (rseq_agent_register_current_thread() != 0) failed = 1;
        held = 1;
    }
}

static void *flood(void *unused) {
    while (!atomic_load(&done)) {
        CHECK_EQ(pthread_kill(main_thread, SIGUSR1), 0);
        sched_yield();
    }
    return unused;
}

int main(void) {
    world_check();
    world_agent_owns(true);
    main_thread = pthread_self();
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    CHECK_EQ(sigaction(SIGUSR1, &action, NULL), 0);
    pthread_t flooder;
    CHECK_EQ(pthread_create(&flooder, NULL, flood, NULL), 0);
    const struct rseq_area *area = ownership_area(registration_ownership());
    for (int round = 0; round < ROUNDS || signals < SIGNALS_AT_LEAST; round++) {
        CHECK_EQ(rseq_agent_register_current_thread(), 0);
        CHECK(world_cpu_id(area) >= 0);
        CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
        if (round % ROUNDS_BETWEEN_YIELDS == 0) sched_yield(); /* a busy machine may have no other CPU for the flood */
    }
    atomic_store(&done, true);
    CHECK_EQ(pthread_join(flooder, NULL), 0);
    CHECK(signals >= SIGNALS_AT_LEAST);
    CHECK_EQ(failed, 0);
    if (held) CHECK_EQ(rseq_agent_unregister_current_thread(), 0);

    CHECK_EQ(*registration_ownership()->refcount_of_thread(), 0);
    CHECK_EQ(rseq_agent_unregister_current_thread(), EINVAL);
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);
    CHECK_EQ(world_live_records(), 0);
    CHECK_EQ(ledger_totals.registered[OWNER_AGENT], ledger_totals.released[OWNER_AGENT]);
    CHECK_EQ(ledger_totals.kernel_registrations, ledger_totals.kernel_unregistrations);
    sigset_t mask;
    CHECK_EQ(pthread_sigmask(SIG_BLOCK, NULL, &mask), 0);
    CHECK_EQ(sigismember(&mask, SIGUSR1), 0); /* the mask is as it was */
    return 0;
}
