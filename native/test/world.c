/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "world.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../src/kernel.h"
#include "../src/ledger.h"
#include "../src/registration.h"
#include "check.h"

bool world_glibc_registers(void) {
    const char *world = getenv("RSEQ_WORLD");
    if (world == NULL) SKIP("RSEQ_WORLD names no world; run the tests with ctest");
    return strcmp(world, "glibc_on") == 0;
}

/* Asks glibc itself: a preloaded fixture may define the symbol, too, and comes first where all libraries are asked. */
static bool glibc_can_register(void) {
    void *glibc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
    CHECK(glibc != NULL);
    return dlsym(glibc, "__rseq_size") != NULL;
}

void world_check(void) {
    enum registration_state state = kernel_is_registered();
    if (state == REGISTRATION_NO_KERNEL) SKIP("ENOSYS: no rseq(2) here");
    if (state == REGISTRATION_FORBIDDEN) SKIP("EPERM: a seccomp filter forbids rseq(2) here");
    if (world_glibc_registers()) {
        if (!glibc_can_register()) SKIP("this glibc does not register threads (before 2.35)");
        CHECK_EQ(state, REGISTRATION_ELSEWHERE);
    } else {
        CHECK_EQ(state, REGISTRATION_FREE);
    }
}

/* Returns whether the agent needs an area of its own. */
static bool decide(struct ownership *decision) {
    struct ownership_request request = {.forced = OWNER_KINDS};
    bool needs_own_area;
    ownership_decide(&request, decision, &needs_own_area);
    return needs_own_area;
}

void world_glibc_owns(void) {
    struct ownership decision;
    CHECK(!decide(&decision));
    CHECK_EQ(decision.owner, OWNER_GLIBC);
    CHECK(registration_open(&decision));
}

static bool wanted_visible;

static void *open_own_area(void *decision) {
    if (!ownership_open_own_area(decision, AREA_LIBRARY, wanted_visible)) {
        fprintf(stderr, "%s\n", ((struct ownership *)decision)->reason);
        exit(EXIT_FAILURE);
    }
    return decision;
}

/* As in a JVM, not on the main thread, whose area may lie elsewhere in its cache line. */
void world_agent_owns(bool visible) {
    struct ownership decision;
    CHECK(decide(&decision));
    wanted_visible = visible;
    world_in_thread(open_own_area, &decision);
    CHECK(registration_open(&decision));
}

int32_t world_cpu_id(const struct rseq_area *area) {
    return *(const volatile int32_t *)&area->cpu_id;
}

void world_in_thread(void *(*body)(void *), void *argument) {
    pthread_t thread;
    CHECK_EQ(pthread_create(&thread, NULL, body, argument), 0);
    CHECK_EQ(pthread_join(thread, NULL), 0);
}

void world_in_child(void (*body)(void *), void *argument) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        body(argument);
        exit(EXIT_SUCCESS);
    }
    int status;
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
}

int world_live_records(void) {
    static struct thread_record records[64];
    return ledger_snapshot(records, 64);
}

static struct rseq_area *shared_area(void) {
    struct rseq_area *area = dlsym(RTLD_DEFAULT, "__rseq_abi");
    CHECK(area != NULL);
    return area;
}

static uint32_t *shared_refcount(void) {
    uint32_t *refcount = dlsym(RTLD_DEFAULT, "__rseq_refcount");
    CHECK(refcount != NULL);
    return refcount;
}

int counting_library_register(void) {
    uint32_t *refcount = shared_refcount();
    if (*refcount == INT_MAX) return EOVERFLOW;
    if ((*refcount)++ > 0) return 0;
    int error = kernel_rseq(shared_area(), RSEQ_ORIGINAL_LENGTH, 0, RSEQ_SIGNATURE);
    if (error == 0 || error == EBUSY) return 0;
    *refcount -= 1;
    return error;
}

int counting_library_unregister(void) {
    uint32_t *refcount = shared_refcount();
    if (*refcount == 0) return EINVAL;
    if (--*refcount > 0) return 0;
    return kernel_rseq(shared_area(), RSEQ_ORIGINAL_LENGTH, RSEQ_UNREGISTER, RSEQ_SIGNATURE);
}
