/* SPDX-License-Identifier: Apache-2.0 */
package java.lang;

/** What Java has to know of the sequences: their names, numbers, statuses and layouts, as in sequences.h. A test compares them. */
final class $RseqSequences {
    /** As in {@code Commits}, whose essay says when it changes. */
    static final int LAYOUT = 3;

    /** The names that sequences.h has. Those by {@code mm_cid} follow, in the same order, BY_ID further. */
    static final String[] SEQUENCES = {
        "add",
        "add_double",
        "max",
        "count",
        "push",
        "pop",
        "take",
        "push_batch",
        "pop_batch",
        "reserve",
        "tally",
        "add_by_id",
        "add_double_by_id",
        "max_by_id",
        "count_by_id",
        "push_by_id",
        "pop_by_id",
        "take_by_id",
        "push_batch_by_id",
        "pop_batch_by_id",
        "reserve_by_id",
        "tally_by_id",
    };

    static final int ADD = 0;
    static final int ADD_DOUBLE = 1;
    static final int MAX = 2;
    static final int COUNT = 3;
    static final int PUSH = 4;
    static final int POP = 5;
    static final int TAKE = 6;
    static final int PUSH_BATCH = 7;
    static final int POP_BATCH = 8;
    static final int RESERVE = 9;
    static final int TALLY = 10;
    static final int BY_ID = 11;

    /** How many numbers each takes, the area and the CPUs, its last two, among them. */
    private static final int[] ARGUMENTS = {4, 4, 4, 4, 5, 4, 4, 6, 6, 5, 6};

    static final long COMMITTED = 0;
    static final long UNAVAILABLE = Long.MIN_VALUE + 1;
    static final long FULL = Long.MIN_VALUE + 2;
    static final long CLOSED = Long.MIN_VALUE + 3;
    static final long RESTARTED = Long.MIN_VALUE + 5;
    static final long STATUS_MAX = Long.MIN_VALUE + 15;

    /** How often a sequence is tried that is aborted, as in {@code Commits}. */
    static final int TRIES = 64;

    static final long COUNT_CLOSED = 64;
    static final long STACK_VALUES = 16;
    static final long ROW_PLACES = 8;
    static final long TALLY_BUCKETS = 192;
    static final long BUFFER_DATA = 128;

    private $RseqSequences() {}

    static int arguments(int sequence) {
        return ARGUMENTS[sequence % BY_ID];
    }
}
