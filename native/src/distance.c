/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "distance.h"

#include <pthread.h>

#include "blocked_signals.h"
#include "glibc_compat.h"
#include "ownership.h"

enum {
    OTHERS = 2,             /* blocks that the dynamic linker allocates for two threads may lie at one distance by chance */
    STACK_BYTES = 256 * 1024 /* the default may be as large as RLIMIT_STACK, and mlockall(2) would have all of it resident */
};

struct look {
    char *(*of_thread)(void);
    ptrdiff_t distance;
};

static void *look(void *argument) {
    struct look *result = argument;
    result->distance = result->of_thread() - thread_pointer();
    return NULL;
}

static bool is_the_same_elsewhere(const struct look *here, const pthread_attr_t *attributes) {
    struct look there = {.of_thread = here->of_thread};
    pthread_t thread;
    return pthread_create(&thread, attributes, look, &there) == 0 && pthread_join(thread, NULL) == 0 && there.distance == here->distance;
}

bool distance_is_constant(char *(*of_thread)(void), ptrdiff_t *distance) {
    struct look here = {.of_thread = of_thread};
    look(&here);
    *distance = here.distance;
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return false;
    bool constant = pthread_attr_setstacksize(&attributes, STACK_BYTES) == 0;
    sigset_t before;
    block_signals(&before); /* a thread inherits that: no handler of the application's finds itself on one of ours */
    for (int i = 0; constant && i < OTHERS; i++) constant = is_the_same_elsewhere(&here, &attributes);
    restore_signals(&before);
    pthread_attr_destroy(&attributes);
    return constant;
}
