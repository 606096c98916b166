/*
 * The main thread counts itself in and out without end, as a JVM thread and as native code, while handlers of a flood of signals do the
 * latter on the same thread: some in pairs, some holding their use until a later signal. A handler that came between count and system call,
 * or between the two ends of a record, would leave a count or a record behind.
 * The flood is a timer's: it interrupts anywhere, also where the machine has one CPU to spare.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/time.h>

#include "../include/rseq_agent.h"
#include "../src/kernel.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

enum { ROUNDS = 30000, SIGNALS_AT_LEAST = 2000, INTERVAL_US = 50 };

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

static void flood(int interval_us) {
    struct itimerval timer = {.it_interval = {.tv_usec = interval_us}, .it_value = {.tv_usec = interval_us}};
    CHECK_EQ(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

int main(void) {
    world_check();
    enum owner owner = world_glibc_registers() ? OWNER_GLIBC : OWNER_AGENT;
    if (owner == OWNER_GLIBC) world_glibc_owns();
    else world_agent_owns(true);
    struct thread_identity identity = {.java_id = 1};
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    CHECK_EQ(sigaction(SIGALRM, &action, NULL), 0);
    flood(INTERVAL_US);
    const struct rseq_area *area = ownership_area(registration_ownership());
    for (int round = 0; round < ROUNDS || signals < SIGNALS_AT_LEAST; round++) {
        CHECK_EQ(registration_thread_started(&identity), 0);
        CHECK_EQ(rseq_agent_register_current_thread(), 0);
        CHECK(world_cpu_id(area) >= 0);
        /* The end of the JVM thread last, and the end of native code's use last. */
        if (round % 2 == 0) CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
        registration_thread_ended(&identity);
        if (round % 2 != 0) CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
    }
    flood(0);
    CHECK_EQ(failed, 0);
    if (held) CHECK_EQ(rseq_agent_unregister_current_thread(), 0);

    CHECK_EQ(rseq_agent_unregister_current_thread(), EINVAL);
    CHECK_EQ(world_live_records(), 0);
    CHECK(ledger_totals.registered[owner] > 0); /* not ROUNDS: a held use spans rounds */
    CHECK_EQ(ledger_totals.registered[owner], ledger_totals.released[owner]);
    CHECK_EQ(ledger_totals.kernel_registrations, ledger_totals.kernel_unregistrations);
    if (owner == OWNER_AGENT) {
        CHECK_EQ(*registration_ownership()->refcount_of_thread(), 0);
        CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);
    } else {
        CHECK_EQ(ledger_totals.kernel_registrations, 0);
    }
    sigset_t mask;
    CHECK_EQ(pthread_sigmask(SIG_BLOCK, NULL, &mask), 0);
    CHECK_EQ(sigismember(&mask, SIGALRM), 0); /* the mask is as it was */
    return 0;
}
