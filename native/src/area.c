/*
 * area.c: the agent's own rseq area, a library of its own (librseq_area.so).
 *
 * It is opened only when the agent owns the registration, so that in a process whose glibc owns, nobody can find an __rseq_abi that
 * looks alive and is not. Opened RTLD_GLOBAL it is what libraries loaded later bind to (export=on); opened RTLD_LOCAL nobody sees it.
 *
 * initial-exec, because the JVM's compiled code reads the area at a constant distance from the thread pointer. A library with
 * initial-exec TLS may be refused by dlopen ("cannot allocate memory in static TLS block"): the opener then falls back and says so.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "abi.h"

#define EXPORTED __attribute__((visibility("default")))
#define INITIAL_EXEC __attribute__((tls_model("initial-exec")))

/* The definitions are local, so that our own address never depends on which library's symbol came first; the names are weak aliases. */
static INITIAL_EXEC __thread struct rseq_area own_area __attribute__((aligned(32), used)) = {.cpu_id = RSEQ_CPU_UNINITIALIZED};
static INITIAL_EXEC __thread uint32_t own_refcount __attribute__((used));

extern EXPORTED __thread struct rseq_area __rseq_abi __attribute__((weak, alias("own_area")));
extern EXPORTED __thread uint32_t __rseq_refcount __attribute__((weak, alias("own_refcount")));

/* The calling thread's area and refcount. */
EXPORTED struct rseq_area *rseq_agent_own_area(void);
EXPORTED uint32_t *rseq_agent_own_refcount(void);

struct rseq_area *rseq_agent_own_area(void) {
    return &own_area;
}

uint32_t *rseq_agent_own_refcount(void) {
    return &own_refcount;
}
