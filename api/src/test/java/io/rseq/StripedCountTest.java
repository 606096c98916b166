/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StripedCountTest {
    private static final int PAIRS = 4;
    private static final int ROUNDS = 10_000;
    private static final int STACKS = 500;

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
    void one_that_comes_where_the_stack_ends_is_undone_or_did_not_come() throws InterruptedException {
        for (int i = 0; i < STACKS; i++) {
            int padding = i;
            Thread thread = new Thread(null, () -> comeAndUndoDeeper(padding % 8), "", 1 << 17);
            thread.start();
            thread.join();
        }
        assertThat(count.sum()).isZero();
    }

    /* Until the stack ends, at another place with each padding. */
    private void comeAndUndoDeeper(int padding) {
        try {
            if (padding == 0) {
                int at = count.come();
                try { // as Readers does it
                    count.undo(at);
                } catch (StackOverflowError end) {
                    synchronized (count) {
                        count.owed++;
                    }
                    throw end;
                }
                comeAndUndoDeeper(0);
            } else {
                comeAndUndoDeeper(padding - 1);
            }
        } catch (StackOverflowError expected) {
            // goes on in the frame above
        }
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
