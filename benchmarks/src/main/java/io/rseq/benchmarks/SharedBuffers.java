/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks;

import io.rseq.benchmarks.PoolBenchmark.Buffer;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jctools.queues.MpmcArrayQueue;

/** Pools as people make them of a concurrent collection: a buffer is taken from it, or made where there is none. */
final class SharedBuffers {
    private static final int QUEUE_CAPACITY = 1 << 14;

    private final Supplier<Buffer> idle;
    private final Consumer<Buffer> back;

    private SharedBuffers(Supplier<Buffer> idle, Consumer<Buffer> back, int first) {
        this.idle = idle;
        this.back = back;
        for (int i = 0; i < first; i++) giveBack(new Buffer());
    }

    /** The last one given back is the first to be taken, as in Jackson's pool. */
    static SharedBuffers deque(int first) {
        ConcurrentLinkedDeque<Buffer> deque = new ConcurrentLinkedDeque<>();
        return new SharedBuffers(deque::pollFirst, deque::offerFirst, first);
    }

    static SharedBuffers mpmcQueue(int first) {
        MpmcArrayQueue<Buffer> queue = new MpmcArrayQueue<>(QUEUE_CAPACITY);
        return new SharedBuffers(queue::poll, queue::offer, first);
    }

    Buffer take() {
        Buffer buffer = idle.get();
        return buffer == null ? new Buffer() : buffer;
    }

    void giveBack(Buffer buffer) {
        back.accept(buffer);
    }
}
