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

    /** One that looks leaves Commits unwoven; one that doesn't is asked. */
    @Test
    void an_agent_of_another_layout_is_not_used() {
        PerCpuMemory before = new PerCpuMemory(8);
        try (FakeAgent agent = FakeAgent.arrive()) {
            agent.hasLayout(Commits.LAYOUT + 1);
            assertThat(before.acquire()).isEqualTo(PerCpuMemory.NONE);
            assertThat(new PerCpuMemory(8).acquire()).isEqualTo(PerCpuMemory.NONE);
            assertThat(Hook.describesCommits()).isFalse();
            agent.hasLayout(Commits.LAYOUT);
            assertThat(before.acquire()).isNotNegative();
            assertThat(Hook.describesCommits()).isTrue();
        }
        Reference.reachabilityFence(before);
    }

    @Test
    void where_memory_is_full_there_is_no_offset_for_good_and_nobody_asks_again() {
        PerCpuMemory before = new PerCpuMemory(8);
        try (FakeAgent agent = FakeAgent.arrive()) {
            agent.limit(0);
            PerCpuMemory after = new PerCpuMemory(8);
            assertThat(before.acquire()).isEqualTo(PerCpuMemory.NONE);
            agent.limit(Long.MAX_VALUE);
            long asked = agent.allocations();
            for (PerCpuMemory memory : new PerCpuMemory[] {before, after}) {
                assertThat(memory.offset()).isEqualTo(PerCpuMemory.NONE);
                assertThat(memory.acquire()).isEqualTo(PerCpuMemory.NONE);
            }
            assertThat(agent.allocations()).isEqualTo(asked);
        }
    }

    @Test
    void memory_of_what_is_unreachable_is_given_back() throws InterruptedException {
        try (FakeAgent agent = FakeAgent.arrive()) {
            long before = agent.allocated();
            for (int i = 0; i < 64; i++)
                assertThat(new PerCpuMemory(1024).offset()).isNotNegative();
            while (agent.allocated() > before) {
                System.gc();
                Thread.sleep(1);
            }
        }
    }

    @Test
    void no_bytes_are_refused() {
        assertThatThrownBy(() -> new PerCpuMemory(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
