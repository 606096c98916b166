/*
 * peer_librseq.c: what librseq does (src/rseq.c, 2023 and later): its own area, found by rseq_offset; rseq_size is 0 until the first thread
 * was registered, and from then on a registration that fails is an abort(). Where glibc registers threads, it does nothing.
 *
 *   BLIND    its user registers each thread without a look
 *   RETURNS  of 2021-12 to 2023-04, which can be loaded later, too: what fails is -1
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "peer.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>

enum { FEATURE_SIZE = 28 };

extern EXPORTED ptrdiff_t rseq_offset;
extern EXPORTED unsigned int rseq_size;
extern EXPORTED unsigned int rseq_flags;
EXPORTED int rseq_register_current_thread(void);
EXPORTED int rseq_unregister_current_thread(void);

ptrdiff_t rseq_offset;
unsigned int rseq_size;
unsigned int rseq_flags;

static int glibc_registers;
static __thread struct area area __attribute__((aligned(32), tls_model("initial-exec"))) = {.cpu_id = NOT_REGISTERED};
static __thread int last_error __attribute__((tls_model("initial-exec")));

__attribute__((constructor)) static void find_glibc(void) {
    const unsigned int *size = dlsym(RTLD_NEXT, "__rseq_size");
    const ptrdiff_t *offset = dlsym(RTLD_NEXT, "__rseq_offset");
    glibc_registers = size != NULL && offset != NULL && *size != 0;
    rseq_offset = glibc_registers ? *offset : (char *)&area - (char *)__builtin_thread_pointer();
    rseq_size = glibc_registers ? *size : 0;
}

int rseq_register_current_thread(void) {
    if (glibc_registers) return 0;
    last_error = system_call(&area, AREA_BYTES, 0, RSEQ_SIGNATURE);
    if (last_error == 0) {
        if (rseq_size == 0) rseq_size = FEATURE_SIZE;
        return 0;
    }
#ifndef RETURNS
    if (rseq_size > 0) abort();
#endif
    return -1;
}

int rseq_unregister_current_thread(void) {
    if (glibc_registers) return 0;
    last_error = system_call(&area, AREA_BYTES, UNREGISTER, RSEQ_SIGNATURE);
    return last_error == 0 ? 0 : -1;
}

struct area *peer_area(void) {
    return (struct area *)((char *)__builtin_thread_pointer() + rseq_offset);
}

uint32_t *peer_refcount(void) {
    return NULL;
}

/* A user of librseq that looks first whether the thread is registered already; without a look (BLIND), librseq aborts where it is. */
int peer_register(void) {
#ifdef BLIND
    return rseq_register_current_thread() == 0 ? 0 : last_error;
#endif
    if (rseq_size > 0 && *(volatile int32_t *)&peer_area()->cpu_id >= 0) return 0;
    return rseq_register_current_thread() == 0 ? 0 : last_error;
}

int peer_unregister(void) {
    return rseq_unregister_current_thread() == 0 ? 0 : last_error;
}
