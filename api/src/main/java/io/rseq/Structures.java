/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import io.rseq.internal.Hook;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Gives structures names, under which the agent's {@code status} and its management bean show them:
 *
 * <pre>{@code
 * private final PerCpuPool<ByteBuffer> buffers =
 *         Structures.named("buffers", PerCpuPool.builder(...).build());
 * }</pre>
 *
 * <p>A use of a structure costs the same with a name as without one: its figures are added up when somebody asks. A name keeps no structure from being
 * collected. Any thread may call these methods.
 *
 * @since 0.1.0
 */
public final class Structures {
    private static final SortedMap<String, WeakReference<Object>> NAMED = new TreeMap<>();

    private Structures() {}

    /**
     * Names a structure, until it is unreachable. If another one of this class loader's has the name, this one gets it with {@code #2} behind it, or the next
     * number that is free.
     *
     * @param <S> the structure's class
     * @param name not empty
     * @param structure a counter, adder, maximum, minimum, histogram, pool, stack, buffer or lock of this package
     * @return the structure
     * @throws IllegalArgumentException if the name is empty, or the structure is none of these
     */
    public static <S> S named(String name, S structure) {
        if (name.isEmpty()) throw new IllegalArgumentException("a structure's name must not be empty");
        if (figures(Objects.requireNonNull(structure)) == null)
            throw new IllegalArgumentException(structure.getClass().getName() + " has no figures to show");
        synchronized (NAMED) {
            NAMED.values().removeIf(known -> known.get() == null);
            String free = name;
            for (int number = 2; NAMED.containsKey(free); number++) free = name + '#' + number;
            NAMED.put(free, new WeakReference<>(structure));
        }
        return structure;
    }

    /**
     * Returns what the named structures count now, by name. A structure's figures are under the names of its methods, such as {@code created} and {@code
     * idle}. What of one lies on each CPU, or was done there, is under its name with the CPU's number behind, such as {@code idle.3}, where that is not 0. What threads change meanwhile may be in one figure and not in another. The sum of a {@link PerCpuDoubleAdder} is cut off to a whole number.
     *
     * @return a copy, which the caller may change
     */
    public static SortedMap<String, SortedMap<String, Long>> figures() {
        SortedMap<String, WeakReference<Object>> named;
        synchronized (NAMED) {
            named = new TreeMap<>(NAMED);
        }
        SortedMap<String, SortedMap<String, Long>> figures = new TreeMap<>();
        for (var each : named.entrySet()) {
            Object structure = each.getValue().get();
            if (structure != null) figures.put(each.getKey(), figures(structure));
        }
        return figures;
    }

    /* Null: it is none that has any. */
    private static @Nullable SortedMap<String, Long> figures(Object structure) {
        if (structure instanceof PerCpuCounter counter)
            return sorted(Map.of("sum", counter.sum()), "sum", counter.byIndex());
        if (structure instanceof PerCpuDoubleAdder adder)
            return sorted(Map.of("sum", adder.longValue()), "sum", adder.byIndex());
        if (structure instanceof PerCpuMax highest) return sorted(Map.of("max", highest.max()));
        if (structure instanceof PerCpuMin lowest) return sorted(Map.of("min", lowest.min()));
        if (structure instanceof PerCpuHistogram histogram) {
            HistogramSnapshot snapshot = histogram.snapshot();
            return sorted(
                    Map.of("count", snapshot.count(), "max", snapshot.max(), "saturated", snapshot.saturated()),
                    "count",
                    histogram.byIndex());
        }
        if (structure instanceof PerCpuBucketHistogram histogram)
            return sorted(Map.of("count", histogram.snapshot().count()), "count", histogram.byIndex());
        if (structure instanceof PerCpuReadWriteLock lock) return sorted(Map.of("readLockCount", lock.readLockCount()));
        if (structure instanceof PerCpuPool<?> pool)
            return sorted(
                    Map.of(
                            "created", pool.created(),
                            "discarded", pool.discarded(),
                            "idle", pool.idle(),
                            "maxIdle", (long) pool.maxIdle(),
                            "refused", pool.refused()),
                    "idle",
                    pool.byIndex());
        if (structure instanceof PerCpuLongStack stack)
            return sorted(Map.of("size", stack.size()), "size", stack.byIndex());
        if (structure instanceof PerCpuBuffer buffer)
            return sorted(Map.of("dropped", buffer.dropped()), "bytes", buffer.byIndex());
        return null;
    }

    private static SortedMap<String, Long> sorted(Map<String, Long> figures) {
        return new TreeMap<>(figures);
    }

    private static SortedMap<String, Long> sorted(Map<String, Long> figures, String figure, long[] byIndex) {
        SortedMap<String, Long> all = sorted(figures);
        for (int index = 0; index < byIndex.length; index++) {
            if (byIndex[index] != 0) all.put(figure + '.' + index, byIndex[index]);
        }
        return all;
    }

    /** Zeros, for the CPUs that arrays were sized for, and for those that the agent sees. */
    static long[] oneForEachIndex() {
        return new long[Math.max(Cpus.count(), Hook.regions())];
    }
}
