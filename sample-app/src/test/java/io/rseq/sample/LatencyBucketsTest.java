/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LatencyBucketsTest {
    @Test
    void values_below_64_have_a_bucket_each() {
        for (int value = 0; value < 64; value++) {
            assertThat(LatencyBuckets.of(value)).isEqualTo(value);
            assertThat(LatencyBuckets.highest(value)).isEqualTo(value);
        }
    }

    @Test
    void each_bucket_begins_right_after_the_one_before() {
        for (int bucket = 1; bucket < LatencyBuckets.COUNT; bucket++) {
            long first = LatencyBuckets.highest(bucket - 1) + 1;
            assertThat(LatencyBuckets.of(first)).isEqualTo(bucket);
            assertThat(LatencyBuckets.of(LatencyBuckets.highest(bucket))).isEqualTo(bucket);
        }
    }

    @Test
    void a_bucket_is_never_wider_than_a_32nd_of_its_values() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 100_000; i++) {
            long value = random.nextLong(1L << random.nextInt(1, 40));
            long highest = LatencyBuckets.highest(LatencyBuckets.of(value));
            assertThat(highest).isBetween(value, value + value / 32);
        }
    }

    @Test
    void what_is_negative_counts_as_0_and_what_is_too_long_falls_into_the_last() {
        assertThat(LatencyBuckets.of(-1)).isZero();
        assertThat(LatencyBuckets.of(Long.MIN_VALUE)).isZero();
        assertThat(LatencyBuckets.of(Long.MAX_VALUE)).isEqualTo(LatencyBuckets.COUNT - 1);
        assertThat(LatencyBuckets.of((1L << 40) - 1)).isEqualTo(LatencyBuckets.COUNT - 1);
    }

    @Test
    void a_bucket_out_of_range_is_refused() {
        assertThatThrownBy(() -> LatencyBuckets.highest(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> LatencyBuckets.highest(LatencyBuckets.COUNT))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
