/*
 * each_sequence_is_aborted_at_each_of_its_instructions [SEQUENCE]: enters each sequence in a process that is stopped in front of one instruction of
 * it, and moved to another CPU there; once for each instruction. What then comes is RESTARTED, with nothing done; or a commit, to the region of the
 * index that the thread has now, and to no other. In front of several instructions, those of its section, it is RESTARTED.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../src/kernel.h"
#include "../src/registration.h"
#include "check.h"
#include "enter.h"
#include "storm.h"

enum { CAPACITY = 64, STEPS_MAX = 10000, INSTRUCTIONS_MAX = 256, SECTION_LEAST = 3, LENGTH = 40 };
enum { EXIT_COMMITTED = 0, EXIT_RESTARTED = 3, EXIT_WRONG = 4 };

static int64_t cell, stack, row, buffer, lapped, tally, shared;
static int64_t source[8], never;
static int first_cpu, second_cpu;

struct entered {
    const char *name;
    sequence *sequence;
    int64_t field;   /* 0: it commits nothing */
    int64_t *offset; /* of the word that a commit changes, and 'behind' it */
    int64_t behind;
    int64_t arguments[6];
};

#define AREA rseq_sequences_area
#define CPUS rseq_sequences_cpus
#define BOTH(name, ...) {#name, rseq_sequence_##name, CPU_ID, __VA_ARGS__}, {#name "_by_id", rseq_sequence_##name##_by_id, MM_CID, __VA_ARGS__}

static const struct entered *find(const char *name, size_t *count) {
    const struct entered all[] = {
        BOTH(add, &cell, 0, {cell, 1, AREA, CPUS}),
        BOTH(add_double, &cell, 0, {cell, 0x3ff8000000000000, AREA, CPUS}),
        BOTH(max, &cell, 0, {cell, 9, AREA, CPUS}),
        BOTH(count, &cell, 0, {cell, 1, AREA, CPUS}),
        BOTH(push, &stack, STACK_COUNT, {stack, CAPACITY, 7, AREA, CPUS}),
        BOTH(pop, &stack, STACK_COUNT, {stack, CAPACITY, AREA, CPUS}),
        BOTH(take, &row, ROW_PLACES + 8, {row, CAPACITY, AREA, CPUS}),
        BOTH(push_batch, &stack, STACK_COUNT, {stack, CAPACITY, shared, 3, AREA, CPUS}),
        BOTH(pop_batch, &stack, STACK_COUNT, {stack, CAPACITY, shared, 2, AREA, CPUS}),
        BOTH(reserve, &buffer, BUFFER_TAIL, {buffer, 1024, LENGTH, AREA, CPUS}),
        BOTH(reserve, &lapped, BUFFER_TAIL, {lapped, 1024, LENGTH, AREA, CPUS}), /* behind padding */
        BOTH(tally, &tally, TALLY_COUNT, {tally, 4, 1, 0x3ff8000000000000, AREA, CPUS}),
        {"append", rseq_sequence_append, CPU_ID, &buffer, BUFFER_TAIL, {buffer, 1024, LENGTH, (int64_t)(intptr_t)source, 0}},
        {"watch", rseq_sequence_watch, 0, NULL, 0, {(int64_t)(intptr_t)&never, 1, AREA}},
    };
    static struct entered chosen[sizeof all / sizeof all[0]];
    *count = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (name == NULL || strcmp(name, all[i].name) == 0) chosen[(*count)++] = all[i];
    }
    return chosen;
}

static void stay_on(pid_t process, int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    CHECK_EQ(sched_setaffinity(process, sizeof set, &set), 0);
}

static int64_t index_by(int64_t field) {
    return *(const volatile int32_t *)(thread_pointer() + AREA + field);
}

/* Every region is such that the sequence commits there. */
static void prepare(void) {
    for (int region = 0; region < storm_cpus(); region++) {
        *storm_word(region, stack + STACK_COUNT) = 2;
        *storm_word(region, row + ROW_PLACES + 8) = 0x0100;
        *storm_word(region, tally + TALLY_COUNT) = 1;
        *storm_word(region, lapped + BUFFER_TAIL) = *storm_word(region, lapped + BUFFER_HEAD) = 1024 - 24;
    }
}

