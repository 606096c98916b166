/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Suppliers and callbacks that throw leave the pool whole. */
class PoolCallbacksTest {
    @Test
    void a_supplier_that_throws_or_makes_nothing_takes_no_place() {
        AtomicInteger calls = new AtomicInteger();
        PerCpuPool<Thing> pool = PerCpuPool.builder(() -> switch (calls.getAndIncrement() % 3) {
                    case 0 -> throw new IllegalStateException("none today");
                    case 1 -> null;
                    default -> new Thing();
                })
                .capacityPerCpu(1)
                .build();
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(pool::lease).hasMessage("none today");
            assertThatThrownBy(pool::acquire).isInstanceOf(NullPointerException.class);
            Lease<Thing> lease = pool.lease();
            lease.close();
            assertThat(pool.idle()).isOne();
            assertThat(pool.trim()).isOne();
        }
        assertThat(pool.created()).isEqualTo(10);
    }

    @Test
    void onRelease_comes_before_the_object_is_idle_and_one_at_which_it_throws_is_discarded() {
        List<Thing> discarded = new ArrayList<>();
        AtomicInteger calls = new AtomicInteger();
        List<PerCpuPool<Thing>> itself = new ArrayList<>();
        PerCpuPool<Thing> pool = PerCpuPool.builder(Thing::new)
                .onRelease(thing -> {
                    assertThat(itself.get(0).idle()).isZero();
                    if (calls.incrementAndGet() > 1) throw new IllegalStateException("broken");
                })
                .onDiscard(discarded::add)
                .build();
        itself.add(pool);
        pool.release(pool.acquire());
        assertThat(pool.idle()).isOne();
        Thing thing = pool.acquire();
        assertThatThrownBy(() -> pool.release(thing)).hasMessage("broken");
        assertThatThrownBy(() -> pool.release(thing)).isInstanceOf(IllegalArgumentException.class);
        Lease<Thing> lease = pool.lease();
        Thing leased = lease.get();
        assertThatThrownBy(lease::close).hasMessage("broken");
        assertThatThrownBy(lease::close).isInstanceOf(IllegalStateException.class);
        assertThat(discarded).hasSize(2);
        assertThat(discarded.get(0)).isSameAs(thing);
        assertThat(discarded.get(1)).isSameAs(leased);
        assertThat(pool.idle()).isZero();
        assertThat(pool.created()).isEqualTo(pool.discarded());
    }

    @Test
    void onDiscard_that_throws_is_heard_and_the_object_is_discarded_all_the_same() {
        PerCpuPool<Thing> pool = PerCpuPool.builder(Thing::new)
                .capacityPerCpu(4)
                .onDiscard(thing -> {
                    throw new IllegalStateException("no");
                })
                .build();
        List<Lease<Thing>> out = new ArrayList<>();
        for (int i = 0; i < 5; i++) out.add(pool.lease());
        for (int i = 0; i < 4; i++) out.get(i).close();
        assertThatThrownBy(out.get(4)::close).hasMessage("no");
        assertThat(pool.discarded()).isOne();
        assertThat(pool.idle()).isEqualTo(4);
        for (int left = 3; left >= 0; left--) {
            assertThatThrownBy(pool::trim).hasMessage("no");
            assertThat(pool.idle()).isEqualTo(left);
        }
        assertThat(pool.trim()).isZero();
        assertThat(pool.created()).isEqualTo(pool.discarded());
    }

    @Test
    void callbacks_may_call_the_pool() {
        List<PerCpuPool<Thing>> itself = new ArrayList<>();
        AtomicInteger nested = new AtomicInteger();
        PerCpuPool<Thing> pool = PerCpuPool.builder(() -> {
                    if (nested.getAndIncrement() == 0) itself.get(0).lease().close();
                    return new Thing();
                })
                .onDiscard(thing -> itself.get(0).lease().close())
                .build();
        itself.add(pool);
        pool.lease().close();
        assertThat(pool.idle()).isEqualTo(2);
        assertThat(pool.trim()).isEqualTo(2);
        assertThat(pool.idle()).isOne();
    }
}
