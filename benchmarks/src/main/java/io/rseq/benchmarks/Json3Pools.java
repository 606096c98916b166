/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.benchmarks.JsonPools.Order;
import io.rseq.jackson3.PerCpuRecyclerPool;
import java.util.function.IntSupplier;
import org.openjdk.jmh.infra.BenchmarkParams;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.BufferRecycler;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.core.util.RecyclerPool;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** The document of {@link JsonPools}, written by Jackson 3 through each pool that it ships, and through ours. */
final class Json3Pools {
    private Json3Pools() {}

    static IntSupplier warmedUp(BenchmarkParams benchmark) {
        ObjectWriter writer = JsonMapper.builder(JsonFactory.builder()
                        .recyclerPool(named(JsonPools.method(benchmark)))
                        .build())
                .build()
                .writerFor(Order.class);
        return JsonPools.warmedUp(() -> writer.writeValueAsBytes(JsonPools.ORDER).length);
    }

    private static RecyclerPool<BufferRecycler> named(String method) {
        return switch (method) {
            case "perCpu" -> PerCpuRecyclerPool.shared();
            case "peerThreadLocal" -> JsonRecyclerPools.threadLocalPool();
            case "peerConcurrentDeque" -> JsonRecyclerPools.newConcurrentDequePool();
            case "peerBounded" -> JsonRecyclerPools.newBoundedPool(JsonPools.BOUND);
            case "peerStripedArray" -> JsonRecyclerPools.newStripedArrayPool(JsonPools.BOUND);
            case "peerHybrid" -> JsonRecyclerPools.newHybridPool(JsonPools.BOUND);
            case "peerNonRecycling" -> JsonRecyclerPools.nonRecyclingPool();
            default -> throw new IllegalArgumentException(method);
        };
    }
}
