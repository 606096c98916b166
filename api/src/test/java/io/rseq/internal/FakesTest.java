/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rseq.Cpus;
import org.junit.jupiter.api.Test;

class FakesTest {
    /** As the agent's do: CommitterIT runs the same. */
    @Test
    void the_fakes_keep_the_contract_of_the_sequences() {
        for (int cpu = 0; cpu < Cpus.count(); cpu++) {
            try (FakeAgent agent = FakeAgent.arrive()) {
                agent.keepsOn(cpu);
                SequenceContract.check();
                assertThat(agent.adds()).isPositive();
            }
        }
    }

    @Test
    void a_thread_that_is_moved_breaks_the_contract() {
        try (FakeAgent agent = FakeAgent.arriveSeeing(2)) {
            agent.keepsOn(0);
            agent.afterEachGet(() -> agent.keepsOn(1));
            assertThatThrownBy(SequenceContract::check).isInstanceOf(AssertionError.class);
        }
    }
}
