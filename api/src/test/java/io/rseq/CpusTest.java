/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Without the agent; under it, the agent's integration tests hold the rest. */
class CpusTest {
    @Test
    void without_the_agent_every_index_is_in_range_and_a_threads_own() throws InterruptedException {
        Set<Integer> seen = ConcurrentHashMap.newKeySet();
        AtomicInteger kept = new AtomicInteger();
        for (int i = 0; i < 64; i++) {
            Thread thread = new Thread(() -> {
                int index = Cpus.index();
                if (Cpus.index() == index) kept.incrementAndGet();
                seen.add(index);
                seen.add(Cpus.concurrencyId());
            });
            thread.start();
            thread.join();
        }
        assertThat(kept).hasValue(64);
        assertThat(seen).allMatch(index -> index >= 0 && index < Cpus.count());
        assertThat(seen).hasSizeGreaterThan(Cpus.count() == 1 ? 0 : 1);
        assertThat(Cpus.node()).isZero();
    }

    @Test
    void there_are_at_least_as_many_possible_cpus_as_available_ones() {
        assertThat(Cpus.count()).isGreaterThanOrEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(Cpus.nodeCount()).isPositive();
    }

    @Test
    void support_says_that_there_is_no_agent_and_how_to_get_it() {
        Support support = Cpus.support();
        assertThat(support.agent()).isFalse();
        assertThat(support.accelerated()).isFalse();
        assertThat(support.owner()).isEqualTo("none");
        assertThat(support.toString()).contains("agent=none", "-javaagent:rseq-agent.jar");
    }

    @Test
    void support_reads_the_agents_start_line() {
        Support support = Support.of("owner=glibc 2.36 area=tp+2336 size=20 reader=raw committer=none", true);
        assertThat(support.agent()).isTrue();
        assertThat(support.accelerated()).isTrue();
        assertThat(support.owner()).isEqualTo("glibc");
        assertThat(support.reader()).isEqualTo("raw");
        assertThat(support.facts())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "owner", "glibc", "area", "tp+2336", "size", "20", "reader", "raw", "committer", "none"));
        assertThat(Support.of("owner=none reader=getcpu", true).accelerated()).isFalse();
    }

    /** As where the agent left this copy of the API as it is, or where it could not weave it yet. */
    @Test
    void support_says_atomic_where_the_agents_committer_is_not_in_force() {
        Support support = Support.of("owner=agent reader=raw committer=sequences", false);
        assertThat(support.committer()).isEqualTo("atomic");
        assertThat(support).hasToString("agent=loaded owner=agent reader=raw committer=atomic");
    }
}
