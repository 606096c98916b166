/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.internal.FakeAgent;
import io.rseq.internal.PerCpuMemory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolAttachTest {
    private static final int CAPACITY = 40;

    /* So many that each index is that of one of them. */
    private static final int THREADS = Math.max(64, 4 * Cpus.count());

    private final List<Lease<Thing>> leases = Collections.synchronizedList(new ArrayList<>());

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_was_idle_before_the_agent_arrived_is_leased_after_it_and_goes_to_memory(boolean prepared) {
        PerCpuPool<Thing> pool = pool(prepared);
        leaseAtEachIndex(pool);
        int made = leases.size();
        assertThat(pool.idle()).isZero();
        closeAll();
        long idle = pool.idle();
        assertThat(idle).isPositive();
        try (FakeAgent agent = FakeAgent.arrive()) {
            agent.registersWhenAsked(); // all commits succeed
            leaseAtEachIndex(pool);
            assertThat(pool.created()).isEqualTo(made + THREADS * CAPACITY - idle);
            List<Lease<Thing>> pooled =
                    leases.stream().filter(lease -> lease.state == Lease.LEASED).toList();
            assertThat(pooled).hasSize((int) idle).allMatch(lease -> lease.home == PerCpuMemory.NONE);
            closeAll();
            assertThat(pooled)
                    .allMatch(lease -> lease.home >= 0 && lease.place == (prepared ? PerCpuMemory.NONE : lease.home));
            assertThat(pool.idle()).isEqualTo(idle);
            assertThat((long) pool.trim()).isEqualTo(idle);
        }
    }

    @Test
    void what_was_taken_before_the_agent_arrived_is_given_back_to_memory() {
        PerCpuPool<Thing> pool = pool(false);
        Lease<Thing> lease = pool.lease();
        Thing acquired = pool.acquire();
        try (FakeAgent agent = FakeAgent.arrive()) {
            agent.registersWhenAsked();
            pool.lease().close();
            lease.close();
            pool.release(acquired);
            assertThat(lease.home).isNotNegative();
            assertThat(pool.idle()).isEqualTo(3);
            assertThat(pool.trim()).isEqualTo(3);
        }
    }

    /** Each thread leases from its own index: together they come to all. */
    private void leaseAtEachIndex(PerCpuPool<Thing> pool) {
        for (int thread = 0; thread < THREADS; thread++) {
            Crowd.of(1, () -> {
                        for (int i = 0; i < CAPACITY; i++) leases.add(pool.lease());
                    })
                    .join();
        }
    }

    private void closeAll() {
        leases.forEach(Lease::close);
        leases.clear();
    }

    private static PerCpuPool<Thing> pool(boolean prepared) {
        PerCpuPool.Builder<Thing> builder = PerCpuPool.builder(Thing::new).capacityPerCpu(CAPACITY);
        return prepared ? builder.onRelease(thing -> {}).build() : builder.build();
    }
}
