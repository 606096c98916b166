/*
 * A thread that is stepped instruction by instruction is preempted at each, so that no section ever comes to its commit. It is told so
 * after each, and nothing was committed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enter.h"
#include "check.h"
#include "storm.h"

enum { STEPS_MAX = 100000 };

static int64_t cell, buffer;

static void stepped(void) {
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) _exit(EXIT_SKIPPED);
    uint64_t aborts_before = rseq_sequences_aborts;
    raise(SIGSTOP); /* from here on the parent steps */
    int64_t status = sequence_add(cell, 1, CPU_ID);
    int64_t appended = sequence_append(buffer, 64, 8, &buffer, 0);
    raise(SIGSTOP); /* to here */
    CHECK_EQ(status, ANSWER_RESTARTED);
    CHECK_EQ(appended, ANSWER_RESTARTED);
#if defined(__x86_64__)
    CHECK_EQ(rseq_sequences_aborts - aborts_before, 2 * ENTERED_TRIES);
#else
    CHECK(rseq_sequences_aborts - aborts_before <= 2 * ENTERED_TRIES); /* a store-exclusive that is stepped fails, and is not tried for ever */
#endif
    for (int cpu = 0; cpu < storm_cpus(); cpu++) CHECK(*storm_word(cpu, cell) == 0 && *storm_word(cpu, buffer) == 0);
    CHECK_EQ(sequence_add(cell, 1, CPU_ID), ANSWER_COMMITTED);
    _exit(EXIT_SUCCESS); /* traced: nothing that looks for leaks works here */
}

static bool stopped_by(int status, int signal) {
    return WIFSTOPPED(status) && WSTOPSIG(status) == signal;
}

int main(void) {
    storm_open();
    cell = storm_allocate(8);
    buffer = storm_allocate(BUFFER_BYTES(64));
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) stepped();
    int status;
    CHECK_EQ(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SKIPPED) SKIP("ptrace is forbidden here");
    CHECK(stopped_by(status, SIGSTOP));
    int steps = 0;
    do {
        CHECK(steps++ < STEPS_MAX);
        CHECK_EQ(ptrace(PTRACE_SINGLESTEP, child, NULL, NULL), 0);
        CHECK_EQ(waitpid(child, &status, 0), child);
    } while (stopped_by(status, SIGTRAP));
    CHECK(stopped_by(status, SIGSTOP));
    CHECK_EQ(ptrace(PTRACE_CONT, child, NULL, NULL), 0);
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
    return 0;
}
