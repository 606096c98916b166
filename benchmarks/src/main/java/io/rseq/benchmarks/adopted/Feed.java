/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.benchmarks.adopted;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * A handler of a market's feed, as many are: it parses messages, looks up each one's instrument in a cache that counts its hits, and counts messages,
 * bytes and trades in metrics of Dropwizard's and Micrometer's. It knows nothing of the agent or the API. {@code applications.sh} starts it.
 */
public final class Feed {
    private static final int INSTRUMENTS = 512;
    private static final int MESSAGES = 4096;

    private final Cache<Integer, long[]> instruments =
            Caffeine.newBuilder().maximumSize(2 * INSTRUMENTS).recordStats().build();
    private final MetricRegistry metrics = new MetricRegistry();
    private final Meter messages = metrics.meter("messages");
    private final Counter bytes = metrics.counter("bytes");
    private final io.micrometer.core.instrument.Counter trades = new SimpleMeterRegistry().counter("trades");
    private final byte[][] feed = new byte[MESSAGES][];

    private Feed() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < INSTRUMENTS; i++) instruments.put(i, new long[16]);
        for (int i = 0; i < MESSAGES; i++)
            feed[i] = String.join(
                            "|",
                            random.nextInt(4) == 0 ? "T" : "Q",
                            Integer.toString(random.nextInt(INSTRUMENTS)),
                            Integer.toString(random.nextInt(1_000_000)),
                            Integer.toString(1 + random.nextInt(1000)))
                    .getBytes(StandardCharsets.US_ASCII);
    }

    /** Threads, {@code platform} or {@code virtual} (a thread for each {@value #MESSAGES} messages), seconds to warm up and to measure. */
    public static void main(String[] arguments) throws Exception {
        int threads = Integer.parseInt(arguments[0]);
        Feed feed = new Feed();
        feed.run(threads, arguments[1], Integer.parseInt(arguments[2]));
        long before = Long.parseLong(Used.now().split(" ")[0]);
        long start = System.nanoTime();
        long handled = feed.run(threads, arguments[1], Integer.parseInt(arguments[3]));
        double wall = System.nanoTime() - start;
        long cpu = Long.parseLong(Used.now().split(" ")[0]) - before;
        System.out.printf("million/s %.2f cpu.ns %.1f%n", handled / wall * 1e3, (double) cpu / handled);
    }

    private long run(int threads, String kind, int seconds) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        ExecutorService virtual = kind.equals("virtual")
                ? (ExecutorService) Executors.class
                        .getMethod("newVirtualThreadPerTaskExecutor")
                        .invoke(null)
                : null;
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        Callable<Long> work = () -> {
            long handled = 0;
            for (; System.nanoTime() < end; handled += MESSAGES) {
                if (virtual == null) handleAll();
                else virtual.submit(this::handleAll).get();
            }
            return handled;
        };
        long before = messages.getCount();
        long handled = 0;
        for (Future<Long> each : executor.invokeAll(
                IntStream.range(0, threads).mapToObj(i -> work).toList())) handled += each.get();
        executor.shutdown();
        if (virtual != null) virtual.shutdown();
        if (messages.getCount() - before != handled) throw new IllegalStateException("the meter lost some");
        return handled;
    }

    private void handleAll() {
        for (byte[] message : feed) handle(message);
    }

    private void handle(byte[] message) {
        int at = 2;
        int[] fields = new int[3];
        for (int field = 0; field < 3; field++) {
            int value = 0;
            for (; at < message.length && message[at] != '|'; at++) value = value * 10 + message[at] - '0';
            fields[field] = value;
            at++;
        }
        messages.mark();
        bytes.inc(message.length);
        long[] instrument = instruments.getIfPresent(fields[0]);
        if (message[0] == 'T') {
            trades.increment();
            instrument[8] = fields[1];
        } else {
            instrument[9] = fields[1];
        }
    }
}
