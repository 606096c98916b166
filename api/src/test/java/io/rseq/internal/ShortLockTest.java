/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ShortLockTest {
    private final ShortLock lock = new ShortLock();

    @Test
    void is_held_by_one() {
        assertThat(lock.tryLock()).isTrue();
        assertThat(lock.tryLock()).isFalse();
        lock.held = false;
        assertThat(lock.tryLock()).isTrue();
    }

    @Test
    void who_waits_long_gives_its_cpu_away_even_when_interrupted() throws InterruptedException {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        lock.lock();
        Thread waiter = new Thread(() -> {
            lock.lock();
            interrupted.complete(Thread.currentThread().isInterrupted());
        });
        waiter.start();
        waitUntilNapping(waiter);
        waiter.interrupt();
        Thread.sleep(1);
        waitUntilNapping(waiter);
        assertThat(interrupted).isNotDone();
        lock.held = false;
        waiter.join();
        assertThat(interrupted).isCompletedWithValue(true);
        assertThat(lock.tryLock()).isFalse();
    }

    private static void waitUntilNapping(Thread waiter) throws InterruptedException {
        while (waiter.getState() != Thread.State.TIMED_WAITING) Thread.sleep(0, 1000);
    }
}
