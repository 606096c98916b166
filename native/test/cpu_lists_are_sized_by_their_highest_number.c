/*
 * The parser is static and reads /sys only; this program compiles kernel.c into itself to hand it files of its own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../src/kernel.c"

#include "check.h"

enum { OTHERWISE = 77777 };

static int size_of_list(const char *text) {
    char path[] = "cpu_list_XXXXXX";
    int file = mkstemp(path);
    CHECK(file >= 0);
    CHECK_EQ(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
    int size = list_size(path, OTHERWISE);
    unlink(path);
    return size;
}

int main(void) {
    CHECK_EQ(size_of_list("0\n"), 1);
    CHECK_EQ(size_of_list("0-1\n"), 2);
    CHECK_EQ(size_of_list("0-3,8-11\n"), 12);
    CHECK_EQ(size_of_list("8-11,0-3\n"), 12);
    CHECK_EQ(size_of_list("0,2,4,6"), 7);
    CHECK_EQ(size_of_list("0-65534"), 65535);
    CHECK_EQ(size_of_list("0-99999999999999999999999999"), OTHERWISE);
    CHECK_EQ(size_of_list(""), OTHERWISE);
    CHECK_EQ(size_of_list("\n"), OTHERWISE);
    CHECK_EQ(size_of_list("none\n"), OTHERWISE);
    CHECK_EQ(list_size("no_such_file", OTHERWISE), OTHERWISE);
    return 0;
}
