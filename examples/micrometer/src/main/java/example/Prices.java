/* SPDX-License-Identifier: Apache-2.0 */
package example;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rseq.PerCpuCounter;
import io.rseq.micrometer.AgentMetrics;
import io.rseq.micrometer.PerCpuTimer;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** Looks up a million prices on all CPUs, twice; counts and times each, and prints what the registry shows. */
public final class Prices {
    private static final int ROUNDS = 2;
    private static final long LOOKUPS = 1_000_000;

    // A registry keeps none of these from the collector: the object that records does.
    private final PerCpuCounter unknown = new PerCpuCounter();
    private final PerCpuTimer lookups =
            new PerCpuTimer("prices.lookups", Tags.empty(), TimeUnit.SECONDS.toNanos(10), 2, 0.5, 0.99);

    Prices(MeterRegistry registry) {
        FunctionCounter.builder("prices.unknown", unknown, PerCpuCounter::sum).register(registry);
        lookups.bindTo(registry);
    }

    long price(long item) {
        long start = System.nanoTime();
        long price = item * 31 % 1_000;
        if (price == 0) unknown.increment();
        lookups.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        return price;
    }

    public static void main(String[] arguments) throws InterruptedException {
        MeterRegistry registry = new SimpleMeterRegistry();
        new AgentMetrics().bindTo(registry);
        Prices prices = new Prices(registry);
        for (int round = 1; round <= ROUNDS; round++) {
            LongStream.range(0, LOOKUPS).parallel().forEach(prices::price);
            Thread.sleep(1_000);
            System.out.println("round " + round);
            print(registry);
        }
    }

    private static void print(MeterRegistry registry) {
        registry.getMeters().stream()
                .sorted(Comparator.comparing(meter -> meter.getId().toString()))
                .forEach(Prices::print);
    }

    private static void print(Meter meter) {
        StringBuilder line = new StringBuilder(meter.getId().getName());
        meter.getId()
                .getTags()
                .forEach(
                        tag -> line.append(' ').append(tag.getKey()).append('=').append(tag.getValue()));
        for (Measurement figure : meter.measure())
            line.append(' ')
                    .append(figure.getStatistic().getTagValueRepresentation())
                    .append('=')
                    .append(figure.getValue());
        System.out.println(line);
    }
}
