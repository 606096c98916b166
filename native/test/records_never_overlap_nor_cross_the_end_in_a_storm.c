/*
 * Sixteen threads append records of all lengths to one buffer per CPU, and a reader takes them out. Each is read whole, as its writer left
 * it, once, and in the writer's order; none crosses the end of the data.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <sched.h>

#include "../src/kernel.h"
#include "enter.h"
#include "check.h"
#include "storm.h"

/* A payload is words that all hold its writer and its number, so that two that overlap spoil each other. */
enum { CAPACITY = 8192, PAYLOAD_WORDS_MAX = 40, PADDING = 1, EMPTY_EVERY = 16, REGIONS_MAX = 1024 };

static int64_t buffer, field;
static int64_t written[STORM_WORKERS], written_empty[STORM_WORKERS];
static int64_t read_count[STORM_WORKERS], read_empty;
static int64_t last_number[REGIONS_MAX][STORM_WORKERS];

static _Atomic int64_t *data_word(int cpu, int64_t position) {
    CHECK(position >= 0 && position <= CAPACITY - 8 && position % 8 == 0);
    return storm_word(cpu, buffer + BUFFER_DATA + position);
}

/* Whether the record was appended, or dropped, in one go: that is tried half the time. */
static bool append_whole(int writer, int64_t words) {
    int64_t next = written[writer] + 1;
    if (field != CPU_ID || next % 2 == 0) return false;
    int64_t payload[PAYLOAD_WORDS_MAX];
    for (int64_t i = 0; i < words; i++) payload[i] = next * STORM_WORKERS + writer;
    int64_t status = sequence_append(buffer, CAPACITY, 8 * words, payload, 0);
    if (status == ANSWER_UNAVAILABLE || status == ANSWER_RESTARTED) return false;
    if (status == ANSWER_COMMITTED) {
        if (words == 0) written_empty[writer]++;
        else written[writer]++;
    } else {
        CHECK_EQ(status, ANSWER_FULL);
        sched_yield(); /* to the reader */
    }
    return true;
}

static void append(int writer, int64_t words) {
    if (append_whole(writer, words)) return;
    int64_t header = sequence_reserve(buffer, CAPACITY, 8 * words, field);
    if (header < 0) {
        CHECK(header == ANSWER_FULL || header == ANSWER_RESTARTED);
        sched_yield(); /* to the reader */
        return;
    }
    int64_t distance = header - (int64_t)(uintptr_t)data_word(0, 0);
    int cpu = (int)(distance >> SEQUENCE_SHIFT);
    int64_t position = distance - ((int64_t)cpu << SEQUENCE_SHIFT);
    CHECK(cpu >= 0 && cpu < storm_cpus());
    CHECK(position + 8 + 8 * words <= CAPACITY);
    CHECK_EQ((int32_t)*data_word(cpu, position), words == 0 ? INT32_MIN : -8 * words);
    if (words == 0) {
        written_empty[writer]++;
        atomic_store_explicit(data_word(cpu, position), 0, memory_order_release);
        return;
    }
    int64_t stamp = ++written[writer] * STORM_WORKERS + writer;
    for (int64_t i = 1; i <= words; i++) atomic_store_explicit(data_word(cpu, position + 8 * i), stamp, memory_order_relaxed);
    atomic_store_explicit(data_word(cpu, position), 8 * words, memory_order_release);
}

static void write_records(int number) {
    uint64_t random = (uint64_t)number + 1;
    while (storm_goes_on()) {
        uint64_t choice = storm_random(&random);
        append(number, choice % EMPTY_EVERY == 0 ? 0 : 1 + (int64_t)(choice / EMPTY_EVERY % PAYLOAD_WORDS_MAX));
    }
}

static void take_record(int cpu, int64_t position, int64_t length) {
    CHECK(length % 8 == 0 && length <= 8 * PAYLOAD_WORDS_MAX);
    if (length == 0) {
        read_empty++;
        return;
    }
    int64_t stamp = *data_word(cpu, position + 8);
    for (int64_t at = 16; at <= length; at += 8) CHECK_EQ(*data_word(cpu, position + at), stamp);
    int writer = (int)(stamp % STORM_WORKERS);
    CHECK(writer >= 0);
    CHECK(stamp / STORM_WORKERS > last_number[cpu][writer]);
    last_number[cpu][writer] = stamp / STORM_WORKERS;
    read_count[writer]++;
}

static void read_cpu(int cpu) {
    _Atomic int64_t *tail_word = storm_word(cpu, buffer + BUFFER_TAIL);
    _Atomic int64_t *head_word = storm_word(cpu, buffer + BUFFER_HEAD);
    int64_t tail = atomic_load_explicit(tail_word, memory_order_acquire);
    int64_t head = *head_word;
    CHECK(tail - head >= 0 && tail - head <= CAPACITY);
    while (head < tail) {
        int64_t position = head % CAPACITY;
        int64_t header = atomic_load_explicit(data_word(cpu, position), memory_order_acquire);
        int32_t length = (int32_t)header;
        if (length < 0) break; /* being written */
        int64_t bytes = 8 + ((length + 7) & -8);
        CHECK(position + bytes <= CAPACITY);
        CHECK(header >> 32 == 0 || header >> 32 == PADDING);
        if (header >> 32 == PADDING) CHECK_EQ(position + bytes, CAPACITY);
        else take_record(cpu, position, length);
        head += bytes;
        CHECK(head <= tail);
        atomic_store_explicit(head_word, head, memory_order_release);
    }
}

static void read_all(void) {
    for (int cpu = 0; cpu < storm_cpus(); cpu++) read_cpu(cpu);
}

static void check(int64_t index_field) {
    field = index_field;
    buffer = storm_allocate(BUFFER_BYTES(CAPACITY));
    memset(written, 0, sizeof written);
    memset(written_empty, 0, sizeof written_empty);
    memset(read_count, 0, sizeof read_count);
    memset(last_number, 0, sizeof last_number);
    read_empty = 0;
    uint64_t aborts_before = rseq_sequences_aborts;
    storm_run(700, write_records, read_all);
    read_all();
    int64_t empty = 0;
    for (int cpu = 0; cpu < storm_cpus(); cpu++) {
        CHECK_EQ(*storm_word(cpu, buffer + BUFFER_HEAD), *storm_word(cpu, buffer + BUFFER_TAIL));
    }
    for (int writer = 0; writer < STORM_WORKERS; writer++) {
        CHECK_EQ(read_count[writer], written[writer]);
        empty += written_empty[writer];
    }
    CHECK_EQ(read_empty, empty);
    CHECK(rseq_sequences_aborts > aborts_before);
}

int main(void) {
    storm_open();
    if (storm_cpus() > REGIONS_MAX) SKIP("more than %d possible CPUs", REGIONS_MAX);
    check(CPU_ID);
    if (storm_has_concurrency_id()) check(MM_CID);
    return 0;
}
