/*
 * area.c: the agent's own rseq area, a library of its own (librseq_area.so).
 *
 * It is opened only when the agent owns the registration, so that in a process whose glibc owns, nobody can find an __rseq_abi that
 * looks alive and is not. Opened RTLD_GLOBAL it is what libraries loaded later bind to (export=on); opened RTLD_LOCAL nobody sees it, and the
 * area for one user alone serves, which has room for all that the kernel offers.
 *
 * Google's tcmalloc takes the __rseq_abi that it binds to for its own. Since September 2023 it keeps the address of the CPU's slab in the four
 * bytes in front of the area and cpu_id_start, reads it there through __rseq_abi, writes it as tcmalloc_slabs, and checks that both, and its
 * sampler, lie in one cache line (tcmalloc/internal/percpu.cc, InitPerCpu). So the names that it uses for them are here, too, in its own
 * layout, which is the same from February 2024 to August 2026. In September 2023, before its sampler came there, the whole line was
 * tcmalloc_rseq, of which it uses the same words. One sampler's place does not serve all: it may be 48 bytes long and end in front of the
 * slabs' address until January 2024, and since May 2026 it must be 36 bytes in front of that address.
 *
 * initial-exec, because the JVM's compiled code reads the area at a constant distance from the thread pointer. A library with
 * initial-exec TLS may be refused by dlopen ("cannot allocate memory in static TLS block"): the opener then falls back and says so.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "abi.h"

#define EXPORTED __attribute__((visibility("default")))
#define INITIAL_EXEC __attribute__((tls_model("initial-exec")))

struct own_areas {
    struct rseq_area alone;
    unsigned char more_of_alone[RSEQ_OWN_LENGTH_MAX - sizeof(struct rseq_area)];
    unsigned char tcmalloc_sampler[32];
    uint32_t refcount;
    uint32_t tcmalloc_slabs; /* its first half; the second is cpu_id_start */
    struct rseq_area shared;
};

_Static_assert(offsetof(struct own_areas, tcmalloc_sampler) == 56, "where the names below are");
_Static_assert(offsetof(struct own_areas, refcount) == 88, "where the names below are");
_Static_assert(offsetof(struct own_areas, tcmalloc_slabs) == 92, "where the names below are");
_Static_assert(offsetof(struct own_areas, shared) == 96, "where the names below are");

/* The definitions are local, so that our own addresses never depend on which library's symbol came first; the names are weak. */
static INITIAL_EXEC __thread struct own_areas own_areas __asm__("rseq_agent_own_areas")
    __attribute__((aligned(RSEQ_OWN_ALIGNMENT), used)) = {.alone = {.cpu_id = RSEQ_CPU_UNINITIALIZED}, .shared = {.cpu_id = RSEQ_CPU_UNINITIALIZED}};

/* C has no names for parts of an object. */
#define NAMED(name, at, bytes)                        \
    __asm__(".weak " name "\n.type " name             \
            ", %tls_object\n"                         \
            ".set " name ", rseq_agent_own_areas + " at \
            "\n.size " name ", " bytes)

NAMED("__rseq_abi", "96", "32");
NAMED("__rseq_refcount", "88", "4");
NAMED("tcmalloc_rseq", "64", "64");
NAMED("tcmalloc_slabs", "92", "8");
NAMED("tcmalloc_sampler", "56", "32");

/* The calling thread's area, for many users or for one, and the refcount of either. */
EXPORTED struct rseq_area *rseq_agent_own_area(void);
EXPORTED struct rseq_area *rseq_agent_own_area_alone(void);
EXPORTED uint32_t *rseq_agent_own_refcount(void);

struct rseq_area *rseq_agent_own_area(void) {
    return &own_areas.shared;
}

struct rseq_area *rseq_agent_own_area_alone(void) {
    return &own_areas.alone;
}

uint32_t *rseq_agent_own_refcount(void) {
    return &own_areas.refcount;
}
