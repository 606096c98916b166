/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "reservation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

enum { STRIP_BYTES = 1 << 16, ATTEMPTS = 16 }; /* a strip is a whole number of pages, however large those are */

/* ---- limits ----------------------------------------------------------------------------------------------------------------------- */

/* The first one. By hand: strtoll has another name since glibc 2.38. */
static int64_t number_in(const char *text) {
    int64_t number = 0;
    for (text += strspn(text, " \t"); *text >= '0' && *text <= '9'; text++) number = 10 * number + (*text - '0');
    return number;
}

/* The kilobytes that a line 'key' of a file in /proc names, in bytes; -1 where there is none. Without stdio: memory may be short where this is asked. */
static int64_t bytes_of(const char *path, const char *key) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return -1;
    char chunk[1024], line[64];
    size_t length = 0;
    int64_t bytes = -1;
    ssize_t got;
    while (bytes < 0 && (got = read(file, chunk, sizeof chunk)) > 0) {
        for (ssize_t i = 0; i < got && bytes < 0; i++) {
            if (chunk[i] != '\n') {
                if (length < sizeof line - 1) line[length++] = chunk[i];
                continue;
            }
            line[length] = '\0';
            length = 0;
            if (strncmp(line, key, strlen(key)) == 0) bytes = number_in(line + strlen(key)) * 1024;
        }
    }
    close(file);
    return bytes;
}

static int64_t left_of(int64_t limit, const char *path, const char *key) {
    int64_t used = bytes_of(path, key);
    return used < 0 || used > limit ? 0 : limit - used;
}

static int64_t left_of_resource(__rlimit_resource_t resource, const char *key) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0 || limit.rlim_cur > INT64_MAX) return INT64_MAX; /* RLIM_INFINITY among them */
    return left_of((int64_t)limit.rlim_cur, "/proc/self/status", key);
}

static bool overcommit_is_strict(void) {
    char mode = 0;
    int file = open("/proc/sys/vm/overcommit_memory", O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    bool strict = read(file, &mode, 1) == 1 && mode == '2';
    close(file);
    return strict;
}

static int64_t smaller(int64_t a, int64_t b) {
    return a < b ? a : b;
}

int64_t reservation_left(void) {
    int64_t left = smaller(left_of_resource(RLIMIT_AS, "VmSize:"), left_of_resource(RLIMIT_DATA, "VmData:"));
    if (!overcommit_is_strict()) return left;
    return smaller(left, left_of(bytes_of("/proc/meminfo", "CommitLimit:"), "/proc/meminfo", "Committed_AS:"));
}

int64_t reservation_bytes(int pieces, int64_t bytes) {
    return pieces * (bytes + STRIP_BYTES) + STRIP_BYTES;
}

const char *reservation_failure(int error) {
    if (error == EAGAIN) return ", the process locks its memory (mlockall), and there is a limit on that (ulimit -l)";
    if (error != ENOMEM) return "";
    return overcommit_is_strict() ? ", vm.overcommit_memory=2 counts what is only reserved" : ", there is a limit (ulimit -v or -d)";
}

/* ---- mappings --------------------------------------------------------------------------------------------------------------------- */

/* A kernel before 4.17 takes the address for a wish. */
static bool map_at(char *address, size_t bytes) {
    char *mapped = mmap(address, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    if (mapped == address) return true;
    if (mapped != MAP_FAILED) {
        munmap(mapped, bytes);
        errno = EEXIST;
    }
    return false;
}

/* A strip in front of the first piece, and one behind each that has room for it before the next. */
static size_t with_strip(int piece, int pieces, int64_t bytes, int64_t stride) {
    return (size_t)(bytes + (bytes < stride || piece == pieces - 1 ? STRIP_BYTES : 0));
}

void reservation_undo(char *first, int pieces, int64_t bytes, int64_t stride) {
    int error = errno;
    munmap(first - STRIP_BYTES, STRIP_BYTES);
    for (int i = 0; i < pieces; i++) munmap(first + i * stride, with_strip(i, pieces, bytes, stride));
    errno = error;
}

static bool map(char *first, int pieces, int64_t bytes, int64_t stride) {
    if (!map_at(first - STRIP_BYTES, STRIP_BYTES)) return false;
    for (int i = 0; i < pieces; i++) {
        if (map_at(first + i * stride, with_strip(i, pieces, bytes, stride))) continue;
        int error = errno;
        munmap(first - STRIP_BYTES, STRIP_BYTES);
        while (--i >= 0) munmap(first + i * stride, with_strip(i, pieces, bytes, stride));
        errno = error;
        return false;
    }
    return true;
}

static char *map_anywhere(int64_t bytes) {
    char *mapped = mmap(NULL, (size_t)(bytes + 2 * STRIP_BYTES), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return mapped == MAP_FAILED ? NULL : mapped + STRIP_BYTES;
}

/*
 * Several pieces go where nobody is: to the middle between 0 and where the kernel maps. Heaps lie below it, everything else above. To have the kernel
 * find a place for all, it would have to be mapped whole for a moment, and a limit on address space might not allow for that.
 */
static char *find(int pieces, int64_t bytes, int64_t stride) {
    char *one = map_anywhere(pieces == 1 ? bytes : 0);
    if (pieces == 1 || one == NULL) return one;
    munmap(one - STRIP_BYTES, 2 * STRIP_BYTES);
    uintptr_t distance = (uintptr_t)stride * (uintptr_t)(pieces + 1);
    uintptr_t at = ((uintptr_t)one / 2) & -(uintptr_t)stride;
    for (int i = 0; i < ATTEMPTS && at > distance; i++, at -= distance) {
        if (map((char *)at, pieces, bytes, stride)) return (char *)at;
        if (errno != EEXIST) return NULL;
    }
    errno = EEXIST;
    return NULL;
}

/* Whether something of this process is locked. It is, once something was mapped under MCL_FUTURE. */
static bool is_locked(void) {
    return bytes_of("/proc/self/status", "VmLck:") != 0;
}

char *reservation_make(int pieces, int64_t bytes, int64_t stride, const char *name) {
    char *first = find(pieces, bytes, stride);
    if (first == NULL) return NULL;
    bool locked = is_locked();
    for (int i = 0; i < pieces; i++) {
        char *piece = first + i * stride;
        /* Before it can be written: what is locked then is made resident at once. */
        if (locked) munlock(piece, (size_t)bytes);
        if (mprotect(piece, (size_t)bytes, PROT_READ | PROT_WRITE) != 0) {
            reservation_undo(first, pieces, bytes, stride);
            return NULL;
        }
        /* A huge page under one cell of each CPU would cost what the layout saves. EINVAL: this kernel has none to forbid. */
        madvise(piece, (size_t)bytes, MADV_NOHUGEPAGE);
        /* For who reads /proc/PID/maps; Linux 5.17, where it was built in. */
        prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, piece, bytes, name);
    }
    return first;
}
