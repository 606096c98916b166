/*
 * enter.h: the sequences as functions of C, each entered as compiled Java code enters it.
 *
 * Each call also sees that the registers that compiled code relies on come back as they were: the thread's, the heap's, the frame's.
 *
 * 'field' is CPU_ID or MM_CID. What a function answers is what its sequence answers (sequences.h), after up to ENTERED_TRIES tries.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSEQ_TEST_ENTER_H
#define RSEQ_TEST_ENTER_H

#include "../src/sequences.h"
#include "check.h"

#define ANSWER_COMMITTED 0
#define ANSWER_UNAVAILABLE (SEQUENCE_STATUS + SEQUENCE_UNAVAILABLE)
#define ANSWER_FULL (SEQUENCE_STATUS + SEQUENCE_FULL)
#define ANSWER_EMPTY (SEQUENCE_STATUS + SEQUENCE_EMPTY)
#define ANSWER_CLOSED (SEQUENCE_STATUS + SEQUENCE_CLOSED)
#define ANSWER_RESTARTED (SEQUENCE_STATUS + SEQUENCE_RESTARTED)
#define ANSWER_SEEN (SEQUENCE_STATUS + SEQUENCE_SEEN)
#define ENTERED_KEPT 0x5eed5eed5eedll

enum { ENTERED_TRIES = 64 };

#if defined(__x86_64__)
/* The red zone is stepped over: what is called may write below the stack pointer. */
static inline int64_t enter(sequence *entered, int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, int64_t f) {
    register int64_t fourth __asm__("r8") = d;
    register int64_t fifth __asm__("r9") = e;
    register int64_t heap __asm__("r12") = ENTERED_KEPT;
    register int64_t thread __asm__("r15") = ENTERED_KEPT + 1;
    register int64_t frame_moved __asm__("r10");
    int64_t saved = ENTERED_KEPT + 2;
    int64_t answer = (int64_t)(intptr_t)entered;
    __asm__ volatile("sub $128, %%rsp\n"
                     "push %%rbp\n"
                     "call *%%rax\n"
                     "mov %%rbp, %%r10\n"
                     "pop %%rbp\n"
                     "sub %%rbp, %%r10\n"
                     "add $128, %%rsp"
                     : "+a"(answer), "+S"(a), "+d"(b), "+c"(c), "+r"(fourth), "+r"(fifth), "+D"(f), "+r"(heap), "+r"(thread), "+b"(saved),
                       "=r"(frame_moved)
                     :
                     : "r11", "xmm0", "xmm1", "memory", "cc");
    CHECK(heap == ENTERED_KEPT && thread == ENTERED_KEPT + 1 && saved == ENTERED_KEPT + 2 && frame_moved == 0);
    return answer;
}
#else
static inline int64_t enter(sequence *entered, int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, int64_t f) {
    register int64_t first __asm__("x1") = a;
    register int64_t second __asm__("x2") = b;
    register int64_t third __asm__("x3") = c;
    register int64_t fourth __asm__("x4") = d;
    register int64_t fifth __asm__("x5") = e;
    register int64_t sixth __asm__("x6") = f;
    register int64_t answer __asm__("x0") = (int64_t)(intptr_t)entered;
    register int64_t heap __asm__("x27") = ENTERED_KEPT;
    register int64_t thread __asm__("x28") = ENTERED_KEPT + 1;
    register int64_t frame_moved __asm__("x20");
    __asm__ volatile("mov x20, x29\n"
                     "blr x0\n"
                     "sub x20, x20, x29"
                     : "+r"(answer), "+r"(first), "+r"(second), "+r"(third), "+r"(fourth), "+r"(fifth), "+r"(sixth), "+r"(heap), "+r"(thread),
                       "=&r"(frame_moved)
                     :
                     : "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x30", "v0", "v1", "v2", "memory", "cc");
    CHECK(heap == ENTERED_KEPT && thread == ENTERED_KEPT + 1 && frame_moved == 0);
    return answer;
}
#endif

static inline int64_t enter_again(sequence *entered, int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, int64_t f) {
    int64_t answer = ANSWER_RESTARTED;
    for (int i = 0; i < ENTERED_TRIES && answer == ANSWER_RESTARTED; i++) answer = enter(entered, a, b, c, d, e, f);
    return answer;
}

#define ENTERED(name, field) ((field) == CPU_ID ? rseq_sequence_##name : rseq_sequence_##name##_by_id)

static inline int64_t sequence_add(int64_t offset, int64_t delta, int64_t field) {
    return enter_again(ENTERED(add, field), offset, delta, rseq_sequences_area, rseq_sequences_cpus, -1, -1);
}

static inline int64_t sequence_add_double(int64_t offset, int64_t delta, int64_t field) {
    return enter_again(ENTERED(add_double, field), offset, delta, rseq_sequences_area, rseq_sequences_cpus, -1, -1);
}

static inline int64_t sequence_max(int64_t offset, int64_t value, int64_t field) {
    return enter_again(ENTERED(max, field), offset, value, rseq_sequences_area, rseq_sequences_cpus, -1, -1);
}

static inline int64_t sequence_count(int64_t offset, int64_t delta, int64_t field) {
    return enter_again(ENTERED(count, field), offset, delta, rseq_sequences_area, rseq_sequences_cpus, -1, -1);
}

static inline int64_t sequence_push(int64_t offset, int64_t capacity, int64_t value, int64_t field) {
    return enter_again(ENTERED(push, field), offset, capacity, value, rseq_sequences_area, rseq_sequences_cpus, -1);
}

static inline int64_t sequence_pop(int64_t offset, int64_t capacity, int64_t field) {
    return enter_again(ENTERED(pop, field), offset, capacity, rseq_sequences_area, rseq_sequences_cpus, -1, -1);
}

static inline int64_t sequence_take(int64_t offset, int64_t count, int64_t field) {
    return enter_again(ENTERED(take, field), offset, count, rseq_sequences_area, rseq_sequences_cpus, -1, -1);
}

static inline int64_t sequence_push_batch(int64_t offset, int64_t capacity, int64_t shared, int64_t count, int64_t field) {
    return enter_again(ENTERED(push_batch, field), offset, capacity, shared, count, rseq_sequences_area, rseq_sequences_cpus);
}

static inline int64_t sequence_pop_batch(int64_t offset, int64_t capacity, int64_t shared, int64_t count, int64_t field) {
    return enter_again(ENTERED(pop_batch, field), offset, capacity, shared, count, rseq_sequences_area, rseq_sequences_cpus);
}

static inline int64_t sequence_reserve(int64_t offset, int64_t capacity, int64_t length, int64_t field) {
    return enter_again(ENTERED(reserve, field), offset, capacity, length, rseq_sequences_area, rseq_sequences_cpus, -1);
}

static inline int64_t sequence_tally(int64_t offset, int64_t buckets, int64_t bucket, int64_t value, int64_t field) {
    return enter_again(ENTERED(tally, field), offset, buckets, bucket, value, rseq_sequences_area, rseq_sequences_cpus);
}

static inline int64_t sequence_append(int64_t offset, int64_t capacity, int64_t length, const void *source, int64_t from) {
    return enter_again(rseq_sequence_append, offset, capacity, length, (int64_t)(intptr_t)source, from, -1);
}

#endif
