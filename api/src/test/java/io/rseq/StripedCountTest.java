/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StripedCountTest {
    private static final int PAIRS = 4;
    private static final int ROUNDS = 10_000;

    private final StripedCount count = new StripedCount();

    /** Each comes on one thread, and leaves on another one: both have words of their own. */
    @Test
    void a_sum_is_never_lower_than_who_stays() {
        count.come();
        SynchronousQueue<Integer> came = new SynchronousQueue<>();
        AtomicLong number = new AtomicLong();
        Crowd crowd = Crowd.of(2 * PAIRS, () -> {
            boolean comes = number.getAndIncrement() % 2 == 0;
            try {
                for (int i = 0; i < ROUNDS; i++) {
                    if (comes) came.put(count.come());
                    else count.undo(came.take());
                }
            } catch (InterruptedException impossible) {
                throw new AssertionError(impossible);
            }
        });
        while (!crowd.isDone()) assertThat(count.sum()).isPositive();
        crowd.join();
        assertThat(count.sum()).isEqualTo(1);
    }

    @Test
    void those_that_leave_elsewhere_than_they_came_are_counted_out() {
        Crowd.of(PAIRS, () -> {
                    for (int i = 0; i < ROUNDS; i++) count.come();
                })
                .join();
        Crowd.of(PAIRS, () -> {
                    for (int i = 0; i < ROUNDS; i++) count.leave();
                })
                .join();
        assertThat(count.sum()).isZero();
    }
}
