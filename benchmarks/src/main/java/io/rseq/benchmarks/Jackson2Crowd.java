/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import java.util.function.IntSupplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.infra.BenchmarkParams;

/** Each pool that Jackson 2 has, and ours. Those that it shares are of the same classes as the new ones. */
public abstract class Jackson2Crowd extends JacksonCrowd {
    @Override
    final IntSupplier writer(BenchmarkParams benchmark) {
        return JsonPools.warmedUp(benchmark);
    }

    @Benchmark
    public void perCpu() throws InterruptedException {
        write();
    }

    @Benchmark
    public void peerThreadLocal() throws InterruptedException {
        write();
    }

    @Benchmark
    public void peerConcurrentDeque() throws InterruptedException {
        write();
    }

    @Benchmark
    public void peerBounded() throws InterruptedException {
        write();
    }

    @Benchmark
    public void peerLockFree() throws InterruptedException {
        write();
    }

    @Benchmark
    public void peerNonRecycling() throws InterruptedException {
        write();
    }
}
