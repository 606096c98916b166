/*
 * A kernel whose mm_cid is 0 in every thread, to a thread that asks for its own resource usage. Preloaded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MM_CID = 24 };

static char *area(void) {
    const unsigned *size = dlsym(RTLD_DEFAULT, "__rseq_size");
    const ptrdiff_t *offset = dlsym(RTLD_DEFAULT, "__rseq_offset");
    if (size != NULL && offset != NULL && *size != 0) return (char *)__builtin_thread_pointer() + *offset;
    return dlsym(RTLD_DEFAULT, "__rseq_abi");
}

__attribute__((visibility("default"))) int getrusage(__rusage_who_t who, struct rusage *usage) {
    char *mine = who == RUSAGE_THREAD ? area() : NULL;
    if (mine != NULL) *(volatile uint32_t *)(mine + MM_CID) = 0;
    return (int)syscall(SYS_getrusage, who, usage);
}
