/*
 * peer_old_protocol.c: the libraries of the protocol of 2018, which export their area as the TLS symbol __rseq_abi. Several of them share
 * the one that the dynamic linker finds first, and count its users in __rseq_refcount.
 *
 *   WEAK         the symbols are weak, and initial-exec; otherwise strong, and global-dynamic
 *   BAD_CITIZEN  counts itself in, but unregisters whatever the count is
 *   UNCOUNTED    has no count: uses a registration that it finds, makes one otherwise, and leaves it to the thread's end
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "peer.h"

#include <limits.h>
#include <stddef.h>

#ifdef WEAK
#define SHARED EXPORTED __thread __attribute__((weak, tls_model("initial-exec")))
#else
#define SHARED EXPORTED __thread __attribute__((tls_model("global-dynamic")))
#endif

extern SHARED struct area __rseq_abi;
SHARED struct area __rseq_abi __attribute__((aligned(32))) = {.cpu_id = NOT_REGISTERED};

struct area *peer_area(void) {
    return &__rseq_abi;
}

#ifdef UNCOUNTED

uint32_t *peer_refcount(void) {
    return NULL;
}

int peer_register(void) {
    if (*(volatile int32_t *)&__rseq_abi.cpu_id >= 0) return 0;
    int error = system_call(&__rseq_abi, AREA_BYTES, 0, RSEQ_SIGNATURE);
    return error == EBUSY ? 0 : error;
}

int peer_unregister(void) {
    return 0;
}

#else

extern SHARED uint32_t __rseq_refcount;
SHARED uint32_t __rseq_refcount = 0;

uint32_t *peer_refcount(void) {
    return &__rseq_refcount;
}

int peer_register(void) {
    if (__rseq_refcount == INT_MAX) return EOVERFLOW;
    if (__rseq_refcount++ > 0) return 0;
    int error = system_call(&__rseq_abi, AREA_BYTES, 0, RSEQ_SIGNATURE);
    if (error == 0 || error == EBUSY) return 0;
    __rseq_refcount--;
    return error;
}

int peer_unregister(void) {
#ifndef BAD_CITIZEN
    if (__rseq_refcount == 0) return EINVAL;
    if (--__rseq_refcount > 0) return 0;
#endif
    return system_call(&__rseq_abi, AREA_BYTES, UNREGISTER, RSEQ_SIGNATURE);
}

#endif
