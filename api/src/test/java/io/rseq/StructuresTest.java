/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rseq.internal.FakeAgent;
import java.lang.ref.Reference;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StructuresTest {
    @Test
    void each_kind_shows_its_figures_under_its_name() {
        PerCpuCounter counter = Structures.named("requests", new PerCpuCounter());
        PerCpuHistogram histogram = Structures.named("latency", new PerCpuHistogram(1000, 3));
        PerCpuPool<Thing> pool = Structures.named(
                "things", PerCpuPool.builder(Thing::new).maxPooled(5).build());
        PerCpuLongStack stack = Structures.named("ids", new PerCpuLongStack(4));
        PerCpuBuffer buffer = Structures.named("events", new PerCpuBuffer(1024));
        PerCpuDoubleAdder adder = Structures.named("seconds", new PerCpuDoubleAdder());
        PerCpuMax max = Structures.named("longest", new PerCpuMax());
        PerCpuMin min = Structures.named("shortest", new PerCpuMin());
        PerCpuBucketHistogram sizes = Structures.named("sizes", new PerCpuBucketHistogram(1, 10));
        PerCpuReadWriteLock lock = Structures.named("index", new PerCpuReadWriteLock());
        sizes.record(2.5);
        lock.readLock().lock();
        adder.add(2.75);
        max.offer(9);
        min.offer(4);
        counter.add(3);
        histogram.record(7);
        pool.lease().close();
        stack.push(1);
        assertThat(withoutIndexes())
                .containsEntry("requests", sorted(Map.of("sum", 3L)))
                .containsEntry("seconds", sorted(Map.of("sum", 2L)))
                .containsEntry("longest", sorted(Map.of("max", 9L)))
                .containsEntry("sizes", sorted(Map.of("count", 1L)))
                .containsEntry("index", sorted(Map.of("readLockCount", 1L)))
                .containsEntry("shortest", sorted(Map.of("min", 4L)))
                .containsEntry("latency", sorted(Map.of("count", 1L, "max", 7L, "saturated", 0L)))
                .containsEntry(
                        "things",
                        sorted(Map.of("created", 1L, "discarded", 0L, "idle", 1L, "maxIdle", 5L, "refused", 0L)))
                .containsEntry("ids", sorted(Map.of("size", 1L)))
                .containsEntry("events", sorted(Map.of("dropped", 0L)));
        for (Object each : new Object[] {counter, adder, max, min, histogram, pool, stack, buffer, sizes, lock})
            Reference.reachabilityFence(each);
    }

    @Test
    void of_several_with_one_name_the_later_ones_have_numbers() {
        PerCpuCounter first = Structures.named("shared", new PerCpuCounter());
        PerCpuCounter second = Structures.named("shared", new PerCpuCounter());
        PerCpuCounter third = Structures.named("shared", new PerCpuCounter());
        first.add(1);
        second.add(2);
        third.add(3);
        assertThat(Structures.figures().get("shared")).containsEntry("sum", 1L);
        assertThat(Structures.figures().get("shared#2")).containsEntry("sum", 2L);
        assertThat(Structures.figures().get("shared#3")).containsEntry("sum", 3L);
        for (Object each : new Object[] {first, second, third}) Reference.reachabilityFence(each);
    }

    @Test
    void a_name_keeps_no_structure_alive() throws InterruptedException {
        Structures.named("short-lived", new PerCpuCounter());
        while (Structures.figures().containsKey("short-lived")) {
            System.gc();
            Thread.sleep(1);
        }
        PerCpuCounter next = Structures.named("short-lived", new PerCpuCounter());
        next.add(9);
        assertThat(Structures.figures().get("short-lived")).containsEntry("sum", 9L);
    }

    @Test
    void an_empty_name_and_what_has_no_figures_are_refused() {
        assertThatThrownBy(() -> Structures.named("", new PerCpuCounter()))
                .hasMessage("a structure's name must not be empty");
        assertThatThrownBy(() -> Structures.named("text", "no structure"))
                .hasMessage("java.lang.String has no figures to show");
    }

    @Test
    void what_the_cpus_have_adds_up_to_the_figure() {
        PerCpuCounter counter = Structures.named("by CPU", new PerCpuCounter());
        PerCpuHistogram histogram = Structures.named("latency by CPU", new PerCpuHistogram(1000, 3));
        PerCpuLongStack stack = Structures.named("ids by CPU", new PerCpuLongStack(64));
        PerCpuPool<Thing> pool =
                Structures.named("things by CPU", PerCpuPool.builder(Thing::new).build());
        PerCpuBuffer buffer = Structures.named("events by CPU", new PerCpuBuffer(1024));
        PerCpuDoubleAdder adder = Structures.named("seconds by CPU", new PerCpuDoubleAdder());
        PerCpuBucketHistogram sizes = Structures.named("sizes by CPU", new PerCpuBucketHistogram(1, 10));
        Runnable use = () -> {
            counter.add(3);
            histogram.record(7);
            pool.lease().close();
            stack.push(1);
            buffer.append(new byte[8]);
            adder.add(2);
            sizes.record(5);
        };
        use.run(); // on the heap
        try (FakeAgent agent = FakeAgent.arrive()) {
            for (int cpu = 0; cpu < Cpus.count(); cpu++) {
                agent.keepsOn(cpu);
                use.run();
            }
            assertAddsUp("by CPU", "sum", counter.sum());
            assertAddsUp("latency by CPU", "count", histogram.snapshot().count());
            assertAddsUp("ids by CPU", "size", stack.size());
            assertAddsUp("things by CPU", "idle", pool.idle());
            assertThat(byIndex("events by CPU", "bytes")) // on the heap a record's length lies elsewhere
                    .isBetween(8L * (Cpus.count() + 1), 16L * Cpus.count() + 8);
            assertAddsUp("seconds by CPU", "sum", adder.longValue());
            assertAddsUp("sizes by CPU", "count", sizes.snapshot().count());
        }
    }

    private static void assertAddsUp(String name, String figure, long expected) {
        assertThat(byIndex(name, figure)).as(name).isEqualTo(expected).isPositive();
    }

    private static long byIndex(String name, String figure) {
        long sum = 0;
        for (var each : Structures.figures().get(name).entrySet()) {
            if (each.getKey().startsWith(figure + '.')) sum += each.getValue();
        }
        return sum;
    }

    private static SortedMap<String, SortedMap<String, Long>> withoutIndexes() {
        SortedMap<String, SortedMap<String, Long>> figures = Structures.figures();
        for (SortedMap<String, Long> each : figures.values()) each.keySet().removeIf(key -> key.contains("."));
        return figures;
    }

    private static SortedMap<String, Long> sorted(Map<String, Long> figures) {
        return new TreeMap<>(figures);
    }
}
