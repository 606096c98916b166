/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "percpu_memory.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "reservation.h"

enum {
    WORD = 8,
    LINE = 64,
    FIRST_OFFSET = LINE, /* 0 is never handed out: a forgotten offset hits nobody */
    LEAST_PAGE = 4096,
    SIZES_BELOW_LINE = LINE / WORD - 1,
    SIZES_BY_LINE = 1024 / LINE,
    EXACT_SIZES = SIZES_BELOW_LINE + SIZES_BY_LINE,
    SIZES = EXACT_SIZES + 8 * (SEQUENCE_SHIFT - 10),
    SIZE = 0xff, /* of a block; above it what the block is: */
    HELD = 1 << 8,
    LEAVING = 1 << 9, /* given back, and not yet zeroed: nobody's */
    FREE = 1 << 10,   /* in the list of its size */
    A_FEW = 8,        /* of a list, where there is another way */
    WORTH_GATHERING = 64, /* given back of a region: one part of so many */
    MODEST = 8,           /* of what limits leave: one part of so many */
    FAIR = 2,
};

_Static_assert(SIZES <= SIZE + 1, "a size fits below what the block is");

/*
 * What lies where is kept outside the regions, so that no write to a cell, however wrong, can make the allocator hand memory out twice:
 * by word of a region, the block that starts there and the next free one. Like the regions it is reserved whole and touched as used.
 *
 * From FIRST_OFFSET to first_unused block follows block. An allocation takes a block that was given back and is exactly as long, if one of
 * the last few of its size is, or else the beginning of what is unused: that is all there is to it where the same things are made again.
 * Only who finds neither takes the beginning of a longer block, and has gather() go from block to block before and join free ones that lie
 * side by side. No allocation fails before all that is free was joined, hence none for which there is room in one piece. None of this
 * touches a region: what is free is zero already.
 */
struct books {
    uint32_t *next;  /* of a free block: the word of the next one of its size, 0 for none */
    uint16_t *block; /* its size, and what it is; 0 where none starts */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *base;
static int regions;
static int64_t region_bytes; /* of each, 0 before there is one */
static struct books books;
static uint16_t held_words[PERCPU_REGION_STRIDE / LEAST_PAGE]; /* by page of a region: of the blocks that begin or end there */
static uint32_t free_blocks[SIZES];
static int64_t first_unused = FIRST_OFFSET;
static bool scattered;     /* a block became free since gather() */
static int64_t given_back; /* bytes, since gather() */
static struct percpu_memory_totals totals;

/* ---- sizes ------------------------------------------------------------------------------------------------------------------------ */

static int64_t round_up(int64_t bytes, int64_t unit) {
    return (bytes + unit - 1) & -unit;
}

/* What 'bytes' (1 to a region) take: words below a line, else lines. */
static int64_t kept_for(int64_t bytes) {
    int64_t words = round_up(bytes, WORD);
    return words < LINE ? words : round_up(bytes, LINE);
}

/* The size of a block, which has a list: one for each length up to 1024, then eight to each doubling, each up to where the next begins. */
static int size_of(int64_t kept) {
    if (kept < LINE) return (int)(kept / WORD) - 1;
    if (kept <= 1024) return SIZES_BELOW_LINE + (int)(kept / LINE) - 1;
    int doubling = 63 - __builtin_clzll((unsigned long long)kept); /* 2^doubling <= kept < 2^(doubling + 1) */
    return EXACT_SIZES + 8 * (doubling - 10) + (int)(kept >> (doubling - 3)) - 8;
}

/* ---- the books ---------------------------------------------------------------------------------------------------------------------- */

/* Under the lock. */

/* Where the size does not say how many words a block has, they stand in its second word's 'next', where no block can start. */
static void set_block(int64_t offset, int64_t kept, int state) {
    int size = size_of(kept);
    books.block[offset / WORD] = (uint16_t)(state | size);
    if (size >= EXACT_SIZES) books.next[offset / WORD + 1] = (uint32_t)(kept / WORD);
}

static int64_t length_of(int64_t offset) {
    int size = books.block[offset / WORD] & SIZE;
    if (size < SIZES_BELOW_LINE) return (int64_t)(size + 1) * WORD;
    if (size < EXACT_SIZES) return (int64_t)(size - SIZES_BELOW_LINE + 1) * LINE;
    return (int64_t)books.next[offset / WORD + 1] * WORD;
}

static bool is(int state, int64_t offset, int size) {
    return books.block[offset / WORD] == (state | size);
}

/* ---- pages --------------------------------------------------------------------------------------------------------------------------- */

/* Whole pages of that: false when there is none, or it stays. It does where memory is locked (mlockall). */
static bool give_pages_back(char *from, const char *end) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t first = ((uintptr_t)from + page - 1) & ~(page - 1);
    uintptr_t last = (uintptr_t)end & ~(page - 1);
    return first < last && madvise((void *)first, last - first, MADV_DONTNEED) == 0;
}

