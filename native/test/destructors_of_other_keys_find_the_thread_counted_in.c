/*
 * What a library counted a thread in for, it may still do in the destructor of a key of its own, and count out there; a thread may also leave
 * the JVM there. Keys that are older than the agent's have their turn before it in each round of destructors, younger ones after it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../include/rseq_agent.h"
#include "../src/kernel.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

enum { THREADS = 20 };

/* A library with a key, and when it is done with a thread: in this round. */
struct library {
    pthread_key_t key;
    int round;
};

struct user {
    const struct library *library;
    int rounds;
    bool jvm; /* it was counted in as the JVM's */
};

static void done(void *value) {
    struct user *user = value;
    if (++user->rounds < user->library->round) {
        CHECK_EQ(pthread_setspecific(user->library->key, user), 0);
        return;
    }
    struct rseq_area *area = ownership_area(registration_ownership());
    CHECK(world_cpu_id(area) >= 0);
    CHECK(kernel_is_registered_at(area, RSEQ_ORIGINAL_LENGTH));
    CHECK_EQ(*registration_ownership()->refcount_of_thread(), 1);
    CHECK_EQ(world_live_records(), 1);
    if (user->jvm) registration_thread_ended(NULL);
    else CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);
}

static void *counts_in(void *user) {
    if (((struct user *)user)->jvm) CHECK_EQ(registration_thread_started(NULL), 0);
    else CHECK_EQ(rseq_agent_register_current_thread(), 0);
    CHECK_EQ(pthread_setspecific(((struct user *)user)->library->key, user), 0);
    return NULL;
}

int main(void) {
    world_check();
    struct library libraries[] = {{.round = 1}, {.round = 2}, {.round = 1}, {.round = 2}};
    enum { LIBRARIES = sizeof libraries / sizeof *libraries, OLDER = 2 };
    for (int i = 0; i < OLDER; i++) CHECK_EQ(pthread_key_create(&libraries[i].key, done), 0);
    world_agent_owns(true);
    for (int i = OLDER; i < LIBRARIES; i++) CHECK_EQ(pthread_key_create(&libraries[i].key, done), 0);

    uint64_t threads = 0;
    for (int i = 0; i < 2 * LIBRARIES * THREADS; i++) {
        struct user user = {.library = &libraries[i % LIBRARIES], .jvm = i / LIBRARIES % 2 == 0};
        world_in_thread(counts_in, &user);
        CHECK_EQ(user.rounds, user.library->round);
        threads++;
        CHECK_EQ(ledger_totals.registered[OWNER_AGENT], threads);
        CHECK_EQ(ledger_totals.released[OWNER_AGENT], threads);
        CHECK_EQ(ledger_totals.kernel_registrations, threads);
        CHECK_EQ(ledger_totals.kernel_unregistrations, threads);
        CHECK_EQ(world_live_records(), 0);
    }
    return 0;
}
