/*
 * own_area.c: opens the agent's own area, row 6 of the table in docs/ownership.md, and decides with which length it is registered.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <sys/auxv.h>

#include "distance.h"
#include "glibc_compat.h"
#include "kernel.h"
#include "ownership.h"

enum { CACHE_LINE = 64 };

static struct rseq_area *(*own_area)(void);
static uint32_t *(*own_refcount)(void);

/*
 * Whether the kernel takes this area of the calling thread, which is free, at this length: the facts of the auxiliary vector may be those of a
 * kernel below a sandbox or an emulator.
 */
static bool kernel_takes(struct rseq_area *area, uint32_t length) {
    if (kernel_rseq(area, length, 0, RSEQ_SIGNATURE) != 0) return false;
    return kernel_rseq(area, length, RSEQ_UNREGISTER, RSEQ_SIGNATURE) == 0;
}

/*
 * Where nobody can see the area, it is registered with all that the kernel offers: from 7.1 on, such a registration costs a system call and
 * an interrupt less than one of 32 bytes, which is for those who know no other. Where the area is shared, 32 is what the others register.
 */
static void choose_own_area(struct ownership *decision, void *library) {
    uint32_t offered = (uint32_t)getauxval(RSEQ_AT_FEATURE_SIZE);
    if (offered <= RSEQ_ORIGINAL_LENGTH || offered > RSEQ_OWN_LENGTH_MAX || getauxval(RSEQ_AT_ALIGN) > RSEQ_OWN_ALIGNMENT) return;
    struct rseq_area *(*alone)(void) = (struct rseq_area * (*)(void)) dlsym(library, "rseq_agent_own_area_alone");
    if (alone == NULL || !kernel_takes(alone(), offered)) return;
    own_area = alone;
    decision->length = offered;
}

/*
 * tcmalloc that binds to the area ends the process where the words in front of it are not in the area's cache line (area.c). On aarch64 that
 * is so where glibc happens to put them there; all threads but the main thread, on which a JVM runs no Java, have the same place in a line.
 */
static bool is_where_tcmalloc_wants_it(void) {
    return (uintptr_t)own_area() % CACHE_LINE == CACHE_LINE / 2;
}

static char *own_area_address(void) {
    return (char *)own_area();
}

bool ownership_open_own_area(struct ownership *decision, const char *path, bool visible) {
    void *library = path == NULL ? NULL : dlopen(path, RTLD_NOW | RTLD_NODELETE | RTLD_LOCAL);
    if (library != NULL) {
        own_area = (struct rseq_area * (*)(void)) dlsym(library, "rseq_agent_own_area");
        own_refcount = (uint32_t * (*)(void)) dlsym(library, "rseq_agent_own_refcount");
    }
    if (library == NULL || own_area == NULL || own_refcount == NULL) {
        const char *error = path == NULL ? "there is no file" : dlerror();
        decision->owner = OWNER_NONE;
        decision->error = ENOSYS;
        snprintf(decision->reason, sizeof decision->reason, "the agent's area could not be opened: %s", error == NULL ? path : error);
        return false;
    }
    decision->length = RSEQ_ORIGINAL_LENGTH;
    bool seen = visible && is_where_tcmalloc_wants_it() && dlopen(path, RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL) != NULL;
    if (!seen) choose_own_area(decision, library);
    decision->owner = OWNER_AGENT;
    decision->registers = true;
    decision->constant_offset = distance_is_constant(own_area_address, &decision->offset); /* initial-exec TLS */
    decision->area_of_thread = own_area;
    decision->refcount_of_thread = own_refcount;
    decision->usable = ownership_usable(decision->length);
    return true;
}
