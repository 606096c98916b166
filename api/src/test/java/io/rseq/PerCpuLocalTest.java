/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PerCpuLocalTest {
    private static final int THREADS = 16;
    private static final int ADDS = 20_000;

    @ParameterizedTest
    @EnumSource(Index.class)
    void there_are_no_more_objects_than_indexes_and_forEach_has_all_that_threads_got(Index index) {
        PerCpuLocal<AtomicLong> local = PerCpuLocal.withInitial(index, AtomicLong::new);
        Crowd.of(THREADS, () -> {
                    for (int i = 0; i < ADDS; i++) local.get().incrementAndGet();
                })
                .join();
        AtomicLong sum = new AtomicLong();
        List<AtomicLong> all = new ArrayList<>();
        local.forEach(object -> {
            sum.addAndGet(object.get());
            all.add(object);
        });
        assertThat(sum.get()).isEqualTo((long) THREADS * ADDS);
        assertThat(all).hasSizeBetween(1, index == Index.NUMA_NODE ? Cpus.nodeCount() : Cpus.count());
    }

    @Test
    void nothing_is_made_before_it_is_asked_for() {
        AtomicInteger made = new AtomicInteger();
        PerCpuLocal<Integer> local = PerCpuLocal.withInitial(made::incrementAndGet);
        local.forEach(object -> {
            throw new AssertionError(object);
        });
        assertThat(made).hasValue(0);
        assertThat(local.get()).isPositive();
        assertThat(made).hasValue(1);
    }

    /** All wait in the supplier for each other, so that several are made for one index; afterwards nobody gets one that is not among those that stay. */
    @Test
    void of_several_that_are_made_for_one_index_one_stays_and_all_get_that_one() {
        CyclicBarrier all = new CyclicBarrier(THREADS);
        Set<Object> got = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
        PerCpuLocal<Object> local = PerCpuLocal.withInitial(() -> {
            await(all);
            return new Object();
        });
        Crowd.of(THREADS, () -> got.add(local.get())).join();
        Set<Object> staying = Collections.newSetFromMap(new IdentityHashMap<>());
        local.forEach(staying::add);
        assertThat(staying.size()).isLessThanOrEqualTo(Cpus.count());
        assertThat(got).isEqualTo(staying);
    }

    @Test
    void what_the_supplier_throws_comes_to_the_caller_and_the_next_call_asks_again() {
        AtomicInteger calls = new AtomicInteger();
        PerCpuLocal<String> local = PerCpuLocal.withInitial(() -> {
            if (calls.incrementAndGet() == 1) throw new IllegalStateException("not yet");
            return "made";
        });
        assertThatThrownBy(local::get).isInstanceOf(IllegalStateException.class).hasMessage("not yet");
        assertThat(local.get()).isEqualTo("made");
    }

    @Test
    void null_is_refused() {
        assertThatThrownBy(() -> PerCpuLocal.withInitial(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> PerCpuLocal.withInitial(null, Object::new)).isInstanceOf(NullPointerException.class);
        Supplier<Object> none = () -> null;
        assertThatThrownBy(PerCpuLocal.withInitial(none)::get)
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("supplier");
        assertThatThrownBy(() -> PerCpuLocal.withInitial(Object::new).forEach(null))
                .isInstanceOf(NullPointerException.class);
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }
}
