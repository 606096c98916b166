/*
 * abi.h: the kernel's side of rseq(2), as far as this project uses it.
 *
 * Source: include/uapi/linux/rseq.h and kernel/rseq.c of Linux 4.18 to 7.2. Written out here because the header of the build machine
 * may be older than the kernel that the library runs on.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_JVM_ABI_H
#define RSEQ_JVM_ABI_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#define RSEQ_SYSCALL 334
#define RSEQ_SIGNATURE 0x53053053u
#elif defined(__aarch64__)
#define RSEQ_SYSCALL 293
#define RSEQ_SIGNATURE 0xd428bc00u
#else
#error "rseq for the JVM supports x86-64 and aarch64"
#endif

#define RSEQ_UNREGISTER 1

/* cpu_id of an area that is not registered: fresh, or failed for good (glibc's dormant area). */
#define RSEQ_CPU_UNINITIALIZED ((int32_t)-1)
#define RSEQ_CPU_FAILED ((int32_t)-2)

/* The length that every kernel since 4.18 accepts, and the only one that the old protocol knows. */
#define RSEQ_ORIGINAL_LENGTH 32u
#define RSEQ_ORIGINAL_ALIGNMENT 32u

/*
 * What the agent's own area has room for where no library shares it, and how it is aligned. Linux 7.2 offers 33 bytes and wants 64. But dlopen
 * refuses thread-local storage that is aligned to more than glibc aligns its own: 64 on x86-64, on aarch64 32 from glibc 2.35 on, 16 before.
 */
#define RSEQ_OWN_LENGTH_MAX 56u
#if defined(__aarch64__)
#define RSEQ_OWN_ALIGNMENT 32u
#else
#define RSEQ_OWN_ALIGNMENT 64u
#endif

/* Bytes of the area that must be usable before a field may be read. */
#define RSEQ_USABLE_CPU_ID 8u
#define RSEQ_USABLE_ORIGINAL 20u
#define RSEQ_USABLE_NODE_ID 24u
#define RSEQ_USABLE_MM_CID 28u

/* Auxiliary vector, Linux 6.3; absent from older headers. */
#define RSEQ_AT_FEATURE_SIZE 27
#define RSEQ_AT_ALIGN 28

struct rseq_area {
    uint32_t cpu_id_start; /* never trust it in a foreign area: tcmalloc keeps a slab pointer there */
    int32_t cpu_id;        /* < 0: not registered */
    uint64_t rseq_cs;
    uint32_t flags;
    uint32_t node_id; /* Linux 6.3 */
    uint32_t mm_cid;  /* Linux 6.3 */
    uint32_t reserved;
};

_Static_assert(sizeof(struct rseq_area) == RSEQ_ORIGINAL_LENGTH, "the original area is 32 bytes");
_Static_assert(offsetof(struct rseq_area, cpu_id) == 4, "cpu_id");
_Static_assert(offsetof(struct rseq_area, node_id) == 20, "node_id");
_Static_assert(offsetof(struct rseq_area, mm_cid) == 24, "mm_cid");

#endif
