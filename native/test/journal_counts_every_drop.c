/* SPDX-License-Identifier: Apache-2.0 */
#include "../src/journal.h"
#include "check.h"

static struct journal_event events[JOURNAL_CAPACITY];

static void record(int64_t number) {
    struct journal_event event = {.java_id = number, .tid = (int32_t)-number};
    journal_record(&event);
}

int main(void) {
    record(1); /* before there is a ring: no crash */
    CHECK_EQ(journal_drain(events, 1), 0);
    CHECK(journal_open());
    CHECK(journal_open());
    CHECK_EQ(journal_drain(events, JOURNAL_CAPACITY), 0);
    CHECK(!journal_is_verbose());
    journal_set_verbose(true);
    CHECK(journal_is_verbose());

    int64_t number = 0;
    int64_t expected = 0;
    uint64_t dropped = 0;
    for (int lap = 0; lap < 5; lap++) {
        int64_t end = number + JOURNAL_CAPACITY;
        while (number < end) record(number++);
        CHECK_EQ(journal_dropped(), dropped);
        for (int i = 0; i < 100 + lap; i++) record(-1); /* full: the oldest stay, the newest are dropped and counted */
        dropped += 100 + (uint64_t)lap;
        CHECK_EQ(journal_dropped(), dropped);

        CHECK_EQ(journal_drain(events, 0), 0);
        CHECK_EQ(journal_drain(events, 10), 10); /* the oldest first, never more than asked for */
        int got = 10 + journal_drain(events + 10, JOURNAL_CAPACITY - 10);
        CHECK_EQ(got, JOURNAL_CAPACITY);
        for (int i = 0; i < got; i++, expected++) {
            CHECK_EQ(events[i].java_id, expected);
            CHECK_EQ(events[i].tid, -expected);
        }
        CHECK_EQ(journal_drain(events, JOURNAL_CAPACITY), 0);

        for (int i = 0; i < 3000; i++) record(number++); /* the next lap starts inside the ring */
        CHECK_EQ(journal_drain(events, JOURNAL_CAPACITY), 3000);
        expected += 3000;
        CHECK_EQ(events[2999].java_id, expected - 1);
    }
    return 0;
}
