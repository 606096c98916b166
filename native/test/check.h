/*
 * check.h: what the C tests share. A failed check prints where, what and which values, and ends the process with 1; a test that cannot
 * hold its fact on this machine ends with 77 and says why.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_TEST_CHECK_H
#define RSEQ_TEST_CHECK_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_SKIPPED = 77 };

#define CHECK(expression)                                                             \
    do {                                                                              \
        if (!(expression)) {                                                          \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #expression); \
            exit(EXIT_FAILURE);                                                       \
        }                                                                             \
    } while (0)

/* Integers of any type; 'actual' and 'expected' are evaluated once. */
#define CHECK_EQ(actual, expected)                                                                                                   \
    do {                                                                                                                             \
        int64_t actual_ = (int64_t)(actual);                                                                                         \
        int64_t expected_ = (int64_t)(expected);                                                                                     \
        if (actual_ != expected_) {                                                                                                  \
            fprintf(stderr, "%s:%d: %s is %" PRId64 ", expected %s = %" PRId64 "\n", __FILE__, __LINE__, #actual, actual_, #expected, \
                    expected_);                                                                                                      \
            exit(EXIT_FAILURE);                                                                                                      \
        }                                                                                                                            \
    } while (0)

#define CHECK_CONTAINS(text, part)                                                                                               \
    do {                                                                                                                         \
        if (strstr((text), (part)) == NULL) {                                                                                    \
            fprintf(stderr, "%s:%d: %s is \"%s\", which does not contain \"%s\"\n", __FILE__, __LINE__, #text, (text), (part)); \
            exit(EXIT_FAILURE);                                                                                                  \
        }                                                                                                                        \
    } while (0)

#define SKIP(...)                          \
    do {                                   \
        fprintf(stderr, "skipped: ");      \
        fprintf(stderr, __VA_ARGS__);      \
        fprintf(stderr, "\n");             \
        exit(EXIT_SKIPPED);                \
    } while (0)

#endif
