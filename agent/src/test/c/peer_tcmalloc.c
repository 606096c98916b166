/*
 * peer_tcmalloc.c: what Google's tcmalloc does with rseq (tcmalloc/internal/percpu.cc). Each thread comes to it by its first malloc; it is
 * registered in the library's own __rseq_abi, or adopted where that is registered already, and never unregistered. cpu_id_start then
 * holds half of a pointer to the CPU's slab, with the top bit set. The area is believed to be the library's own: with another layout
 * around it, or another area registered on a thread after the library went to work, it aborts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "peer.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

enum state { UNTRIED, ACTIVE, INACTIVE };

static const uint32_t cookie = 0x80001234u;

static __thread struct area own_area __attribute__((aligned(32), used, tls_model("initial-exec"))) = {.cpu_id = NOT_REGISTERED};
extern EXPORTED __thread struct area __rseq_abi __attribute__((alias("own_area"), tls_model("initial-exec")));
static __thread int known __attribute__((tls_model("initial-exec")));
static atomic_int state; /* of the process: the first thread decides */

extern void *__libc_malloc(size_t bytes);

struct area *peer_area(void) {
    return &__rseq_abi;
}

uint32_t *peer_refcount(void) {
    return NULL;
}

static int first_use(void) {
    if (known || atomic_load(&state) == INACTIVE) return known ? 0 : EINVAL;
    int error = *(volatile int32_t *)&__rseq_abi.cpu_id >= 0 ? 0 : system_call(&__rseq_abi, AREA_BYTES, 0, RSEQ_SIGNATURE);
    if (error != 0) {
        if (atomic_load(&state) == ACTIVE) abort();
        atomic_store(&state, INACTIVE);
        return error;
    }
    if (&__rseq_abi != &own_area) abort();
    known = 1;
    atomic_store(&state, ACTIVE);
    __rseq_abi.cpu_id_start = cookie;
    return 0;
}

int peer_register(void) {
    return first_use();
}

int peer_unregister(void) {
    return 0;
}

EXPORTED void *malloc(size_t bytes) {
    first_use();
    return __libc_malloc(bytes);
}
