/*
 * ownership.h: who owns the registration of this process, decided once, in the order of the table in docs/ownership.md.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_OWNERSHIP_H
#define RSEQ_JVM_OWNERSHIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"

/* In the order of io.rseq.agent.engine.ownership.Owner. */
enum owner { OWNER_NONE, OWNER_GLIBC, OWNER_LIBRSEQ, OWNER_FOREIGN, OWNER_AGENT, OWNER_UNKNOWN, OWNER_KINDS };

/* The word that the log uses. */
const char *owner_name(enum owner owner);

struct ownership {
    enum owner owner;

    /* Where the area of the calling thread is: at a constant distance from the thread pointer, or what area_of_thread() answers. */
    bool constant_offset;
    ptrdiff_t offset;
    struct rseq_area *(*area_of_thread)(void);

    /*
     * The refcount that the area's users share; NULL where there is none, and the count is our own bookkeeping. At a constant distance from
     * the thread pointer it is found without a call, hence without a lock.
     */
    uint32_t *(*refcount_of_thread)(void);
    bool constant_refcount;
    ptrdiff_t refcount_offset;

    /* librseq's own functions, which then make the system calls; NULL with every other owner. */
    int (*register_thread)(void);
    int (*unregister_thread)(void);

    bool registers;      /* registering threads is ours to do (owners agent and librseq) */
    int error;           /* errno that a thread is refused with where there is no area */
    uint32_t length;     /* as registered */
    uint32_t usable;     /* bytes of the area that hold what the kernel writes */
    uint32_t glibc_size; /* __rseq_size; 0 unless owner is glibc */
    char reason[192];    /* why nothing better was found, or what is odd; empty when all is well */
};

/* What the world looks like to the decision; a test can build one. */
struct ownership_request {
    enum owner forced; /* OWNER_KINDS: decide */
};

/*
 * Decides, leaving 'needs_own_area' true when the answer is the agent's own area, which the caller then opens with
 * ownership_open_own_area(). Idempotent for the process: the first call decides.
 */
void ownership_decide(const struct ownership_request *request, struct ownership *decision, bool *needs_own_area);

/*
 * Opens librseq_area.so: RTLD_GLOBAL when 'visible', and where tcmalloc could live with it. On success the decision is complete (owner agent, row 6). On failure, or with a
 * NULL path, the owner becomes none, the reason says why, and false is returned.
 */
bool ownership_open_own_area(struct ownership *decision, const char *path, bool visible);

/* Bytes of an area that hold what the kernel writes: no owner's word for a size adds a field that this kernel does not have. */
uint32_t ownership_usable(uint32_t said);

/* The calling thread's area; NULL where the owner has none that can be read. */
struct rseq_area *ownership_area(const struct ownership *decision);

/* The thread pointer that area offsets are relative to. */
static inline char *thread_pointer(void) {
#if defined(__x86_64__)
    /* gcc before 11 has no __builtin_thread_pointer here. The first word of what fs points at is its address. */
    char *pointer;
    __asm__("mov %%fs:0, %0" : "=r"(pointer));
    return pointer;
#else
    return (char *)__builtin_thread_pointer();
#endif
}

#endif