/* The region where it had committed when it was moved: written by the parent. */
static volatile int64_t committed_before = -1;

static int64_t changed_by_commit(const struct entered *entered) {
    return *entered->offset + entered->behind;
}

/* In the child: the status of the process says what came. */
static void run(const struct entered *entered) {
    int64_t before[storm_cpus()];
    const int64_t *arguments = entered->arguments;
    stay_on(0, first_cpu);
    int64_t *offset = entered->offset;
    for (int region = 0; offset != NULL && region < storm_cpus(); region++) before[region] = *storm_word(region, changed_by_commit(entered));
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) _exit(EXIT_SKIPPED);
    raise(SIGSTOP);
    int64_t answer = enter(entered->sequence, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
    bool committed = answer > ANSWER_SEEN || answer == 0;
    int64_t index = committed_before >= 0 || entered->field == 0 ? committed_before : index_by(entered->field);
    for (int region = 0; offset != NULL && region < storm_cpus(); region++) {
        bool changed = *storm_word(region, changed_by_commit(entered)) != before[region];
        if (changed == (committed && region == index)) continue;
        printf("%s: the answer is %jd, and region %d is %s; not the region of %jd\n", entered->name, (intmax_t)answer, region,
               changed ? "changed" : "unchanged", (intmax_t)index);
        fflush(stdout);
        _exit(EXIT_WRONG);
    }
    _exit(committed ? EXIT_COMMITTED : answer == ANSWER_RESTARTED ? EXIT_RESTARTED : EXIT_WRONG);
}

typedef struct user_regs_struct registers;
#if defined(__x86_64__)
#define PROGRAM_COUNTER rip
enum { BREAKPOINT = 0xcc, BREAKPOINT_MASK = 0xff, BEHIND_BREAKPOINT = 1 };
#else
#define PROGRAM_COUNTER pc
enum { BREAKPOINT = (int)0xd4200000, BREAKPOINT_MASK = -1, BEHIND_BREAKPOINT = 0 };
#endif

static registers read_registers(pid_t child) {
    registers read;
    struct iovec into = {&read, sizeof read};
    CHECK_EQ(ptrace(PTRACE_GETREGSET, child, (void *)(uintptr_t)NT_PRSTATUS, &into), 0);
    return read;
}

static uint64_t peek(pid_t child, uintptr_t address) {
    errno = 0;
    long word = ptrace(PTRACE_PEEKDATA, child, (void *)address, NULL);
    CHECK_EQ(errno, 0);
    return (uint64_t)word;
}

static void poke(pid_t child, uintptr_t address, uint64_t word) {
    CHECK_EQ(ptrace(PTRACE_POKEDATA, child, (void *)address, (void *)(uintptr_t)word), 0);
}

static uintptr_t return_address(pid_t child) {
    registers at_entry = read_registers(child);
#if defined(__x86_64__)
    return (uintptr_t)peek(child, at_entry.rsp);
#else
    return at_entry.regs[30];
#endif
}

/* Returns whether it stopped: otherwise it has ended, and that well. */
static bool stopped(pid_t child, int signal) {
    int status;
    CHECK_EQ(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SKIPPED) SKIP("ptrace is forbidden here");
    if (WIFEXITED(status)) CHECK(WEXITSTATUS(status) == EXIT_COMMITTED || WEXITSTATUS(status) == EXIT_RESTARTED);
    else CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == signal);
    return WIFSTOPPED(status);
}

static void go_on(pid_t child) {
    CHECK_EQ(ptrace(PTRACE_CONT, child, NULL, NULL), 0);
}

static int end_of(pid_t child) {
    int status;
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static pid_t start(const struct entered *entered) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) run(entered);
    CHECK(stopped(child, SIGSTOP));
    return child;
}

static void step(pid_t child) {
    CHECK_EQ(ptrace(PTRACE_SINGLESTEP, child, NULL, NULL), 0);
    CHECK(stopped(child, SIGTRAP));
}

/*
 * Goes on until that instruction is next, and takes the breakpoint away again. Returns false if it ended first: it was preempted in the section on
 * its way there, as may happen at any time.
 */
