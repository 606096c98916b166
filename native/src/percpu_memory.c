/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "percpu_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

enum {
    WORD = 8,
    LINE = 64,
    FIRST_OFFSET = LINE, /* 0 is never handed out: a forgotten offset hits nobody */
    CPUS_MAX = 1 << 16,
    STRIP_BYTES = 1 << 16, /* a whole number of pages, however large those are */
    SIZES_BELOW_LINE = LINE / WORD - 1,
    SIZES_BY_LINE = 1024 / LINE,
    SIZES = SIZES_BELOW_LINE + SIZES_BY_LINE + 8 * (RSEQ_OPS_SHIFT - 10),
};

_Static_assert(SIZES < UINT8_MAX, "a size and 'none' fit a byte");

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif

/*
 * What lies where is kept outside the regions, so that no write to a cell, however wrong, can make the allocator hand memory out twice:
 * by word of a region, the size that starts there and the next free block. Like the regions it is reserved whole and touched as used.
 */
struct books {
    uint32_t next[PERCPU_REGION_BYTES / WORD]; /* of a free block: the word of the next one of its size, 0 for none */
    uint8_t size[PERCPU_REGION_BYTES / WORD];  /* 1 + the size of the object that starts here, 0 for none */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *base;
static int regions;
static struct books *books;
static uint32_t free_blocks[SIZES];
static int64_t first_unused = FIRST_OFFSET;
static struct percpu_memory_totals totals;

/* ---- sizes ------------------------------------------------------------------------------------------------------------------------ */

static int64_t round_up(int64_t bytes, int64_t unit) {
    return (bytes + unit - 1) & -unit;
}

/*
 * The size in which 'bytes' (1 to a region) are kept: words below a line, lines up to 1024, then eight steps to each doubling, so that
 * blocks that were given back fit again. Its number goes to 'size'.
 */
static int64_t kept_in(int64_t bytes, int *size) {
    if (bytes < LINE) {
        int64_t kept = round_up(bytes, WORD);
        if (kept < LINE) {
            *size = (int)(kept / WORD) - 1;
            return kept;
        }
    }
    if (bytes <= 1024) {
        int64_t kept = round_up(bytes, LINE);
        *size = SIZES_BELOW_LINE + (int)(kept / LINE) - 1;
        return kept;
    }
    int doubling = 63 - __builtin_clzll((unsigned long long)bytes - 1); /* 2^doubling < bytes <= 2^(doubling + 1) */
    int64_t step = (int64_t)1 << (doubling - 3);
    int64_t kept = round_up(bytes, step);
    *size = SIZES_BELOW_LINE + SIZES_BY_LINE + 8 * (doubling - 10) + (int)((kept >> (doubling - 3)) - 8) - 1;
    return kept;
}

/* ---- the reservation ---------------------------------------------------------------------------------------------------------------- */

/* Between two strips that nobody may touch: an address beyond either end is a fault, and not another mapping. */
static char *reserve(size_t bytes, const char *name) {
    char *memory = mmap(NULL, bytes + 2 * STRIP_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return NULL;
    char *first = memory + STRIP_BYTES;
    mprotect(memory, STRIP_BYTES, PROT_NONE);
    mprotect(first + bytes, STRIP_BYTES, PROT_NONE);
    /* A huge page under one cell of each CPU would cost what the layout saves. EINVAL: this kernel has none to forbid. */
    madvise(first, bytes, MADV_NOHUGEPAGE);
    /* For who reads /proc/PID/maps; Linux 5.17, where it was built in. */
    prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, first, bytes, name);
    return first;
}

/* Without stdio: memory is short where this is asked. */
static bool overcommit_is_strict(void) {
    char mode = 0;
    int file = open("/proc/sys/vm/overcommit_memory", O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    bool strict = read(file, &mode, 1) == 1 && mode == '2';
    close(file);
    return strict;
}

static bool reserve_locked(int cpus, char *reason, size_t size) {
    if (cpus < 1 || cpus > CPUS_MAX) {
        snprintf(reason, size, "no per-CPU memory for %d CPUs", cpus);
        return false;
    }
    if (base != NULL) {
        if (regions == cpus + 1) return true;
        snprintf(reason, size, "per-CPU memory is reserved for %d CPUs, not %d", regions - 1, cpus);
        return false;
    }
    size_t bytes = (size_t)(cpus + 1) << RSEQ_OPS_SHIFT;
    struct books *new_books = (struct books *)(void *)reserve(sizeof *new_books, "rseq per-CPU books");
    char *memory = new_books == NULL ? NULL : reserve(bytes, "rseq per-CPU memory");
    if (memory == NULL) {
        int error = errno;
        if (new_books != NULL) munmap((char *)new_books - STRIP_BYTES, sizeof *new_books + 2 * STRIP_BYTES);
        const char *why = error != ENOMEM          ? ""
                          : overcommit_is_strict() ? ", vm.overcommit_memory=2 counts what is only reserved"
                                                   : ", there is a limit (ulimit -v)";
        snprintf(reason, size, "%zu MiB of address space for per-CPU memory are not to be had: errno %d%s", bytes >> 20, error, why);
        return false;
    }
    books = new_books;
    base = memory;
    regions = cpus + 1;
    return true;
}

bool percpu_memory_reserve(int cpus, char *reason, size_t size) {
    pthread_mutex_lock(&lock);
    bool reserved = reserve_locked(cpus, reason, size);
    pthread_mutex_unlock(&lock);
    return reserved;
}

char *percpu_memory_base(void) {
    pthread_mutex_lock(&lock);
    char *memory = base;
    pthread_mutex_unlock(&lock);
    return memory;
}

/* ---- allocation --------------------------------------------------------------------------------------------------------------------- */

/* Under the lock. 'word' is where the block starts. */
static void keep_free(int size, uint32_t word) {
    books->next[word] = free_blocks[size];
    free_blocks[size] = word;
}

/* A free block of this size; 0 for none. A list that leads to where no free block can be is given up: better lost than handed out twice. */
static int64_t take_free(int size, int64_t kept) {
    uint32_t word = free_blocks[size];
    if (word == 0) return 0;
    int64_t offset = (int64_t)word * WORD;
    if (offset < FIRST_OFFSET || offset + kept > first_unused || books->size[word] != 0 || (kept >= LINE && offset % LINE != 0)) {
        free_blocks[size] = 0;
        return 0;
    }
    free_blocks[size] = books->next[word];
    return offset;
}

/* A block that nobody ever had; 0 for none. */
static int64_t take_unused(int64_t kept) {
    int64_t offset = kept >= LINE ? round_up(first_unused, LINE) : first_unused;
    if (offset + kept > PERCPU_REGION_BYTES) return 0;
    int64_t gap = offset - first_unused;
    if (gap > 0) keep_free((int)(gap / WORD) - 1, (uint32_t)(first_unused / WORD));
    first_unused = offset + kept;
    return offset;
}

int64_t percpu_memory_allocate(int64_t bytes) {
    if (bytes < 1 || bytes > PERCPU_REGION_BYTES) return -1;
    int size;
    int64_t kept = kept_in(bytes, &size);
    pthread_mutex_lock(&lock);
    int64_t offset = 0;
    if (base != NULL) {
        offset = take_free(size, kept);
        if (offset == 0) offset = take_unused(kept);
    }
    if (offset != 0) {
        books->size[offset / WORD] = (uint8_t)(size + 1);
        totals.allocated += kept;
        totals.objects++;
    }
    pthread_mutex_unlock(&lock);
    return offset == 0 ? -1 : offset;
}

/* ---- giving back -------------------------------------------------------------------------------------------------------------------- */

/* Looks before it writes: a page that was never written reads as the kernel's page of zeros, and stays that. */
static void zero_words(char *from, const char *end) {
    for (volatile uint64_t *word = (volatile uint64_t *)from; (const char *)word < end; word++) {
        if (*word != 0) *word = 0;
    }
}

static void zero(char *from, int64_t bytes, int64_t page) {
    char *end = from + bytes;
    char *first_page = (char *)round_up((int64_t)(uintptr_t)from, page);
    char *last_page = (char *)((uintptr_t)end & ~(uintptr_t)(page - 1));
    /* Refused for memory that is locked (mlockall). */
    if (first_page >= last_page || madvise(first_page, (size_t)(last_page - first_page), MADV_DONTNEED) != 0) {
        zero_words(from, end);
        return;
    }
    zero_words(from, first_page);
    zero_words(last_page, end);
}

bool percpu_memory_free(int64_t offset, int64_t bytes) {
    if (bytes < 1 || bytes > PERCPU_REGION_BYTES || offset < FIRST_OFFSET || offset % WORD != 0) return false;
    int size;
    int64_t kept = kept_in(bytes, &size);
    uint32_t word = (uint32_t)(offset / WORD);
    pthread_mutex_lock(&lock);
    bool ours = base != NULL && offset + kept <= first_unused && books->size[word] == size + 1;
    if (ours) books->size[word] = 0; /* who gives it back a second time is refused from here on */
    pthread_mutex_unlock(&lock);
    if (!ours) return false;

    int64_t page = sysconf(_SC_PAGESIZE);
    for (int region = 0; region < regions; region++) zero(base + ((int64_t)region << RSEQ_OPS_SHIFT) + offset, kept, page);

    pthread_mutex_lock(&lock);
    keep_free(size, word);
    totals.allocated -= kept;
    totals.objects--;
    pthread_mutex_unlock(&lock);
    return true;
}

struct percpu_memory_totals percpu_memory_totals(void) {
    pthread_mutex_lock(&lock);
    struct percpu_memory_totals now = totals;
    now.used = first_unused - FIRST_OFFSET;
    pthread_mutex_unlock(&lock);
    return now;
}
