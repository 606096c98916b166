/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;

/** An object of a pool that notices when it is in two places. All things are equal, so that only identity tells them apart. */
final class Thing {
    private final AtomicInteger users = new AtomicInteger();

    /* Plain: torn or stale if giving back does not happen before taking. */
    private long first;
    private long second;

    volatile boolean discarded;

    void use() {
        assertThat(users.incrementAndGet()).as("users at once").isOne();
        assertThat(discarded).as("used after it was discarded").isFalse();
        assertThat(second).isEqualTo(first);
        first++;
        second++;
    }

    void unuse() {
        assertThat(users.decrementAndGet()).isZero();
    }

    void discard() {
        assertThat(users.get()).as("users of what is discarded").isZero();
        assertThat(discarded).as("discarded twice").isFalse();
        discarded = true;
    }

    long uses() {
        return first;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Thing;
    }

    @Override
    public int hashCode() {
        return 1;
    }
}
