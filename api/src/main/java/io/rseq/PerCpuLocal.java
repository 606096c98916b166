/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * An object for each CPU, made when a thread first asks for it there; what {@link ThreadLocal} is for threads.
 *
 * <pre>{@code
 * static final PerCpuLocal<Shard> SHARDS = PerCpuLocal.withInitial(Shard::new);
 * ...
 * Shard shard = SHARDS.get();
 * synchronized (shard) { shard.put(key, value); }
 * }</pre>
 *
 * <p><b>Others may hold the same object at once.</b> {@code get} returns the object of the CPU that the calling thread runs on at that moment. The
 * kernel may move the thread right afterwards, or run another one there that gets the same object. So put here what several threads may
 * use: something with a lock or atomic fields of its own, such as a shard of a map, a striped lock, or a buffer that is guarded by one.
 * There are as many as CPUs, however many threads, platform or virtual, there are, and two threads meet in one only where one of them was moved or
 * preempted while it held it. For an object that one thread at a time owns, take {@link PerCpuPool}.
 *
 * <p><b>Making.</b> Two threads that first ask on one CPU at a time may both call the supplier; one of the two objects stays, both threads get that one, and the
 * other is dropped. If the supplier throws, {@code get} throws the same, and the next one asks it again. The supplier may call {@code get}.
 *
 * <p><b>Progress.</b> {@code get} is wait-free, but for the supplier. <b>Memory ordering.</b> What the supplier did to an object <em>happens before</em>
 * whatever a thread does that gets it. Nothing else is ordered. <b>Dying threads</b> leave the object where it is: it is the CPU's.
 *
 * <p><b>Cost.</b> Under the agent an index that the kernel keeps (some loads) and one load more. A reference for each possible CPU, which is written once. Objects of
 * different CPUs may share a cache line; one that is written often brings its own padding.
 *
 * @since 0.1.0
 */
public final class PerCpuLocal<T> {
    private final Index index;
    private final Supplier<? extends T> supplier;
    private final AtomicReferenceArray<T> objects;

    private PerCpuLocal(Index index, Supplier<? extends T> supplier) {
        this.index = Objects.requireNonNull(index);
        this.supplier = Objects.requireNonNull(supplier);
        objects = new AtomicReferenceArray<>(index == Index.NUMA_NODE ? Cpus.nodeCount() : Cpus.count());
    }

    /** Returns one with an object for each CPU, none of which is made yet. */
    public static <T> PerCpuLocal<T> withInitial(Supplier<? extends T> supplier) {
        return withInitial(Index.CPU, supplier);
    }

    /** Returns one with an object for each value of {@code index}, none of which is made yet. */
    public static <T> PerCpuLocal<T> withInitial(Index index, Supplier<? extends T> supplier) {
        return new PerCpuLocal<>(index, supplier);
    }

    /**
     * Returns the object of the CPU that the calling thread runs on. Never null.
     *
     * @throws NullPointerException if there is none yet, and the supplier returns null
     */
    public T get() {
        int own = index == Index.CPU ? Cpus.index() : index == Index.NUMA_NODE ? Cpus.node() : Cpus.concurrencyId();
        T object = objects.getAcquire(own);
        return object == null ? make(own) : object;
    }

    /** Passes each object that was made so far to {@code action}, in the order of the indexes. */
    public void forEach(Consumer<? super T> action) {
        Objects.requireNonNull(action);
        for (int i = 0; i < objects.length(); i++) {
            T object = objects.getAcquire(i);
            if (object != null) action.accept(object);
        }
    }

    private T make(int own) {
        T made = Objects.requireNonNull(supplier.get(), "the supplier returned null");
        T there = objects.compareAndExchange(own, null, made);
        return there == null ? made : there;
    }
}
