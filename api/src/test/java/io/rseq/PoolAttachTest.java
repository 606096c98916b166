/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.internal.FakeAgent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolAttachTest {
    @Test
    void what_was_idle_before_the_agent_arrived_is_leased_after_it() {
        PerCpuPool<Thing> pool = PerCpuPoolTest.pool(64, 0);
        // Each thread gives back to its own index.
        for (int thread = 0; thread < 64; thread++)
            Crowd.of(1, () -> lease(pool, 64).forEach(Lease::close)).join();
        assertThat(pool.idle()).as("more than per-CPU memory holds").isGreaterThan(32L * Cpus.count());
        try (FakeAgent agent = FakeAgent.arrive()) {
            assertThat(lease(pool, 1000)).hasSize(1000); // on every CPU
            assertThat(agent.commits()).isPositive();
            assertThat(pool.idle()).isZero();
        }
    }

    private static List<Lease<Thing>> lease(PerCpuPool<Thing> pool, int count) {
        List<Lease<Thing>> leases = new ArrayList<>();
        for (int i = 0; i < count; i++) leases.add(pool.lease());
        return leases;
    }
}
