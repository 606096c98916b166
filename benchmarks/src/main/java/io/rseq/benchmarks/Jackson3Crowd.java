/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import java.util.function.IntSupplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.infra.BenchmarkParams;

/** Each pool that Jackson 3 has, the striped ones among them, and ours. */
@Fork(1) // no claim is about it
public abstract class Jackson3Crowd extends JacksonCrowd {
    @Override
    final IntSupplier writer(BenchmarkParams benchmark) {
        return Json3Pools.warmedUp(benchmark);
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
    public void peerStripedArray() throws InterruptedException {
        write();
    }

    @Benchmark
    public void peerHybrid() throws InterruptedException {
        write();
    }

    @Benchmark
    public void peerNonRecycling() throws InterruptedException {
        write();
    }
}
