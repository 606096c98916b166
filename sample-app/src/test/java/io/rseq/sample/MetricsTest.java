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

class MetricsTest {
    private static final int THREADS = 8;
    private static final int TIMES = 20_000;

    static Stream<Metrics> all() {
        return Stream.of(new PerCpuMetrics(), new UsualMetrics());
    }

    @ParameterizedTest
    @MethodSource("all")
    void nothing_is_lost_when_8_threads_write(Metrics metrics) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(new Thread(() -> {
                for (int time = 0; time < TIMES; time++) metrics.served(3, 1 + time % 1000);
            }));
        }
        for (Thread thread : threads) thread.start();
        for (Thread thread : threads) thread.join();
        assertThat(metrics.requests()).isEqualTo(THREADS * TIMES);
        assertThat(metrics.bytes()).isEqualTo(3L * THREADS * TIMES);
        assertThat(metrics.latency(50)).isEqualTo(500);
        assertThat(metrics.latency(100)).isEqualTo(1000);
    }

    @Test
    void without_the_agent_every_request_is_counted_in_slot_0() {
        PerCpuMetrics metrics = new PerCpuMetrics();
        for (int i = 0; i < 100; i++) metrics.served(1, 1);
        assertThat(metrics.requestsByCpu()).hasSize(Cpus.count()).startsWith(100);
    }
}
