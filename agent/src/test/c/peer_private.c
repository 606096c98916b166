/*
 * peer_private.c: a library that registers an area which no symbol names.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "peer.h"

#include <stddef.h>

static __thread struct area area __attribute__((aligned(32), tls_model("initial-exec"))) = {.cpu_id = NOT_REGISTERED};
static __thread int tried __attribute__((tls_model("initial-exec")));

extern void *__libc_malloc(size_t bytes);

struct area *peer_area(void) {
    return &area;
}

uint32_t *peer_refcount(void) {
    return NULL;
}

int peer_register(void) {
    int error = system_call(&area, AREA_BYTES, 0, RSEQ_SIGNATURE);
    return error == EBUSY ? 0 : error;
}

int peer_unregister(void) {
    return system_call(&area, AREA_BYTES, UNREGISTER, RSEQ_SIGNATURE);
}

/* Preloaded, it takes each thread at its first malloc, before anybody else. */
EXPORTED void *malloc(size_t bytes) {
    if (!tried) {
        tried = 1;
        peer_register();
    }
    return __libc_malloc(bytes);
}
