/*
 * The story of the two mails, exhaustively: libA, libB and the agent come and go on one thread in every order, also more than once. A
 * walk is WALK steps; in each, one of the three counts itself in, or out when it was in. After each step the refcount is the number of
 * parties that are in; while one is in, the area is registered and reads a CPU; when the last goes, whichever it is and whichever made the
 * registration, the area is unregistered.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../include/rseq_agent.h"
#include "../src/kernel.h"
#include "../src/registration.h"
#include "check.h"
#include "world.h"

enum { LIB_A, LIB_B, AGENT, PARTIES, WALK = 7, WALKS = 3 * 3 * 3 * 3 * 3 * 3 * 3 };

struct expectation {
    bool in[PARTIES];
    uint32_t count;
};

static void step(int party, struct expectation *expected) {
    bool agent = party == AGENT;
    if (expected->in[party]) {
        CHECK_EQ(agent ? rseq_agent_unregister_current_thread() : counting_library_unregister(), 0);
        expected->count--;
    } else {
        CHECK_EQ(agent ? rseq_agent_register_current_thread() : counting_library_register(), 0);
        expected->count++;
    }
    expected->in[party] = !expected->in[party];
}

static void compare(const struct expectation *expected, int walk, int at) {
    const struct ownership *owned = registration_ownership();
    struct rseq_area *area = ownership_area(owned);
    bool registered = kernel_is_registered_at(area, RSEQ_ORIGINAL_LENGTH);
    uint32_t count = *owned->refcount_of_thread();
    if (registered == (expected->count > 0) && count == expected->count && (world_cpu_id(area) >= 0) == registered) return;
    fprintf(stderr, "walk %d, after step %d: registered=%d cpu_id=%d refcount=%u, expected refcount=%u\nsteps:", walk, at, registered,
            world_cpu_id(area), count, expected->count);
    for (int i = 0; i <= at; i++, walk /= 3) fprintf(stderr, " %s", (const char *[]){"libA", "libB", "agent"}[walk % 3]);
    fprintf(stderr, "\n");
    exit(EXIT_FAILURE);
}

static void *walk_on_a_fresh_thread(void *argument) {
    int walk = *(const int *)argument;
    struct expectation expected = {.count = 0};
    int rest = walk;
    for (int at = 0; at < WALK; at++, rest /= 3) {
        step(rest % 3, &expected);
        compare(&expected, walk, at);
    }
    for (int party = 0; party < PARTIES; party++) {
        if (expected.in[party]) step(party, &expected);
    }
    CHECK_EQ(*registration_ownership()->refcount_of_thread(), 0);
    CHECK_EQ(kernel_is_registered(), REGISTRATION_FREE);
    return argument;
}

int main(void) {
    world_check();
    world_agent_owns(true);
    for (int walk = 0; walk < WALKS; walk++) world_in_thread(walk_on_a_fresh_thread, &walk);
    CHECK_EQ(world_live_records(), 0);
    return 0;
}
