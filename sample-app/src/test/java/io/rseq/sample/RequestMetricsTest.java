/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.rseq.Cpus;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RequestMetricsTest {
    private static final int THREADS = 8;
    private static final int TIMES = 20_000;
    private static final long[] VALUES = {1, 10, 100, 1000};

    static Stream<RequestMetrics> all() {
        return Stream.of(new PerCpuMetrics(), new SharedMetrics(), new JdkMetrics());
    }

    @ParameterizedTest
    @MethodSource("all")
    void nothing_is_lost_when_8_threads_write(RequestMetrics metrics) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(new Thread(() -> {
                metrics.recordInTurn(VALUES, TIMES);
                metrics.receivedInTurn(VALUES, TIMES);
            }));
        }
        for (Thread thread : threads) thread.start();
        for (Thread thread : threads) thread.join();
        LatencySnapshot whole = LatencySnapshot.merged(metrics.latencies());
        assertThat(whole.count()).isEqualTo(THREADS * TIMES);
        assertThat(whole.max()).isEqualTo(1000);
        assertThat(metrics.bytes()).isEqualTo(THREADS * TIMES / 4 * 1111L);
    }

    @Test
    void per_cpu_metrics_have_a_slot_for_every_possible_cpu() {
        assertThat(new PerCpuMetrics().latencies()).hasSize(Cpus.count());
    }

    @Test
    void without_the_agent_every_record_lands_in_slot_0() {
        PerCpuMetrics metrics = new PerCpuMetrics();
        metrics.recordInTurn(VALUES, 100);
        assertThat(metrics.latencies().get(0).count()).isEqualTo(100);
    }
}
