/*
 * peer.h: another party of the process that uses rseq(2), in the shape in which peer.c drives it. Each peer_*.c is one, and behaves as the
 * libraries do that it stands for. It knows nothing of the agent and nothing of Java.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PEER_H
#define PEER_H

#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define RSEQ_SYSCALL 334
#define RSEQ_SIGNATURE 0x53053053u
#else
#define RSEQ_SYSCALL 293
#define RSEQ_SIGNATURE 0xd428bc00u
#endif

#define EXPORTED __attribute__((visibility("default")))

enum { AREA_BYTES = 32, UNREGISTER = 1, NOT_REGISTERED = -1 };

struct area {
    uint32_t cpu_id_start;
    int32_t cpu_id;
    uint64_t rseq_cs;
    uint32_t rest[4];
};

/* Each for the calling thread. 0, or a positive errno value. */
EXPORTED int peer_register(void);
EXPORTED int peer_unregister(void);

/* The area that the peer reads. */
EXPORTED struct area *peer_area(void);

/* The count that it goes by; NULL: it does not count. */
EXPORTED uint32_t *peer_refcount(void);

static inline int system_call(volatile void *area, uint32_t length, int flags, uint32_t signature) {
    int saved = errno;
    long result = syscall(RSEQ_SYSCALL, area, length, flags, signature);
    int error = result == 0 ? 0 : errno;
    errno = saved;
    return error;
}

#endif
