/*
 * Libraries of the old protocol that were loaded locally before the decision: dlsym in the global scope finds none of them. The one that
 * the kernel confirms on this thread wins, wherever it is; where there is none, the first that can be registered does.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <dlfcn.h>

#include "../include/rseq_agent.h"
#include "../src/kernel.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

static void *load(const char *path, int scope) {
    void *library = dlopen(path, RTLD_NOW | scope);
    CHECK(library != NULL);
    return library;
}

static bool decide(struct ownership *decision) {
    struct ownership_request request = {.forced = OWNER_KINDS};
    bool needs_own_area;
    ownership_decide(&request, decision, &needs_own_area);
    CHECK_EQ(decision->reason[0], '\0');
    return needs_own_area;
}

static void *use_area_of(void *library) {
    struct rseq_area *area = dlsym(library, "__rseq_abi");
    const uint32_t *refcount = dlsym(library, "__rseq_refcount");
    uint32_t before = *refcount;
    CHECK(ownership_area(registration_ownership()) == area);
    CHECK_EQ(rseq_agent_register_current_thread(), 0);
    CHECK(kernel_is_registered_at(area, RSEQ_ORIGINAL_LENGTH));
    CHECK_EQ(*refcount, before + 1);
    CHECK_EQ(rseq_agent_unregister_current_thread(), 0);
    CHECK_EQ(*refcount, before);
    return NULL;
}

static void expect_free(const char *path) {
    struct ownership decision;
    CHECK(!decide(&decision));
    CHECK_EQ(decision.owner, OWNER_AGENT);
    CHECK(registration_open(&decision));
    void *library = load(path, RTLD_LOCAL | RTLD_NOLOAD);
    use_area_of(library);
    world_in_thread(use_area_of, library);
    /* The decision holds it, whatever else closes it. */
    dlclose(library);
    dlclose(library);
    use_area_of(load(path, RTLD_LOCAL | RTLD_NOLOAD));
}

static void free_one(void *unused) {
    (void)unused;
    load(FREE, RTLD_LOCAL);
    expect_free(FREE);
}

static void one_at_another_place_in_each_thread(void *unused) {
    (void)unused;
    load(DYNAMIC, RTLD_LOCAL);
    expect_free(DYNAMIC);
}

static void first_of_two(void *unused) {
    (void)unused;
    load(FREE, RTLD_LOCAL);
    load(DYNAMIC, RTLD_LOCAL);
    expect_free(FREE);
}

static void check_registered_wins(int scope_of_the_free) {
    void *registered = load(REGISTERED, RTLD_LOCAL); /* first, so that it binds to its own area */
    load(FREE, scope_of_the_free);
    struct ownership decision;
    CHECK(!decide(&decision));
    CHECK_EQ(decision.owner, OWNER_FOREIGN);
    CHECK(registration_open(&decision));
    use_area_of(registered);
}

static void registered_beside_a_local_one(void *unused) {
    (void)unused;
    check_registered_wins(RTLD_LOCAL);
}

static void registered_beside_a_global_one(void *unused) {
    (void)unused;
    check_registered_wins(RTLD_GLOBAL);
}

static void one_whose_library_gave_up(void *unused) {
    (void)unused;
    struct rseq_area *area = dlsym(load(FREE, RTLD_LOCAL), "__rseq_abi");
    area->cpu_id = RSEQ_CPU_FAILED;
    struct ownership decision;
    CHECK(decide(&decision));
    CHECK_EQ(area->cpu_id, RSEQ_CPU_FAILED);
}

int main(void) {
    world_check();
    world_in_child(free_one, NULL);
    world_in_child(one_at_another_place_in_each_thread, NULL);
    world_in_child(first_of_two, NULL);
    world_in_child(registered_beside_a_local_one, NULL);
    world_in_child(registered_beside_a_global_one, NULL);
    world_in_child(one_whose_library_gave_up, NULL);
    return 0;
}
