/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.core.util.RecyclerPool;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rseq.jackson.PerCpuRecyclerPool;
import java.util.List;
import java.util.function.IntSupplier;
import org.openjdk.jmh.infra.BenchmarkParams;

/** The same small document, written through each recycler pool that Jackson ships, and through ours. */
final class JsonPools {
    static final int BOUND = 1024;
    private static final int WARM_UP = 15_000;

    static final Order ORDER =
            new Order(4711, "a customer", List.of(new Line("a thing", 3, 19.99), new Line("another", 1, 5)), true);

    private JsonPools() {}

    /** What is written: some 150 bytes. */
    record Order(long id, String customer, List<Line> lines, boolean paid) {}

    record Line(String article, int pieces, double price) {}

    static ObjectWriter perCpu() {
        return writer(PerCpuRecyclerPool.shared());
    }

    static ObjectWriter threadLocal() {
        return writer(JsonRecyclerPools.threadLocalPool());
    }

    static ObjectWriter concurrentDeque() {
        return writer(JsonRecyclerPools.newConcurrentDequePool());
    }

    static ObjectWriter bounded() {
        return writer(JsonRecyclerPools.newBoundedPool(BOUND));
    }

    @SuppressWarnings("deprecation") // it is one of the pools that Jackson ships
    static ObjectWriter lockFree() {
        return writer(JsonRecyclerPools.newLockFreePool());
    }

    static ObjectWriter nonRecycling() {
        return writer(JsonRecyclerPools.nonRecyclingPool());
    }

    /**
     * The writer that a benchmark is named for, with Jackson compiled for that one alone, as in an application that uses one pool: what follows is
     * too short to wait for that, and where Jackson was compiled for two pools, it is up to chance which of them is inlined.
     */
    static IntSupplier warmedUp(BenchmarkParams benchmark) {
        ObjectWriter writer = named(method(benchmark));
        return warmedUp(() -> write(writer));
    }

    static IntSupplier warmedUp(IntSupplier writer) {
        int written = 0;
        for (int i = 0; i < WARM_UP; i++) written += writer.getAsInt();
        if (written == 0) throw new IllegalStateException("nothing was written");
        return writer;
    }

    static String method(BenchmarkParams benchmark) {
        return benchmark.getBenchmark().replaceFirst(".*\\.", "");
    }

    private static ObjectWriter named(String method) {
        return switch (method) {
            case "perCpu" -> perCpu();
            case "peerThreadLocal" -> threadLocal();
            case "peerConcurrentDeque" -> concurrentDeque();
            case "peerBounded" -> bounded();
            case "peerLockFree" -> lockFree();
            case "peerNonRecycling" -> nonRecycling();
            default -> throw new IllegalArgumentException(method);
        };
    }

    /** Returns the number of bytes, so that nobody can leave the writing out. */
    static int write(ObjectWriter writer) {
        try {
            return writer.writeValueAsBytes(ORDER).length;
        } catch (com.fasterxml.jackson.core.JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static ObjectWriter writer(RecyclerPool<BufferRecycler> pool) {
        JsonFactory factory = new JsonFactoryBuilder().recyclerPool(pool).build();
        return JsonMapper.builder(factory).build().writerFor(Order.class);
    }
}
