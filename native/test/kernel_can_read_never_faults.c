/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../src/kernel.h"
#include "check.h"

int main(void) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(pages != MAP_FAILED);
    CHECK_EQ(mprotect(pages + page, page, PROT_NONE), 0);
    CHECK_EQ(munmap(pages + 2 * page, page), 0);
    sigset_t before;
    CHECK_EQ(sigprocmask(SIG_BLOCK, NULL, &before), 0);
    errno = ERANGE;

    CHECK(kernel_can_read(pages, 1));
    CHECK(kernel_can_read(pages, page));
    CHECK(kernel_can_read(pages + 3, 5));
    CHECK(kernel_can_read(pages + page - 1, 1));
    CHECK(kernel_can_read("a literal", 10));

    CHECK(!kernel_can_read(pages, page + 1)); /* ends in PROT_NONE */
    CHECK(!kernel_can_read(pages + page - 4, 8));
    CHECK(!kernel_can_read(pages + page, 8)); /* PROT_NONE */
    CHECK_EQ(mprotect(pages + page, page, PROT_READ), 0);
    CHECK(kernel_can_read(pages, 2 * page));
    CHECK(!kernel_can_read(pages, 2 * page + 1)); /* ends in an unmapped page */
    CHECK(!kernel_can_read(pages + 2 * page, 1)); /* unmapped */

    CHECK(!kernel_can_read(NULL, 8));
    CHECK(!kernel_can_read((void *)4L, 4)); /* what a null pointer plus a field's offset gives */
    CHECK(!kernel_can_read((void *)16L, 8));
    CHECK(!kernel_can_read((void *)-4096L, 8)); /* the kernel's half */
    CHECK(!kernel_can_read((void *)-8L, 8));    /* wraps */
    CHECK(!kernel_can_read(pages, (size_t)-1));

    CHECK_EQ(errno, ERANGE);
    sigset_t after;
    CHECK_EQ(sigprocmask(SIG_BLOCK, NULL, &after), 0);
    for (int signal = 1; signal < SIGRTMAX; signal++) CHECK_EQ(sigismember(&after, signal), sigismember(&before, signal));
    return 0;
}
