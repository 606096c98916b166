/*
 * What is initial-exec TLS lies at one distance from the thread pointer of each thread, what all threads share does not. The threads that look
 * take no signal, and leave the caller's signal mask as it was.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>

#include "../src/distance.h"
#include "../src/ownership.h"
#include "check.h"

static __thread char of_each_thread __attribute__((tls_model("initial-exec")));
static char of_all;
static pthread_t caller;
static _Atomic int lookers, open_to_signals;

static void note_looker(void) {
    if (pthread_equal(pthread_self(), caller)) return;
    lookers++;
    sigset_t mask;
    if (pthread_sigmask(SIG_BLOCK, NULL, &mask) != 0 || sigismember(&mask, SIGPROF) != 1) open_to_signals++;
}

static char *static_tls(void) {
    note_looker();
    return &of_each_thread;
}

static char *one_for_all(void) {
    return &of_all;
}

/* At another distance in the first thread alone. */
static char *moved(void) {
    static _Atomic int calls;
    return thread_pointer() + (calls++ == 0 ? 0 : 64);
}

int main(void) {
    caller = pthread_self();
    ptrdiff_t distance = 0;
    CHECK(distance_is_constant(static_tls, &distance));
    CHECK_EQ(distance, &of_each_thread - thread_pointer());
    CHECK_EQ(lookers, 2);
    CHECK_EQ(open_to_signals, 0);

    CHECK(!distance_is_constant(one_for_all, &distance));
    CHECK_EQ(distance, &of_all - thread_pointer());

    CHECK(!distance_is_constant(moved, &distance));
    CHECK_EQ(distance, 0);

    sigset_t mask;
    CHECK_EQ(pthread_sigmask(SIG_BLOCK, NULL, &mask), 0);
    CHECK_EQ(sigismember(&mask, SIGPROF), 0);
    return 0;
}
