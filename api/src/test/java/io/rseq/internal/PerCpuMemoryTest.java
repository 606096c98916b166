/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.ref.Reference;
import org.junit.jupiter.api.Test;

class PerCpuMemoryTest {
    @Test
    void without_sequences_there_is_no_offset_and_no_thread() {
        PerCpuMemory memory = new PerCpuMemory(8);
        assertThat(memory.offset()).isEqualTo(PerCpuMemory.NONE);
        assertThat(memory.acquire()).isEqualTo(PerCpuMemory.NONE);
        assertThat(memory.acquired()).isEqualTo(PerCpuMemory.NONE);
        assertThat(memory.bytes()).isEqualTo(8);
    }

    @Test
    void memory_made_before_the_agent_is_acquired_once_and_for_good_when_somebody_asks_again() {
        PerCpuMemory memory = new PerCpuMemory(8);
        try (FakeAgent agent = FakeAgent.arrive()) {
            assertThat(memory.offset()).isEqualTo(PerCpuMemory.NONE);
            long before = agent.allocated();
            long offset = memory.acquire();
            assertThat(offset).isNotNegative();
            assertThat(memory.acquire()).isEqualTo(offset);
            assertThat(memory.offset()).isEqualTo(offset);
            assertThat(memory.acquired()).isEqualTo(offset);
            assertThat(agent.allocated() - before).isEqualTo(8);
        }
        Reference.reachabilityFence(memory);
    }

    @Test
    void full_memory_throws_where_it_is_made_and_leaves_what_was_made_before_the_agent_without() {
        PerCpuMemory memory = new PerCpuMemory(8);
        try (FakeAgent agent = FakeAgent.arrive()) {
            agent.limit(0);
            assertThatThrownBy(() -> new PerCpuMemory(8)).isInstanceOf(OutOfMemoryError.class);
            long waits = agent.waits();
            assertThat(memory.acquire()).isEqualTo(PerCpuMemory.NONE);
            assertThat(agent.waits()).as("an operation waits for no collection").isEqualTo(waits);
            agent.limit(Long.MAX_VALUE);
            assertThat(memory.acquire()).isEqualTo(PerCpuMemory.NONE);
        }
    }

    @Test
    void memory_of_what_is_unreachable_is_given_back() {
        try (FakeAgent agent = FakeAgent.arrive()) {
            long room = agent.allocated() + 64 * 1024;
            agent.limit(room);
            // Sixteen times what there is room for: each time it is full, the collector finds what nobody holds.
            for (int i = 0; i < 16 * 64; i++)
                assertThat(new PerCpuMemory(1024).offset()).isNotNegative();
        }
    }

    @Test
    void no_bytes_are_refused() {
        assertThatThrownBy(() -> new PerCpuMemory(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
