/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import java.util.List;

/**
 * One thing that a process might pay for the agent: where {@code being-there.sh} keeps its raw figures, in which column and unit, and what the
 * project says of it. The limit is absolute, or in percent where the cost is relative, or none: unchanged. Where it is in parts, that
 * column and all after it are one figure each, and their sum is what the process paid.
 */
record Cost(
        String measure,
        int column,
        double scale,
        String text,
        String unit,
        boolean relative,
        String claim,
        double limit) {
    /* After the variant; the columns from 3 on are what the process printed. */
    private static final int WALL = 0;
    private static final int PRINTED = 3;

    /* From here on a process prints what each part of its work took, where it does. */
    private static final int PARTS = PRINTED + 3;

    /* How far from the empty agent what is unchanged may be, either way, in percent. */
    static final double UNCHANGED_WITHIN = 3;

    private static final double UNCHANGED = Double.NaN;

    static List<Cost> all() {
        return List.of(
                new Cost(
                        "hello",
                        WALL,
                        1e3,
                        "hello world, nothing annotated",
                        "ms",
                        false,
                        "start_costs_at_most_30_ms_more_than_an_empty_agent",
                        30),
                new Cost(
                        "one",
                        WALL,
                        1e3,
                        "hello world, one annotated class",
                        "ms",
                        false,
                        "start_costs_at_most_60_ms_more_with_one_annotated_class",
                        60),
                new Cost("many", WALL, 1e3, "start with 500 annotated classes", "ms", false, null, 0),
                new Cost(
                        "classes",
                        PARTS,
                        1e-6,
                        "loading 10,000 classes, none annotated: the lowest tenth of each hundred, added up; the empty agent with a transformer",
                        "ms",
                        true,
                        "ten_thousand_unannotated_classes_load_within_2_percent_of_a_transformer_that_does_nothing",
                        2),
                new Cost(
                        "classes",
                        PRINTED + 1,
                        1e-6,
                        "the same, whole runs, CPU time of the thread that loads",
                        "ms",
                        true,
                        null,
                        0),
                new Cost(
                        "platform",
                        PRINTED,
                        1e-3,
                        "start and join a platform thread, one CPU: the fifth of short rounds",
                        "us",
                        true,
                        "thread_start_and_join_costs_at_most_5_percent_more",
                        5),
                new Cost(
                        "virtual",
                        PRINTED,
                        1e-3,
                        "start and join a virtual thread, one CPU",
                        "us",
                        true,
                        "virtual_thread_start_is_unchanged_within_3_percent",
                        UNCHANGED),
                new Cost(
                        "virtual",
                        PRINTED + 1,
                        1e-3,
                        "park and unpark round trip of two virtual threads, one CPU",
                        "us",
                        true,
                        "virtual_thread_park_is_unchanged_within_3_percent",
                        UNCHANGED),
                new Cost(
                        "rss",
                        PRINTED,
                        1.0 / 1024,
                        "resident after start",
                        "MiB",
                        false,
                        "resident_memory_is_at_most_8_MiB_more_than_with_an_empty_agent",
                        8),
                new Cost("rss", PRINTED + 1, 1.0 / 1024, "most resident until then", "MiB", false, null, 0),
                new Cost("rss", PRINTED + 2, 1.0 / 1024, "resident after start, no file's", "MiB", false, null, 0),
                new Cost(
                        "steady",
                        PRINTED,
                        1e-6,
                        "steady state of an application that uses nothing of it: the fifth of rounds",
                        "ms",
                        true,
                        "steady_state_is_unchanged_within_3_percent",
                        UNCHANGED));
    }

    boolean parts() {
        return column == PARTS;
    }

    /** Whether it is claimed to be as with the empty agent, within {@link #UNCHANGED_WITHIN}. */
    boolean unchanged() {
        return Double.isNaN(limit);
    }
}
