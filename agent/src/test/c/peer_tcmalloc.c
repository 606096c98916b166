/*
 * peer_tcmalloc.c: what Google's tcmalloc does with rseq (tcmalloc/internal/percpu.{h,cc}, percpu_tcmalloc.h, percpu_rseq_asm.S). The first use
 * decides for the process: where the first thread can be registered in __rseq_abi, or is registered there already, all go the fast way, and a
 * thread that can't be registered later is an abort(). Where it can't, all go the slow way, and cpu_id is -2. It never unregisters.
 *
 *   SLABS  since September 2023: the address of the CPU's slab is kept in the four bytes in front of the area and in cpu_id_start, with the top
 *          bit set. It is written as tcmalloc_slabs and read through __rseq_abi; where the two are not one, the loop that caches it never
 *          ends. The first thread that registers checks the layout, which is that of February 2024 to August 2026, and aborts at another.
 *   LINE   with SLABS, what it was from September 11 to 28, 2023: tcmalloc_rseq is the cache line that holds both, and nothing else lies there.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "peer.h"

#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#define INITIAL_EXEC __attribute__((tls_model("initial-exec")))

enum state { UNTRIED, TRYING, FAST, SLOW };
enum { UNSUPPORTED = -2, TURNS = 100 * 1000 * 1000 };

static atomic_int state; /* of the process */

extern void *__libc_malloc(size_t bytes);

#ifdef SLABS

static const uint64_t cached = 1ull << 63;

static void check(int holds) {
    if (!holds) abort();
}

#ifdef LINE

__asm__(".pushsection .tdata, \"awT\", %progbits\n"
        ".globl tcmalloc_rseq\n.globl __rseq_abi\n"
        ".type tcmalloc_rseq, %object\n.type __rseq_abi, %object\n"
        ".p2align 6\n"
        "tcmalloc_rseq: .zero 32\n"
        "__rseq_abi: .long 0, -1, 0, 0, 0, 0, 0, -1\n"
        ".size __rseq_abi, 32\n.size tcmalloc_rseq, 64\n"
        ".popsection");

struct line {
    char unused[28];
    uint64_t slabs;
} __attribute__((packed));

extern __thread volatile struct line tcmalloc_rseq INITIAL_EXEC __attribute__((aligned(64)));
extern __thread volatile struct area __rseq_abi INITIAL_EXEC;

static void check_layout(void) {
    uintptr_t area = (uintptr_t)&__rseq_abi;
    volatile uintptr_t line = (uintptr_t)&tcmalloc_rseq; /* the compiler does not believe that objects overlap */
    check(area % 32 == 0);
    check(line % 64 == 0);
    check(line + 32 == area);
}

static void set_slabs(uint64_t address) {
    tcmalloc_rseq.slabs = address;
}

static void count_allocation(void) {}

#else

__asm__(".pushsection .tdata, \"awT\", %progbits\n"
        ".globl tcmalloc_sampler\n.globl tcmalloc_cached_vcpu\n.globl tcmalloc_slabs\n.globl __rseq_abi\n"
        ".type tcmalloc_sampler, %object\n.type tcmalloc_cached_vcpu, %object\n.type tcmalloc_slabs, %object\n.type __rseq_abi, %object\n"
        ".p2align 6\n.zero 56\n"
        "tcmalloc_sampler: .zero 32\n"
        "tcmalloc_cached_vcpu: .long -1\n"
        "tcmalloc_slabs: .long 0\n"
        "__rseq_abi: .long 0, -1, 0, 0, 0, 0, 0, -1\n"
        ".size __rseq_abi, 32\n.size tcmalloc_sampler, 32\n.size tcmalloc_slabs, 8\n"
        ".popsection");

struct sampler {
    int64_t cold[3];
    int64_t bytes_until_sample;
};

extern __thread struct sampler tcmalloc_sampler INITIAL_EXEC;
extern __thread volatile int32_t tcmalloc_cached_vcpu INITIAL_EXEC;
extern __thread volatile uint64_t tcmalloc_slabs INITIAL_EXEC;
extern __thread volatile struct area __rseq_abi INITIAL_EXEC;

static void check_layout(void) {
    uintptr_t area = (uintptr_t)&__rseq_abi;
    volatile uintptr_t slabs = (uintptr_t)&tcmalloc_slabs; /* the compiler does not believe that objects overlap */
    uintptr_t sampler = (uintptr_t)&tcmalloc_sampler;
    check(area % 32 == 0);
    check(area / 64 == slabs / 64);
    check(area / 64 == (sampler + offsetof(struct sampler, bytes_until_sample)) / 64);
    check(slabs == area - 4);
    check(sampler % 8 == 0);
    check(sampler + 36 == slabs);
}

static void set_slabs(uint64_t address) {
    tcmalloc_cached_vcpu = __rseq_abi.cpu_id;
    tcmalloc_slabs = address;
}

static void count_allocation(void) {
    tcmalloc_sampler.bytes_until_sample--;
}

#endif

static uint64_t slabs_in_front_of_the_area(void) {
    uintptr_t area = (uintptr_t)&__rseq_abi;
    __asm__("" : "+r"(area)); /* the compiler knows that nothing of the area's lies in front of it */
    return *(volatile uint64_t *)(area - 4);
}

/* Once more where the kernel wrote a CPU over the address. The real one has no end to its turns. */
static void cache_slabs(void) {
    for (int turn = 0; (slabs_in_front_of_the_area() & cached) == 0; turn++) {
        set_slabs(cached | 0x1234567800ull);
        if (turn < TURNS) continue;
        fprintf(stderr, "tcmalloc spins\n");
        abort();
    }
    count_allocation();
}

#else

extern EXPORTED __thread volatile struct area __rseq_abi INITIAL_EXEC;
__thread volatile struct area __rseq_abi INITIAL_EXEC __attribute__((aligned(32))) = {.cpu_id = NOT_REGISTERED};

static void check_layout(void) {}
static void cache_slabs(void) {}

#endif

struct area *peer_area(void) {
    return (struct area *)&__rseq_abi;
}

uint32_t *peer_refcount(void) {
    return NULL;
}

static int register_thread(void) {
    return __rseq_abi.cpu_id >= 0 ? 0 : system_call(&__rseq_abi, AREA_BYTES, 0, RSEQ_SIGNATURE);
}

static int is_fast(void) {
    if (__rseq_abi.cpu_id >= 0) return 1;
    if (__rseq_abi.cpu_id == UNSUPPORTED) return 0;
    int untried = UNTRIED;
    if (atomic_compare_exchange_strong(&state, &untried, TRYING)) {
        int fast = register_thread() == 0;
        if (fast) check_layout();
        atomic_store(&state, fast ? FAST : SLOW);
    }
    while (atomic_load(&state) == TRYING) sched_yield();
    if (atomic_load(&state) == SLOW) __rseq_abi.cpu_id = UNSUPPORTED;
    else if (register_thread() != 0) abort();
    return atomic_load(&state) == FAST;
}

/* One allocation. EINVAL: it goes the slow way. */
static int allocate(void) {
    if (!is_fast()) return EINVAL;
    cache_slabs();
    return 0;
}

int peer_register(void) {
    return allocate();
}

int peer_unregister(void) {
    return allocate();
}

EXPORTED void *malloc(size_t bytes) {
    allocate();
    return __libc_malloc(bytes);
}
