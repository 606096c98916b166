/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rseq.internal.Commits;
import io.rseq.internal.FakeAgent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The atomic way, and the change to sequences in the middle, by a fake agent; what callbacks that throw leave is in PoolCallbacksTest. */
class PerCpuPoolTest {
    private static final int THREADS = 16;
    private static final int ROUNDS = 10_000;
    private static final int HELD_AT_MOST = 12;
    private static final AtomicLong SEEDS = new AtomicLong();

    /** What threads hand to each other, so that not everything is given back where it was taken. */
    private final Queue<Lease<Thing>> leases = new ConcurrentLinkedQueue<>();

    private final Queue<Thing> acquired = new ConcurrentLinkedQueue<>();

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 64, 100})
    void each_object_is_in_one_place_and_the_bound_holds_whatever_many_threads_do(int capacity) {
        PerCpuPool<Thing> pool = pool(capacity);
        Crowd.of(THREADS, () -> mixed(pool)).join();
        isWhole(pool);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 64, 100})
    void each_object_is_in_one_place_when_the_agent_arrives_in_the_middle(int capacity) {
        PerCpuPool<Thing> pool = pool(capacity);
        Crowd crowd = Crowd.of(THREADS, () -> mixed(pool));
        try (FakeAgent agent = FakeAgent.arrive()) {
            crowd.join();
            long before = agent.commits();
            Crowd.of(THREADS, () -> mixed(pool)).join();
            assertThat(agent.commits()).isGreaterThan(before);
            isWhole(pool);
        }
    }

    @Test
    void a_trim_while_threads_take_and_give_back_discards_each_object_once() {
        PerCpuPool<Thing> pool = pool(4);
        int trimmed = 0;
        // where this thread gets no CPU in time, a trim comes too late
        for (int tries = 0; trimmed == 0 && tries < 100; tries++) {
            Crowd crowd = Crowd.of(THREADS, () -> mixed(pool));
            while (!crowd.isDone()) trimmed += pool.trim();
            crowd.join();
        }
        assertThat(trimmed).isPositive();
        isWhole(pool);
    }

    @Test
    void what_is_unused_is_discarded_once_while_threads_take_and_give_back() {
        PerCpuPool<Thing> pool = pool(64);
        try (FakeAgent agent = FakeAgent.arrive()) {
            Crowd crowd = Crowd.of(THREADS, () -> mixed(pool));
            while (!crowd.isDone()) pool.trimUnused();
            crowd.join();
            assertThat(agent.commits()).isPositive();
            isWhole(pool);
        }
    }

    @Test
    void a_lease_of_a_warm_pool_is_the_same_each_time() {
        PerCpuPool<Thing> pool = pool(4);
        Lease<Thing> first = pool.lease();
        Thing thing = first.get();
        first.close();
        try (Lease<Thing> second = pool.lease()) {
            assertThat(second).isSameAs(first);
            assertThat(second.get()).isSameAs(thing);
        }
        assertThat(pool.created()).isOne();
    }

    @Test
    void without_a_fence_a_trim_leaves_what_lies_in_other_rows_and_loses_nothing() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            PerCpuPool<Thing> pool = pool(4);
            List<Lease<Thing>> out = new ArrayList<>();
            for (int i = 0; i < pool.maxIdle(); i++) out.add(pool.lease());
            for (Lease<Thing> lease : out) lease.close();
            long idle = pool.idle();
            agent.fences(false);
            long trimmed = pool.trim();
            assertThat(pool.idle()).isEqualTo(idle - trimmed);
            agent.fences(true);
            assertThat((long) pool.trim()).isEqualTo(idle - trimmed);
            assertThat(pool.idle()).isZero();
            assertThat(pool.discarded()).isEqualTo(pool.created());
        }
    }

    @Test
    void a_trim_at_which_onDiscard_throws_puts_back_what_it_had_taken() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            PerCpuPool<Thing> pool = PerCpuPool.builder(Thing::new)
                    .capacityPerCpu(64)
                    .onDiscard(thing -> {
                        throw new IllegalStateException("no");
                    })
                    .build();
            List<Lease<Thing>> out = new ArrayList<>();
            for (int i = 0; i < 10; i++) out.add(pool.lease());
            for (Lease<Thing> lease : out) lease.close();
            assertThat(agent.commits()).isPositive();
            for (int left = 9; left >= 0; left--) {
                assertThatThrownBy(pool::trim).hasMessage("no");
                assertThat(pool.idle()).isEqualTo(left);
            }
            assertThat(pool.trim()).isZero();
        }
    }

    @Test
    void what_was_taken_here_and_is_given_back_elsewhere_is_idle_here() {
        for (boolean agents : new boolean[] {false, true}) {
            try (FakeAgent agent = agents ? FakeAgent.arriveSeeing(1) : null) {
                if (agents) agent.registersWhenAsked();
                PerCpuPool<Thing> pool = pool(4);
                for (int i = 0; i < 100; i++) {
                    Lease<Thing> lease = pool.lease();
                    Crowd.of(1, lease::close).join();
                }
                Thing thing = pool.acquire();
                Crowd.of(1, () -> pool.release(thing)).join();
                assertThat(pool.created()).isOne();
                assertThat(pool.idle()).isOne();
            }
        }
    }

    @Test
    void a_take_that_is_restarted_for_ever_or_finds_the_row_closed_makes_an_object() {
        try (FakeAgent agent = FakeAgent.arriveSeeing(1)) {
            agent.registersWhenAsked(); // all commits succeed
            PerCpuPool<Thing> pool = pool(4);
            pool.lease().close();
            for (long status : new long[] {Commits.RESTARTED, Commits.CLOSED}) {
                agent.always(status);
                long before = agent.commits();
                Lease<Thing> lease = pool.lease();
                agent.always(null);
                lease.close();
                assertThat(agent.commits()).isEqualTo(before);
            }
            assertThat(pool.created()).isEqualTo(3);
            assertThat((long) pool.trim()).isEqualTo(3);
        }
    }

    @Test
    void an_overflow_is_shared_out_among_the_rows() {
        int cpus = Cpus.count();
        assertThat(PerCpuPool.builder(Thing::new).capacityPerCpu(4).build().maxIdle())
                .isEqualTo(4 * cpus);
        for (int overflow : new int[] {1, cpus})
            assertThat(overflowing(4, overflow).maxIdle()).isEqualTo(5 * cpus);
        assertThat(overflowing(4, cpus + 1).maxIdle()).isEqualTo(6 * cpus);
        assertThat(overflowing(1 << 20, Integer.MAX_VALUE).maxIdle()).isEqualTo((1 << 20) * cpus);
    }

    @SuppressWarnings("deprecation")
    private static PerCpuPool<Thing> overflowing(int capacity, int overflow) {
        return PerCpuPool.builder(Thing::new)
                .capacityPerCpu(capacity)
                .overflow(overflow)
                .build();
    }

    @Test
    void what_no_row_can_have_is_refused() {
        for (int capacity : new int[] {-1, 0, (1 << 20) + 1})
            assertThatThrownBy(() -> pool(capacity)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        PerCpuPool.builder(Thing::new).index(Index.NUMA_NODE).build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void where_the_agent_sees_more_cpus_all_is_on_the_heap() {
        try (FakeAgent agent = FakeAgent.arriveSeeing(Cpus.count() + 1)) {
            PerCpuPool<Thing> pool = pool(4);
            long before = agent.commits();
            Crowd.of(THREADS, () -> mixed(pool)).join();
            assertThat(agent.commits()).isEqualTo(before);
            isWhole(pool);
        }
    }

    @Test
    void where_memory_is_full_all_is_on_the_heap() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            agent.limit(0);
            PerCpuPool<Thing> pool = pool(4);
            long before = agent.commits();
            Crowd.of(THREADS, () -> mixed(pool)).join();
            assertThat(agent.commits()).isEqualTo(before);
            isWhole(pool);
        }
    }

    @Test
    void a_second_close_and_a_get_after_close_are_refused() {
        PerCpuPool<Thing> pool = pool(4);
        Lease<Thing> lease = pool.lease();
        lease.close();
        assertThatThrownBy(lease::close).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(lease::get).isInstanceOf(IllegalStateException.class);
        assertThat(pool.refused()).isEqualTo(2);
        assertThat(pool.idle()).isOne();
    }

    @Test
    void a_second_release_is_refused() {
        PerCpuPool<Thing> pool = pool(4);
        Thing thing = pool.acquire();
        pool.release(thing);
        assertThatThrownBy(() -> pool.release(thing)).isInstanceOf(IllegalStateException.class);
        assertThat(pool.idle()).isOne();
        assertThat(pool.refused()).isOne();
    }

    @Test
    void of_threads_that_release_one_object_at_once_one_or_both_succeed_and_it_is_idle_once() {
        PerCpuPool<Thing> pool = pool(1);
        pool.release(pool.acquire());
        for (int round = 0; round < 500; round++) {
            Thing pooled = pool.acquire();
            // owns no place: the pool must know it all the same
            Thing unpooled = pool.acquire();
            assertThat(releasedByTwo(pool, pooled)).isBetween(1, 2);
            assertThat(pool.idle()).isOne();
            assertThat(releasedByTwo(pool, unpooled)).isOne();
            assertThat(unpooled.discarded).isTrue();
            assertThat(pooled.discarded).isFalse();
        }
        assertThat(pool.created()).isEqualTo(501);
    }

    @Test
    void an_object_that_two_release_at_once_is_prepared_and_discarded_once() {
        AtomicInteger prepared = new AtomicInteger();
        PerCpuPool<Thing> pool = PerCpuPool.builder(Thing::new)
                .onRelease(thing -> {
                    if (prepared.incrementAndGet() % 2 == 0) throw new IllegalArgumentException("broken");
                })
                .onDiscard(Thing::discard)
                .build();
        for (int round = 1; round <= 500; round++) {
            assertThat(releasedByTwo(pool, pool.acquire())).isEqualTo(round % 2);
            assertThat(prepared).hasValue(round);
            assertThat(pool.discarded()).isEqualTo(round / 2);
        }
    }

    @Test
    void what_is_leased_is_not_released_and_what_is_not_the_pools_is_refused() {
        PerCpuPool<Thing> pool = pool(4);
        try (Lease<Thing> lease = pool.lease()) {
            Thing thing = lease.get();
            assertThatThrownBy(() -> pool.release(thing))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("close its lease");
        }
        assertThatThrownBy(() -> pool.release(new Thing())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pool.release(null)).isInstanceOf(NullPointerException.class);
        assertThat(pool.refused()).isEqualTo(2);
        assertThat(pool.idle()).isOne();
    }

    @Test
    void objects_over_the_bound_are_used_like_any_other_and_discarded_when_given_back() {
        PerCpuPool<Thing> pool = pool(2);
        List<Lease<Thing>> out = new ArrayList<>();
        for (int i = 0; i < pool.maxIdle() + 5; i++) out.add(pool.lease());
        Thing over = pool.acquire();
        Lease<Thing> last = out.get(out.size() - 1);
        Thing lastThing = last.get();
        last.close();
        assertThat(lastThing.discarded).isTrue();
        assertThatThrownBy(last::close).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(last::get).isInstanceOf(IllegalStateException.class);
        pool.release(over);
        assertThat(over.discarded).isTrue();
        assertThatThrownBy(() -> pool.release(over)).isInstanceOf(IllegalArgumentException.class);
        for (Lease<Thing> lease : out.subList(0, out.size() - 1)) lease.close();
        // one thread gives back to one index
        assertThat(pool.idle()).isEqualTo(2);
        assertThat(pool.discarded()).isEqualTo(pool.created() - 2);
    }

    @Test
    void objects_that_are_never_given_back_keep_their_places_and_refuse_nobody() {
        PerCpuPool<Thing> pool = pool(2);
        for (int i = 0; i < 10 * pool.maxIdle(); i++) assertThat(pool.acquire()).isNotNull();
        Thing thing = pool.acquire();
        pool.release(thing);
        assertThat(thing.discarded).isTrue();
        assertThat(pool.idle()).isZero();
    }

    @Test
    void a_supplier_that_makes_the_same_object_again_is_refused() {
        Thing same = new Thing();
        PerCpuPool<Thing> pool = PerCpuPool.builder(() -> same).build();
        Lease<Thing> lease = pool.lease();
        assertThatThrownBy(pool::lease).isInstanceOf(IllegalStateException.class);
        lease.close();
        assertThat(pool.idle()).isOne();
        assertThat(pool.created()).isOne();
    }

    @Test
    void ten_thousand_objects_come_and_go_and_each_is_found_by_its_identity() {
        PerCpuPool<Thing> pool = pool(20_000);
        List<Thing> out = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 10_000; i++) out.add(pool.acquire());
            for (Thing thing : out) pool.release(thing);
            out.clear();
            assertThat(pool.idle()).isEqualTo(10_000);
            assertThat(pool.trim()).isEqualTo(10_000);
        }
        assertThat(pool.created()).isEqualTo(30_000);
    }

    static PerCpuPool<Thing> pool(int capacity) {
        return PerCpuPool.builder(Thing::new)
                .capacityPerCpu(capacity)
                .onDiscard(Thing::discard)
                .build();
    }

    private void mixed(PerCpuPool<Thing> pool) {
        SplittableRandom random = new SplittableRandom(SEEDS.incrementAndGet());
        ArrayDeque<Lease<Thing>> ownLeases = new ArrayDeque<>();
        ArrayDeque<Thing> own = new ArrayDeque<>();
        for (int i = 0; i < ROUNDS; i++) {
            switch (random.nextInt(6)) {
                case 0, 1 -> lease(pool, ownLeases);
                case 2 -> acquire(pool, own);
                case 3 -> close(ownLeases.pollFirst());
                case 4 -> release(pool, own.pollLast());
                default -> swap(ownLeases, own);
            }
        }
        while (!ownLeases.isEmpty()) close(ownLeases.pollFirst());
        while (!own.isEmpty()) release(pool, own.pollFirst());
    }

    private static void lease(PerCpuPool<Thing> pool, ArrayDeque<Lease<Thing>> own) {
        if (own.size() >= HELD_AT_MOST) close(own.pollFirst());
        Lease<Thing> lease = pool.lease();
        lease.get().use();
        own.addLast(lease);
    }

    private static void acquire(PerCpuPool<Thing> pool, ArrayDeque<Thing> own) {
        if (own.size() >= HELD_AT_MOST) release(pool, own.pollFirst());
        Thing thing = pool.acquire();
        thing.use();
        own.addLast(thing);
    }

    private static void close(Lease<Thing> lease) {
        if (lease == null) return;
        lease.get().unuse();
        lease.close();
    }

    private static void release(PerCpuPool<Thing> pool, Thing thing) {
        if (thing == null) return;
        thing.unuse();
        pool.release(thing);
    }

    private void swap(ArrayDeque<Lease<Thing>> ownLeases, ArrayDeque<Thing> own) {
        if (!ownLeases.isEmpty()) leases.add(ownLeases.pollLast());
        if (!own.isEmpty()) acquired.add(own.pollLast());
        Lease<Thing> lease = leases.poll();
        if (lease != null) ownLeases.addLast(lease);
        Thing thing = acquired.poll();
        if (thing != null) own.addLast(thing);
    }

    /** Asserts that what was made is idle or discarded, and that no more is idle than may be; then trims all of it. */
    private void isWhole(PerCpuPool<Thing> pool) {
        for (Lease<Thing> lease = leases.poll(); lease != null; lease = leases.poll()) close(lease);
        for (Thing thing = acquired.poll(); thing != null; thing = acquired.poll()) release(pool, thing);
        assertThat(pool.idle()).isLessThanOrEqualTo(pool.maxIdle());
        assertThat(pool.refused()).isZero();
        assertThat(pool.created()).isEqualTo(pool.idle() + pool.discarded());
        long idle = pool.idle();
        assertThat((long) pool.trim()).isEqualTo(idle);
        assertThat(pool.idle()).isZero();
        assertThat(pool.discarded()).isEqualTo(pool.created());
    }

    private static int releasedByTwo(PerCpuPool<Thing> pool, Thing thing) {
        AtomicInteger succeeded = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(2);
        Crowd.of(2, () -> releaseAtOnce(pool, thing, start, succeeded)).join();
        return succeeded.get();
    }

    private static void releaseAtOnce(
            PerCpuPool<Thing> pool, Thing thing, CyclicBarrier start, AtomicInteger succeeded) {
        try {
            start.await();
            pool.release(thing);
            succeeded.incrementAndGet();
        } catch (IllegalStateException | IllegalArgumentException refused) {
            // the other one was first
        } catch (Exception broken) {
            throw new AssertionError(broken);
        }
    }
}
