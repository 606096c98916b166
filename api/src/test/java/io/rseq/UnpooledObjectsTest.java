/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a pool hands out over its bound. */
class UnpooledObjectsTest {
    private static final int THREADS = 4;
    private static final int ROUNDS = 250_000;

    private final UnpooledObjects<Object> unpooled = new UnpooledObjects<>();

    @Test
    void an_object_is_known_once() {
        Object object = new Object();
        unpooled.add(object);
        assertThat(unpooled.remove(new Object())).isFalse();
        assertThat(unpooled.remove(object)).isTrue();
        assertThat(unpooled.remove(object)).isFalse();
    }

    /**
     * Some add, others remove: a sum of what each has counted that is not taken at one instant may well be 0, or less. With a question for isEmpty
     * ahead of the removal this failed in 2 of 7 runs.
     */
    @Test
    void an_object_is_known_while_others_come_and_go() {
        AtomicReference<Object> passed = new AtomicReference<>();
        AtomicLong unknown = new AtomicLong();
        Crowd adding = Crowd.of(THREADS, () -> {
            for (int round = 0; round < ROUNDS; round++) {
                Object object = new Object();
                unpooled.add(object);
                while (!passed.compareAndSet(null, object)) Thread.yield();
            }
        });
        Crowd removing = Crowd.of(THREADS, () -> {
            for (int round = 0; round < ROUNDS; round++) {
                Object object = passed.getAndSet(null);
                for (; object == null; object = passed.getAndSet(null)) Thread.yield();
                if (!unpooled.remove(object)) unknown.incrementAndGet();
            }
        });
        adding.join();
        removing.join();
        assertThat(unknown).hasValue(0);
    }
}
