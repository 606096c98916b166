/* SPDX-License-Identifier: Apache-2.0 */
#include "../include/rseq_agent.h"
#include "../src/kernel.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

enum { THREADS = 20 };

static void *ends_with_two_native_uses(void *unused) {
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    CHECK_EQ(world_live_records(), 1);
    return unused;
}

static void *ends_with_a_jvm_and_a_native_use(void *unused) {
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    CHECK(registration_ensure(NULL) != NULL);
    CHECK_EQ(registration_thread_started(NULL), 0); /* once however often */
    CHECK_EQ(*registration_ownership()->refcount_of_thread(), 2);
    return unused;
}

static void *ends_in_pthread_exit(void *unused) {
    CHECK(registration_ensure(NULL) != NULL);
    pthread_exit(unused);
}

static pthread_key_t late_key;

/* Destructors of other keys may come after the agent's, and use the thread again, or for the first time, and never count out. */
static void use_late(void *unused) {
    (void)unused;
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
}

static void *is_used_by_a_destructor(void *unused) {
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    CHECK_EQ(pthread_setspecific(late_key, &late_key), 0);
    return unused;
}

static void *is_used_by_a_destructor_alone(void *unused) {
    CHECK_EQ(pthread_setspecific(late_key, &late_key), 0);
    return unused;
}

static void check(uint64_t threads, uint64_t system_calls) {
    CHECK_EQ(ledger_totals.registered[OWNER_AGENT], threads);
    CHECK_EQ(ledger_totals.released[OWNER_AGENT], threads);
    CHECK_EQ(ledger_totals.kernel_registrations, system_calls);
    CHECK_EQ(ledger_totals.kernel_unregistrations, system_calls);
    CHECK_EQ(world_live_records(), 0);
}

int main(void) {
    world_check();
    world_agent_owns(true);
    CHECK_EQ(pthread_key_create(&late_key, use_late), 0);
    for (int i = 0; i < THREADS; i++) world_in_thread(ends_with_two_native_uses, NULL);
    check(THREADS, THREADS);
    for (int i = 0; i < THREADS; i++) world_in_thread(ends_with_a_jvm_and_a_native_use, NULL);
    check(2 * THREADS, 2 * THREADS);
    for (int i = 0; i < THREADS; i++) world_in_thread(ends_in_pthread_exit, NULL);
    check(3 * THREADS, 3 * THREADS);
    for (int i = 0; i < THREADS; i++) world_in_thread(is_used_by_a_destructor, NULL);
    check(4 * THREADS, 4 * THREADS);
    for (int i = 0; i < THREADS; i++) world_in_thread(is_used_by_a_destructor_alone, NULL);
    check(5 * THREADS, 5 * THREADS);
    return 0;
}
