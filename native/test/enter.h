/*
 * enter.h: calls the sequences as compiled Java code does (direct.h), under the names of ops.h. Included ahead of a test, by the compiler's
 * command line, it makes of a fact that the C functions hold the same fact of what Java enters.
 *
 * Each call also sees that the registers that compiled code relies on come back as they were: the thread's, the heap's, the frame's.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_TEST_ENTER_H
#define RSEQ_TEST_ENTER_H

#include "../src/direct.h"
#include "check.h"

#define ENTERED_KEPT 0x5eed5eed5eedll

#if defined(__x86_64__)
/* The red zone is stepped over: what is called may write below the stack pointer. */
static inline int64_t enter(void (*entry)(void), int64_t a, int64_t b, int64_t c, int64_t d, int64_t e) {
    register int64_t fourth __asm__("r8") = d;
    register int64_t fifth __asm__("r9") = e;
    register int64_t heap __asm__("r12") = ENTERED_KEPT;
    register int64_t thread __asm__("r15") = ENTERED_KEPT + 1;
    register int64_t frame_moved __asm__("r10");
    int64_t saved = ENTERED_KEPT + 2;
    int64_t answer;
    __asm__ volatile("sub $128, %%rsp\n"
                     "push %%rbp\n"
                     "call *%[entry]\n"
                     "mov %%rbp, %%r10\n"
                     "pop %%rbp\n"
                     "sub %%rbp, %%r10\n"
                     "add $128, %%rsp"
                     : "=a"(answer), "+S"(a), "+d"(b), "+c"(c), "+r"(fourth), "+r"(fifth), "+r"(heap), "+r"(thread), "+b"(saved),
                       "=r"(frame_moved)
                     : [entry] "r"(entry)
                     : "rdi", "r11", "xmm0", "xmm1", "memory", "cc");
    CHECK(heap == ENTERED_KEPT && thread == ENTERED_KEPT + 1 && saved == ENTERED_KEPT + 2 && frame_moved == 0);
    return answer;
}
#else
static inline int64_t enter(void (*entry)(void), int64_t a, int64_t b, int64_t c, int64_t d, int64_t e) {
    register int64_t first __asm__("x1") = a;
    register int64_t second __asm__("x2") = b;
    register int64_t third __asm__("x3") = c;
    register int64_t fourth __asm__("x4") = d;
    register int64_t fifth __asm__("x5") = e;
    register int64_t answer __asm__("x0");
    register int64_t heap __asm__("x27") = ENTERED_KEPT;
    register int64_t thread __asm__("x28") = ENTERED_KEPT + 1;
    register int64_t frame_moved __asm__("x20");
    __asm__ volatile("mov x20, x29\n"
                     "blr %[entry]\n"
                     "sub x20, x20, x29"
                     : "=r"(answer), "+r"(first), "+r"(second), "+r"(third), "+r"(fourth), "+r"(fifth), "+r"(heap), "+r"(thread),
                       "=&r"(frame_moved)
                     : [entry] "r"(entry)
                     : "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x30", "v0", "v1", "memory", "cc");
    CHECK(heap == ENTERED_KEPT && thread == ENTERED_KEPT + 1 && frame_moved == 0);
    return answer;
}
#endif

static inline int64_t entered_add(int64_t offset, int64_t delta, int64_t field) {
    return field == 4 ? enter(rseq_direct_add, offset, delta, rseq_ops_area, rseq_ops_cpus, -1) : enter(rseq_direct_add_by, offset, delta, field, -1, -1);
}

static inline int64_t entered_push(int64_t offset, int64_t capacity, int64_t value, int64_t field) {
    if (field == 4) return enter(rseq_direct_push, offset, capacity, value, rseq_ops_area, rseq_ops_cpus);
    return enter(rseq_direct_push_by, offset, capacity, value, field, -1);
}

static inline int64_t entered_pop(int64_t offset, int64_t capacity, int64_t field) {
    if (field == 4) return enter(rseq_direct_pop, offset, capacity, rseq_ops_area, rseq_ops_cpus, -1);
    return enter(rseq_direct_pop_by, offset, capacity, field, -1, -1);
}

static inline int64_t entered_take(int64_t offset, int64_t places, int64_t field) {
    if (field == 4) return enter(rseq_direct_take, offset, places, rseq_ops_area, rseq_ops_cpus, -1);
    return enter(rseq_direct_take_by, offset, places, field, -1, -1);
}

static inline int64_t entered_reserve(int64_t offset, int64_t capacity, int64_t length, int64_t field) {
    if (field == 4) return enter(rseq_direct_reserve, offset, capacity, length, rseq_ops_area, rseq_ops_cpus);
    return enter(rseq_direct_reserve_by, offset, capacity, length, field, -1);
}

/* What Java alone enters: C has no such function. */
static inline int64_t entered_append(int64_t offset, int64_t capacity, int64_t length, const void *source, int64_t from) {
    return enter(rseq_direct_append, offset, capacity, length, (int64_t)(intptr_t)source, from);
}

#define rseq_ops_add entered_add
#define rseq_ops_push entered_push
#define rseq_ops_pop entered_pop
#define rseq_ops_take entered_take
#define rseq_ops_reserve entered_reserve
#define rseq_ops_compare_and_store(...) enter(rseq_direct_compare_and_store, __VA_ARGS__)
#define rseq_ops_push_batch(...) enter(rseq_direct_push_batch, __VA_ARGS__)
#define rseq_ops_pop_batch(...) enter(rseq_direct_pop_batch, __VA_ARGS__)

#endif
