/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sched.h>

#include "../include/rseq_agent.h"
#include "../src/kernel.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

static void *library;
static int (*library_register)(void);
static pthread_barrier_t counted_in, closed;

/* The library counts itself in first, is closed, and never counts itself out: its area was the agent's, which stays. */
static void *outlives_the_library(void *unused) {
    CHECK_EQ(library_register(), 0);
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    pthread_barrier_wait(&counted_in);
    pthread_barrier_wait(&closed);
    struct rseq_area *area = ownership_area(registration_ownership());
    CHECK(kernel_is_registered_at(area, RSEQ_ORIGINAL_LENGTH));
    for (int i = 0; i < 1000; i++) {
        CHECK(world_cpu_id(area) >= 0);
        if (i % 100 == 0) sched_yield();
    }
    CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
    CHECK_EQ(*registration_ownership()->refcount_of_thread(), 1);
    CHECK(kernel_is_registered_at(area, RSEQ_ORIGINAL_LENGTH));
    return unused;
}

int main(void) {
    world_check();
    world_agent_owns(true);
    library = dlopen(COUNTING_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    CHECK(library != NULL);
    library_register = (int (*)(void))dlsym(library, "old_protocol_register");
    CHECK(library_register != NULL);
    pthread_barrier_init(&counted_in, NULL, 4);
    pthread_barrier_init(&closed, NULL, 4);
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) CHECK_EQ(pthread_create(&threads[i], NULL, outlives_the_library, NULL), 0);
    pthread_barrier_wait(&counted_in);
    CHECK_EQ(dlclose(library), 0);
    CHECK(dlopen(COUNTING_LIBRARY, RTLD_NOW | RTLD_NOLOAD) == NULL); /* it is gone, indeed */
    pthread_barrier_wait(&closed);
    for (int i = 0; i < 3; i++) CHECK_EQ(pthread_join(threads[i], NULL), 0);
    CHECK_EQ(world_live_records(), 0);
    return 0;
}
