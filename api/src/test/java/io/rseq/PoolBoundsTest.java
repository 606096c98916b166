/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rseq.internal.FakeAgent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many objects a pool keeps, since when, and which it hands out. */
class PoolBoundsTest {
    @Test
    void of_all_cpus_together_no_more_than_maxPooled_are_idle_and_the_others_are_discarded() {
        PerCpuPool<Thing> pool = PerCpuPool.builder(Thing::new).maxPooled(3).build();
        assertThat(pool.maxIdle()).isEqualTo(3);
        useAtOnce(pool, 10);
        assertThat(pool.idle()).isEqualTo(3);
        assertThat(pool.discarded()).isEqualTo(7);
        pool.trim();
        assertThat(pool.idle()).isZero();
        useAtOnce(pool, 2);
        assertThat(pool.idle()).isEqualTo(2);
        assertThatThrownBy(() -> PerCpuPool.builder(Thing::new).maxPooled(0).build())
                .hasMessage("maxPooled=0: not 1 or more");
    }

    @Test
    void a_prefilled_pool_makes_nothing_for_whom_it_was_filled() {
        PerCpuPool<Thing> pool =
                PerCpuPool.builder(Thing::new).capacityPerCpu(8).build();
        assertThat(pool.prefill(4)).isEqualTo(4 * Cpus.count());
        assertThat(pool.prefill(4)).isZero();
        assertThat(pool.idle()).isEqualTo(4L * Cpus.count());
        pool.lease().close();
        assertThat(pool.created()).isEqualTo(4L * Cpus.count());
        assertThat(pool.prefill(100)).isEqualTo(4 * Cpus.count());
        assertThat(pool.idle()).isEqualTo(pool.maxIdle());
        assertThatThrownBy(() -> pool.prefill(-1)).hasMessage("objects=-1");
    }

    @Test
    void a_pool_is_prefilled_in_the_memory_of_each_cpu() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            PerCpuPool<Thing> pool =
                    PerCpuPool.builder(Thing::new).capacityPerCpu(8).build();
            long made = pool.prefill(8);
            assertThat(pool.idle()).isEqualTo(made).isEqualTo(pool.maxIdle());
            assertThat(agent.commits()).isPositive();
            assertThat((long) pool.trim()).isEqualTo(made);
        }
    }

    @Test
    void prefill_stops_at_maxPooled() {
        PerCpuPool<Thing> pool = PerCpuPool.builder(Thing::new).maxPooled(2).build();
        assertThat(pool.prefill(2)).isEqualTo(2);
        assertThat(pool.idle()).isEqualTo(2);
        assertThat(pool.discarded()).isZero();
    }

    @Test
    void an_idle_object_that_is_not_valid_is_discarded_and_the_next_one_taken() {
        List<Thing> discarded = new ArrayList<>();
        List<Thing> broken = new ArrayList<>();
        PerCpuPool<Thing> pool = PerCpuPool.builder(Thing::new)
                .validate(thing -> broken.stream().noneMatch(other -> other == thing))
                .onDiscard(discarded::add)
                .build();
        Thing first = pool.acquire();
        Thing second = pool.acquire();
        pool.release(first);
        pool.release(second);
        broken.add(first);
        assertThat(pool.acquire()).isSameAs(second);
        assertThat(discarded).hasSize(1).first().isSameAs(first);
        pool.release(second);
        broken.add(second);
        try (Lease<Thing> third = pool.lease()) {
            assertThat(third.get()).isNotSameAs(second);
        }
        assertThat(discarded).hasSize(2).last().isSameAs(second);
        assertThatThrownBy(() -> pool.release(first)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void an_object_at_which_validate_throws_is_discarded() {
        PerCpuPool<Thing> pool = PerCpuPool.builder(Thing::new)
                .validate(thing -> {
                    throw new IllegalStateException("broken");
                })
                .build();
        pool.lease().close();
        assertThatThrownBy(pool::lease).hasMessage("broken");
        assertThat(pool.idle()).isZero();
        assertThat(pool.discarded()).isOne();
        pool.lease().close();
        assertThat(pool.idle()).isOne();
    }

    @Test
    void what_nobody_took_between_two_calls_is_discarded_and_what_was_used_stays() {
        unusedGoAndUsedStay();
        try (FakeAgent agent = FakeAgent.arrive()) {
            unusedGoAndUsedStay();
            assertThat(agent.commits()).isPositive();
        }
    }

    /* A thread that moves finds other objects, or makes new ones. */
    private static void unusedGoAndUsedStay() {
        PerCpuPool<Thing> pool =
                PerCpuPool.builder(Thing::new).capacityPerCpu(64).build();
        useAtOnce(pool, 10);
        assertThat(pool.trimUnused()).isZero();
        Lease<Thing> out = pool.lease();
        useAtOnce(pool, 2);
        long unused = pool.idle() - 2;
        assertThat((long) pool.trimUnused()).isEqualTo(unused).isGreaterThanOrEqualTo(7);
        assertThat(pool.idle()).isEqualTo(2);
        assertThat(pool.trimUnused()).isEqualTo(2);
        out.close();
        assertThat(pool.trimUnused()).isZero();
        assertThat(pool.trimUnused()).isOne();
        assertThat(pool.discarded()).isEqualTo(pool.created());
    }

    @Test
    void a_second_close_and_a_second_release_are_refused_after_a_trim_too() {
        PerCpuPool<Thing> pool = PerCpuPool.builder(Thing::new).build();
        Lease<Thing> lease = pool.lease();
        lease.close();
        assertThat(pool.trimUnused()).isZero();
        assertThatThrownBy(lease::close).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(lease::get).isInstanceOf(IllegalStateException.class);
        Thing thing = pool.acquire();
        pool.release(thing);
        assertThat(pool.trimUnused()).isZero();
        assertThatThrownBy(() -> pool.release(thing)).isInstanceOf(IllegalStateException.class);
        assertThat(pool.idle()).isOne();
    }

    @Test
    void without_a_fence_what_lies_unused_in_memory_stays() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            PerCpuPool<Thing> pool = PerCpuPool.builder(Thing::new).build();
            useAtOnce(pool, 60); // some of which the fake has go to the heap
            agent.fences(false);
            int onHeap = 0;
            for (int i = 0; i < 3; i++) onHeap += pool.trimUnused();
            assertThat(pool.idle()).isEqualTo(60 - onHeap).isPositive();
            agent.fences(true);
            assertThat(pool.trimUnused()).isEqualTo(60 - onHeap);
        }
    }

    private static void useAtOnce(PerCpuPool<Thing> pool, int objects) {
        List<Lease<Thing>> out = new ArrayList<>();
        for (int i = 0; i < objects; i++) out.add(pool.lease());
        for (Lease<Thing> lease : out) lease.close();
    }
}