/* Under the lock. Adds a block's words to the pages that it begins and ends in, or takes them off; those between are its own alone. */
static void count_in_pages(int64_t offset, int64_t end, int sign) {
    int64_t page = sysconf(_SC_PAGESIZE);
    int64_t first = offset / page;
    int64_t last = (end - 1) / page;
    int64_t in_first = (first == last ? end : (first + 1) * page) - offset;
    held_words[first] = (uint16_t)(held_words[first] + sign * (int)(in_first / WORD));
    if (first != last) held_words[last] = (uint16_t)(held_words[last] + sign * (int)((end - last * page) / WORD));
}

/* Under the lock, so that nobody is handed a part of that page meanwhile. All that was in it is zeroed. */
static void give_page_back(int64_t offset) {
    int64_t page = sysconf(_SC_PAGESIZE);
    int64_t from = offset & -page;
    if (held_words[offset / page] != 0) return;
    for (int region = 0; region < regions; region++) {
        char *first = base + region * PERCPU_REGION_STRIDE + from;
        if (!give_pages_back(first, first + page)) return;
    }
}

/* ---- the reservation ---------------------------------------------------------------------------------------------------------------- */

static int64_t bytes_of_books(int shift) {
    return ((int64_t)1 << shift) / WORD * (int64_t)(sizeof *books.next + sizeof *books.block);
}

static int64_t bytes_of_all(int cpus, int shift) {
    return reservation_bytes(cpus + 1, (int64_t)1 << shift) + reservation_bytes(1, bytes_of_books(shift));
}

int percpu_memory_shift(int cpus, int wanted) {
    int shift = wanted == 0 ? PERCPU_SHIFT : wanted < PERCPU_SHIFT_LEAST ? PERCPU_SHIFT_LEAST : wanted > SEQUENCE_SHIFT ? SEQUENCE_SHIFT : wanted;
    int64_t modest = reservation_left() / MODEST;
    while (shift > PERCPU_SHIFT_LEAST && bytes_of_all(cpus, shift) > modest) shift--;
    return shift;
}

static bool reserve_locked(int cpus, int shift, char *reason, size_t size) {
    if (cpus < 1 || cpus > PERCPU_CPUS_MAX || shift < PERCPU_SHIFT_LEAST || shift > SEQUENCE_SHIFT) {
        snprintf(reason, size, "no per-CPU memory of 2^%d bytes for %d CPUs", shift, cpus);
        return false;
    }
    int64_t bytes = (int64_t)1 << shift;
    if (base != NULL) {
        if (regions == cpus + 1 && region_bytes == bytes) return true;
        snprintf(reason, size, "per-CPU memory is reserved otherwise: %d CPUs, 2^%d bytes each", regions - 1,
                 63 - __builtin_clzll((unsigned long long)region_bytes));
        return false;
    }
    int64_t wanted = bytes_of_all(cpus, shift);
    int64_t left = reservation_left();
    if (wanted > left / FAIR) {
        snprintf(reason, size, "%lld MiB of address space for per-CPU memory are too much of the %lld MiB that are left%s", (long long)(wanted >> 20),
                 (long long)(left >> 20), reservation_failure(ENOMEM));
        return false;
    }
    char *new_books = reservation_make(1, bytes_of_books(shift), bytes_of_books(shift), "rseq per-CPU books");
    char *memory = new_books == NULL ? NULL : reservation_make(cpus + 1, bytes, PERCPU_REGION_STRIDE, "rseq per-CPU memory");
    if (memory == NULL) {
        int error = errno;
        if (new_books != NULL) reservation_undo(new_books, 1, bytes_of_books(shift), bytes_of_books(shift));
        snprintf(reason, size, "%lld MiB of address space for per-CPU memory are not available: errno %d%s", (long long)(wanted >> 20), error,
                 reservation_failure(error));
        return false;
    }
    books.next = (uint32_t *)(void *)new_books;
    books.block = (uint16_t *)(void *)(books.next + bytes / WORD);
    base = memory;
    regions = cpus + 1;
    region_bytes = bytes;
    return true;
}