static bool go_on_to(pid_t child, uintptr_t address) {
    uint64_t word = peek(child, address);
    poke(child, address, (word & ~(uint64_t)(uint32_t)BREAKPOINT_MASK) | (uint32_t)BREAKPOINT);
    go_on(child);
    if (!stopped(child, SIGTRAP)) return false;
    poke(child, address, word);
    registers there = read_registers(child);
    CHECK_EQ((uintptr_t)there.PROGRAM_COUNTER, address + BEHIND_BREAKPOINT);
    there.PROGRAM_COUNTER = address;
    struct iovec from = {&there, sizeof there};
    CHECK_EQ(ptrace(PTRACE_SETREGSET, child, (void *)(uintptr_t)NT_PRSTATUS, &from), 0);
    return true;
}

/* Its instructions in the order in which they come, each once. It is disarmed while it is stepped, and so comes to its commit. */
static int list_instructions(const struct entered *entered, uintptr_t addresses[]) {
    pid_t child = start(entered);
    CHECK(go_on_to(child, (uintptr_t)entered->sequence));
    uintptr_t behind = return_address(child);
    int count = 0;
    for (int steps = 0;; steps++) {
        CHECK(steps < STEPS_MAX);
        uintptr_t next = (uintptr_t)read_registers(child).PROGRAM_COUNTER;
        if (next == behind) break;
        int known = 0;
        while (known < count && addresses[known] != next) known++;
        if (known == count) addresses[count++] = next;
        CHECK(count < INSTRUCTIONS_MAX);
        poke(child, (uintptr_t)thread_pointer() + (uintptr_t)AREA + offsetof(struct rseq_area, rseq_cs), 0);
        step(child);
    }
    go_on(child);
    CHECK_EQ(end_of(child), EXIT_COMMITTED);
    return count;
}

/* Returns how it ended. */
static int run_moved_at(const struct entered *entered, uintptr_t address) {
    pid_t child = start(entered);
    while (!go_on_to(child, address)) child = start(entered);
    for (int region = 0; entered->offset != NULL && region < storm_cpus(); region++) {
        _Atomic int64_t *word = storm_word(region, changed_by_commit(entered));
        if ((int64_t)peek(child, (uintptr_t)word) != *word) poke(child, (uintptr_t)&committed_before, (uint64_t)region);
    }
    stay_on(child, second_cpu);
    go_on(child);
    return end_of(child);
}

/* The first and the last CPU that this process may use: one, where it has no more. */
static void find_cpus(void) {
    cpu_set_t allowed;
    CHECK_EQ(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    first_cpu = -1;
    for (int cpu = 0; cpu < storm_cpus() && cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &allowed)) continue;
        if (first_cpu < 0) first_cpu = cpu;
        second_cpu = cpu;
    }
}

int main(int argument_count, char **names) {
    storm_open();
    find_cpus();
    cell = storm_allocate(CLOSABLE_BYTES);
    stack = storm_allocate(STACK_BYTES(CAPACITY));
    row = storm_allocate(ROW_BYTES(CAPACITY));
    buffer = storm_allocate(BUFFER_BYTES(1024));
    lapped = storm_allocate(BUFFER_BYTES(1024));
    tally = storm_allocate(TALLY_BYTES(4));
    shared = storm_allocate(8 * CAPACITY);
    prepare();
    size_t count;
    const struct entered *all = find(argument_count > 1 ? names[1] : NULL, &count);
    CHECK(count > 0);
    for (size_t i = 0; i < count; i++) {
        if (all[i].field == MM_CID && !storm_has_concurrency_id()) continue;
        uintptr_t addresses[INSTRUCTIONS_MAX];
        int number = list_instructions(&all[i], addresses);
        int restarted = 0;
        for (int at = 0; at < number; at++) {
            int end = run_moved_at(&all[i], addresses[at]);
            CHECK(end == EXIT_COMMITTED || end == EXIT_RESTARTED);
            if (end == EXIT_RESTARTED) restarted++;
        }
        printf("%s: restarted in front of %d of %d instructions\n", all[i].name, restarted, number);
        CHECK(restarted >= SECTION_LEAST);
        CHECK(restarted < number);
    }
    return 0;
}
