/* SPDX-License-Identifier: Apache-2.0 */
package com.fasterxml.jackson.core.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class RecyclerPoolTest {
    private static final int CPUS = 3;

    private final OnToldCpu pool = new OnToldCpu();

    /** Runs where it is told to. */
    private static class OnToldCpu extends $RseqRecyclerPool {
        private static final long serialVersionUID = 1;

        int cpu;

        OnToldCpu() {
            super(CPUS);
        }

        @Override
        int cpu() {
            return cpu;
        }
    }

    @Test
    void what_is_given_back_is_taken_again_on_that_cpu_and_on_no_other() {
        BufferRecycler recycler = pool.acquireAndLinkPooled();
        recycler.releaseToPool();
        pool.cpu = 1;
        assertThat(pool.acquirePooled()).isNotSameAs(recycler);
        pool.cpu = 0;
        assertThat(pool.acquirePooled()).isSameAs(recycler);
        assertThat(pool.acquirePooled()).isNotSameAs(recycler);
    }

    @Test
    void what_is_taken_on_one_cpu_and_given_back_on_another_stays_there() {
        BufferRecycler recycler = pool.acquirePooled();
        pool.cpu = 2;
        pool.releasePooled(recycler);
        assertThat(pool.acquirePooled()).isSameAs(recycler);
    }

    @Test
    void linked_to_the_pool_once_for_each_time_it_is_taken() {
        BufferRecycler recycler = pool.acquireAndLinkPooled();
        assertThat(recycler.isLinkedWithPool()).isTrue();
        recycler.releaseToPool();
        assertThat(recycler.isLinkedWithPool()).isFalse();
        recycler.releaseToPool();
        assertThat(pool.pooledCount()).isEqualTo(1);
        assertThat(pool.acquireAndLinkPooled().isLinkedWithPool()).isTrue();
    }

    @Test
    void no_more_than_the_slots_of_a_cpu_are_idle_and_each_comes_out_once() {
        int more = $RseqRecyclerPool.SLOTS + 5;
        for (pool.cpu = 0; pool.cpu < CPUS; pool.cpu++) {
            List<BufferRecycler> taken = new ArrayList<>();
            for (int i = 0; i < more; i++) taken.add(pool.acquirePooled());
            for (BufferRecycler recycler : taken) pool.releasePooled(recycler);
        }
        assertThat(pool.pooledCount()).isEqualTo(CPUS * $RseqRecyclerPool.SLOTS);
        pool.cpu = 1;
        Set<BufferRecycler> again = identitySet();
        for (int i = 0; i < more; i++) again.add(pool.acquirePooled());
        assertThat(again).hasSize(more);
        assertThat(pool.pooledCount()).isEqualTo((CPUS - 1) * $RseqRecyclerPool.SLOTS);
    }

    @Test
    void cleared_nothing_is_idle_and_it_goes_on() {
        BufferRecycler recycler = pool.acquirePooled();
        pool.releasePooled(recycler);
        assertThat(pool.clear()).isTrue();
        assertThat(pool.pooledCount()).isZero();
        assertThat(pool.acquirePooled()).isNotSameAs(recycler);
        pool.releasePooled(recycler);
        assertThat(pool.acquirePooled()).isSameAs(recycler);
    }

    @Test
    void serialized_it_is_jackson_own_default() throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new $RseqRecyclerPool(CPUS));
        }
        assertThat(bytes.toString(StandardCharsets.ISO_8859_1)).doesNotContain("Rseq");
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isSameAs(JsonRecyclerPools.defaultPool());
        }
    }

    /** All threads take from all rows, as if each were moved at each step. */
    @Test
    void no_recycler_is_in_two_hands() throws InterruptedException {
        $RseqRecyclerPool anywhere = new $RseqRecyclerPool(CPUS) {
            private static final long serialVersionUID = 1;

            @Override
            int cpu() {
                return ThreadLocalRandom.current().nextInt(CPUS);
            }
        };
        Set<BufferRecycler> inHand = Collections.synchronizedSet(identitySet());
        AtomicBoolean twice = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) threads.add(new Thread(() -> takeAndGiveBack(anywhere, inHand, twice)));
        for (Thread thread : threads) thread.start();
        for (Thread thread : threads) thread.join();
        assertThat(twice).isFalse();
        assertThat(anywhere.pooledCount()).isPositive();
    }

    private static void takeAndGiveBack(
            RecyclerPool<BufferRecycler> pool, Set<BufferRecycler> inHand, AtomicBoolean twice) {
        for (int i = 0; i < 100_000; i++) {
            BufferRecycler recycler = pool.acquireAndLinkPooled();
            if (!inHand.add(recycler)) twice.set(true);
            inHand.remove(recycler);
            recycler.releaseToPool();
        }
    }

    private static Set<BufferRecycler> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }
}