bool percpu_memory_reserve(int cpus, int shift, char *reason, size_t size) {
    pthread_mutex_lock(&lock);
    bool reserved = reserve_locked(cpus, shift, reason, size);
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

/* All under the lock that do not take it. */

static void keep_free(int64_t from, int64_t end) {
    if (from == end) return;
    int size = size_of(end - from);
    set_block(from, end - from, FREE);
    books.next[from / WORD] = free_blocks[size];
    free_blocks[size] = (uint32_t)(from / WORD);
    scattered = true;
}

/* Makes it free blocks: all whole lines are one, and words before and after them, or without any between them, are of less than a line. */
static void keep_free_in_lines(int64_t from, int64_t end) {
    int64_t first_line = round_up(from, LINE);
    int64_t last_line = end & -(int64_t)LINE;
    int64_t most = from + LINE - WORD;
    if (first_line < last_line) {
        keep_free(from, first_line);
        keep_free(first_line, last_line);
        keep_free(last_line, end);
    } else if (end > most) {
        keep_free(from, most);
        keep_free(most, end);
    } else {
        keep_free(from, end);
    }
}

/*
 * The beginning of a free block of this size that is 'kept' to 'longest' long; its rest is free again. 0 where the first 'looks' have none.
 * A list that leads to where no free block of it can be is given up there: better lost, until all is joined again, than handed out twice.
 */
static int64_t take_free(int size, int64_t kept, int64_t longest, int looks) {
    for (uint32_t *link = &free_blocks[size]; *link != 0 && looks > 0; link = &books.next[*link], looks--) {
        int64_t offset = (int64_t)*link * WORD;
        bool can_be = offset >= FIRST_OFFSET && offset < first_unused && is(FREE, offset, size);
        int64_t length = can_be ? length_of(offset) : 0;
        if (!can_be || offset + length > first_unused || (length >= LINE && offset % LINE != 0)) {
            *link = 0;
            return 0;
        }
        if (length < kept || length > longest) continue;
        *link = books.next[*link];
        keep_free_in_lines(offset + kept, offset + length);
        return offset;
    }
    return 0;
}

/* The beginning of what is unused; 0 where that is too short. */
static int64_t take_unused(int64_t kept) {
    int64_t offset = kept >= LINE ? round_up(first_unused, LINE) : first_unused;
    if (offset + kept > region_bytes) return 0;
    keep_free_in_lines(first_unused, offset);
    first_unused = offset + kept;
    return offset;
}

/* The beginning of a free block, of the least size that has one long enough; 0 for none. */
static int64_t take_any(int64_t kept) {
    int size = size_of(kept);
    int64_t offset = take_free(size, kept, region_bytes, A_FEW);
    for (int larger = size + 1; offset == 0 && larger < SIZES; larger++) offset = take_free(larger, kept, region_bytes, 1);
    return offset != 0 ? offset : take_free(size, kept, region_bytes, INT_MAX);
}

/* Whole pages of the books, of which nothing is needed: what they say of words inside of a free block, or of unused ones. */
static void forget(int64_t from, int64_t end) {
    give_pages_back((char *)&books.block[from / WORD], (char *)&books.block[end / WORD]);
    give_pages_back((char *)&books.next[from / WORD], (char *)&books.next[end / WORD]);
}

/* 'joined': its blocks, those of lines counted as three. Of what was joined before, which is one of lines and one at either end, nothing is left to forget. */
static void keep_joined(int64_t from, int64_t end, int joined) {
    keep_free_in_lines(from, end);
    if (joined > 5) forget(round_up(from, LINE) + LINE, end & -(int64_t)LINE);
}

/*
 * Joins what is free and lies side by side; the last of it is unused again. A step for each block, and none for bytes or regions. Where no
 * block can be, what lies above is left as it is, in no list.
 */
static void gather(void) {
    memset(free_blocks, 0, sizeof free_blocks);
    int64_t free_from = FIRST_OFFSET;
    int64_t at = FIRST_OFFSET;
    int joined = 0;
    while (at < first_unused) {
        int64_t end = at + length_of(at);
        if (books.block[at / WORD] < HELD || end == at || end > first_unused) break;
        if (books.block[at / WORD] & FREE) {
            books.block[at / WORD] = 0;
            joined += end - at < LINE ? 1 : 3;
        } else {
            keep_joined(free_from, at, joined);
            free_from = end;
            joined = 0;
        }
        at = end;
    }
    if (at < first_unused) {
        keep_joined(free_from, at, joined);
    } else {
        first_unused = free_from;
        forget(free_from, at);
    }
    scattered = false;
    given_back = 0;
}

static int64_t take(int64_t kept) {
    int64_t offset = take_free(size_of(kept), kept, kept, A_FEW);
    if (offset == 0) offset = take_unused(kept);
    if (offset != 0) return offset;
    for (;;) {
        offset = take_unused(kept);
        if (offset == 0) offset = take_any(kept);
        if (offset != 0 || !scattered) return offset;
        gather();
    }
}

int64_t percpu_memory_allocate(int64_t bytes) {
    if (bytes < 1 || bytes > PERCPU_REGION_STRIDE) return -1;
    int64_t kept = kept_for(bytes);
    pthread_mutex_lock(&lock);
    int64_t offset = kept > region_bytes - FIRST_OFFSET ? 0 : take(kept);
    if (offset != 0) {
        set_block(offset, kept, HELD);
        count_in_pages(offset, offset + kept, 1);
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

static void zero(char *from, int64_t bytes) {
    char *end = from + bytes;
    if (!give_pages_back(from, end)) {
        zero_words(from, end);
        return;
    }
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    zero_words(from, (char *)(((uintptr_t)from + page - 1) & ~(page - 1)));
    zero_words((char *)((uintptr_t)end & ~(page - 1)), end);
}

bool percpu_memory_free(int64_t offset, int64_t bytes) {
    if (bytes < 1 || bytes > PERCPU_REGION_STRIDE) return false;
    if (offset < FIRST_OFFSET || offset >= PERCPU_REGION_STRIDE || offset % WORD != 0) return false;
    int64_t kept = kept_for(bytes);
    pthread_mutex_lock(&lock);
    bool ours = base != NULL && offset + kept <= first_unused && is(HELD, offset, size_of(kept)) && length_of(offset) == kept;
    if (ours) set_block(offset, kept, LEAVING); /* who gives it back a second time is refused from here on */
    pthread_mutex_unlock(&lock);
    if (!ours) return false;

    for (int region = 0; region < regions; region++) zero(base + region * PERCPU_REGION_STRIDE + offset, kept);

    pthread_mutex_lock(&lock);
    keep_free(offset, offset + kept);
    count_in_pages(offset, offset + kept, -1);
    give_page_back(offset);
    if ((offset ^ (offset + kept - 1)) >= sysconf(_SC_PAGESIZE)) give_page_back(offset + kept - 1);
    given_back += kept;
    totals.allocated -= kept;
    totals.objects--;
    /* Joined, it takes less of the books, and less is cut up. But that is a step for each block: for much that was given back, or all. */
    if (given_back >= region_bytes / WORTH_GATHERING || totals.objects == 0) gather();
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
